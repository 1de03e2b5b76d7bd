"""Which school a number of a roll means: the same one before and after it became an academy.

A school that becomes an academy closes and opens anew under another URN. The register links the two. Such a link is followed
where the one has no other successor and the other no other predecessor, so that they are one school. Where several schools
became one they are different schools until then, and are taken as one only if that is asked for. Where one became several,
no link is followed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from swis.panel.finding import PanelFinding

_BEFORE = frozenset({"Predecessor", "Predecessor - amalgamated", "Predecessor - merged", "Predecessor - Split School"})
_AFTER = frozenset({"Successor", "Successor - amalgamated", "Successor - merged", "Successor - Split School"})
_SPLIT = frozenset({"Predecessor - Split School", "Successor - Split School"})
_MERGED = (_BEFORE | _AFTER) - _SPLIT - {"Predecessor", "Successor"}
_URN = re.compile(r"\d{6}", re.ASCII)
_LAESTAB = re.compile(r"(\d{3})[ /-]?(\d{4})", re.ASCII)
_ESTABLISHMENT = re.compile(r"\d{4}", re.ASCII)


@dataclass(frozen=True)
class Chains:
    """For each URN that is linked, the URN of the school now; and the URNs at which a chain was not followed."""

    last: Mapping[str, str]
    several_predecessors: frozenset[str]
    several_successors: frozenset[str]
    in_cycle: frozenset[str]

    def follow(self, urn: str) -> str:
        """The URN of the same school now."""
        return self.last.get(urn, urn)


@dataclass(frozen=True, eq=False)
class SchoolIdentities:
    """How each text that stands for a school in the files maps to a school. `of_texts` is empty for none."""

    of_texts: Mapping[str, str]
    former_urns: Mapping[str, tuple[str, ...]]
    findings: tuple[PanelFinding, ...]

    def __repr__(self) -> str:
        return f"SchoolIdentities({len(self.of_texts)} numbers, {len(set(self.of_texts.values()))} schools)"


def follow_links(links: pl.DataFrame, *, follow_mergers: bool = False) -> Chains:
    """The last school of every chain of links. `links` is the table school_links: urn, linked_urn, link.

    Not followed: from a school with several successors; to one with several predecessors, or from one that was merged, unless
    `follow_mergers`; round a cycle, whose schools stay what they are.
    """
    edges = _gather_edges(links)
    after, before = _neighbours(edges), _neighbours({(new, old) for old, new in edges})
    split = {urn for urn, found in after.items() if len(found) > 1}
    split |= {old for (old, _), types in edges.items() if types & _SPLIT}
    merged = {urn for urn, found in before.items() if len(found) > 1}
    merged |= {new for (_, new), types in edges.items() if types & _MERGED}
    steps = {old: new for old, new in edges if old not in split and (follow_mergers or new not in merged)}
    in_cycle = _find_cycles(steps)
    last = {urn: urn if urn in in_cycle else _walk(urn, steps, in_cycle) for urn in {*steps, *steps.values()}}
    return Chains(last, frozenset() if follow_mergers else frozenset(merged), frozenset(split), in_cycle)


def _gather_edges(links: pl.DataFrame) -> dict[tuple[str, str], set[str]]:
    """Each pair of a school and the one after it, with the types of its links. Either of the two may have told of it."""
    edges: dict[tuple[str, str], set[str]] = {}
    for urn, linked, link in links.select("urn", "linked_urn", "link").iter_rows():
        if link in _BEFORE | _AFTER and urn != linked:
            edges.setdefault((linked, urn) if link in _BEFORE else (urn, linked), set()).add(link)
    return edges


def _neighbours(edges: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for start, end in edges:
        found.setdefault(start, set()).add(end)
    return found


def _find_cycles(steps: Mapping[str, str]) -> frozenset[str]:
    """The schools that a chain comes back to. Every school is visited once."""
    done: set[str] = set()
    cycles: set[str] = set()
    for start in steps:
        path: dict[str, int] = {}
        urn: str | None = start
        while urn is not None and urn not in done and urn not in path:
            path[urn] = len(path)
            urn = steps.get(urn)
        if urn in path:
            cycles |= {each for each, place in path.items() if place >= path[urn]}
        done |= path.keys()
    return frozenset(cycles)


def _walk(urn: str, steps: Mapping[str, str], in_cycle: frozenset[str]) -> str:
    """The end of the chain; before a cycle it stops."""
    while urn in steps and steps[urn] not in in_cycle:
        urn = steps[urn]
    return urn


def identify_schools(
    texts: Iterable[str], register: pl.DataFrame, chains: Chains, *, authority: str = ""
) -> SchoolIdentities:
    """The school of each text: by URN, by LAESTAB with or without a slash, by a number of four digits in the `authority`.

    `register` is the table schools. A text that is none of these, or not in the register, stands for itself. Of several
    schools with one LAESTAB the one that opened last is taken, if they are not one school anyway.
    """
    urns = set(register["urn"])
    of_numbers, ambiguous = _tabulate_numbers(register, chains)
    found: dict[str, str] = {}
    ways: dict[str, set[str]] = {"urn": set(), "laestab": set(), "own": set(), "ambiguous": set()}
    for text in sorted(set(texts)):
        plain = text.strip().removesuffix(".0")
        number = _write_laestab(plain, authority)
        if _URN.fullmatch(plain) and (plain in urns or plain in chains.last):
            way, found[text] = "urn", chains.follow(plain)
        elif number in of_numbers:
            way, found[text] = "laestab", of_numbers[number]
        else:
            way, found[text] = "own", number or plain
        ways[way].add(text)
        if way == "laestab" and number in ambiguous:
            ways["ambiguous"].add(number)
    schools = set(found.values())
    former: dict[str, list[str]] = {}
    for urn, last in sorted(chains.last.items()):
        if urn != last and last in schools:
            former.setdefault(last, []).append(urn)
    return SchoolIdentities(
        found, {school: tuple(each) for school, each in former.items()}, tuple(_tell(ways, found, chains, former))
    )


def _write_laestab(text: str, authority: str) -> str:
    """Seven digits for a text that is a LAESTAB, or a number within the authority; empty for another text."""
    matched = _LAESTAB.fullmatch(text)
    if matched:
        return matched[1] + matched[2]
    return authority + text if authority and _ESTABLISHMENT.fullmatch(text) else ""


def _tabulate_numbers(register: pl.DataFrame, chains: Chains) -> tuple[dict[str, str], set[str]]:
    """The school now of each LAESTAB, and the LAESTABs under which several schools are now."""
    listed = register.drop_nulls("authority_and_establishment").sort("opened_on", "urn", nulls_last=False)
    of_numbers: dict[str, str] = {}
    ambiguous = set()
    for number, urn in listed.select("authority_and_establishment", "urn").iter_rows():
        now = chains.follow(urn)
        if of_numbers.setdefault(number, now) != now:
            ambiguous.add(number)
        of_numbers[number] = now
    return of_numbers, ambiguous


def _tell(
    ways: Mapping[str, set[str]], found: Mapping[str, str], chains: Chains, former: Mapping[str, list[str]]
) -> Iterable[PanelFinding]:
    """What was decided, and what was not."""
    named = set(found.values()) | {text.strip() for text in found}
    merged, split, cycle = chains.several_predecessors, chains.several_successors, chains.in_cycle
    told = (
        ("note", "schools_by_urn", "school numbers found in the register by URN", "", len(ways["urn"])),
        ("note", "schools_by_laestab", "school numbers found in the register by LAESTAB", "", len(ways["laestab"])),
        (
            "warning",
            "schools_not_in_register",
            "school numbers that are not in the register",
            "Each is taken as a school of its own. Give the register (edubasealldata), or see that the numbers are right.",
            len(ways["own"]),
        ),
        (
            "warning",
            "schools_share_laestab",
            "LAESTABs that several schools have had which are not linked",
            "The school that opened last was taken. Give the links (links_edubasealldata).",
            len(ways["ambiguous"]),
        ),
        (
            "note",
            "schools_followed",
            "schools followed through links to the number that they have now",
            "Their pupils and events count under the number of now from the beginning.",
            len(former),
        ),
        (
            "warning",
            "schools_merged",
            "schools that were made of several schools",
            "Each is taken as a school of its own until then. Take them as one with follow_mergers.",
            len(merged & named),
        ),
        (
            "warning",
            "schools_split",
            "schools that became several schools",
            "They are taken as schools of their own.",
            len(split & named),
        ),
        (
            "warning",
            "schools_in_cycle",
            "schools whose links lead back to themselves",
            "They are taken as schools of their own. See the links of the register.",
            len(cycle & named),
        ),
    )
    for severity, code, what, what_to_do, count in told:
        if count:
            yield PanelFinding("note" if severity == "note" else "warning", code, what, what_to_do, count)
