"""The study.toml that a study made from a panel begins with; a person completes it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from math import ceil

import polars as pl

from swis.errors import TableError
from swis.panel.arms import Arms
from swis.panel.count_tables import most_of_one_child
from swis.panel.outcomes import Kind, Outcome, outcome_of
from swis.panel.pairings import Pairing
from swis.panel.panel import Panel
from swis.tables.nearest import did_you_mean
from swis.terms import SIX_HALF_TERMS, THREE_TERMS

PROTOCOL_FILE = "study.toml"
PRIMARY = "section_47_enquiries"
_TERM = re.compile(rf"({'|'.join((*SIX_HALF_TERMS, *THREE_TERMS))}) (\d{{4}})", re.ASCII)


@dataclass(frozen=True)
class Timeline:
    """The terms of a panel before the programme starts, and from then on."""

    before: tuple[str, ...]
    after: tuple[str, ...]


def find_timeline(panel: Panel, starts: str) -> Timeline:
    """The terms before and after the start, which may lie beyond the panel. Raises TableError if it is no term."""
    terms = panel.term_names
    if starts in terms:
        place = terms.index(starts)
    elif _TERM.fullmatch(starts) and _in_time(starts) > _in_time(terms[-1]):
        place = len(terms)
    else:
        raise TableError(
            f"The panel has no term {starts!r}; it has: {', '.join(terms)}.{did_you_mean(starts, terms)} A start after its "
            "last term is written alike, and then only schools can be matched."
        )
    if place == 0:
        raise TableError(f"The panel has no term before {starts}. Build it from earlier returns too.")
    return Timeline(terms[:place], terms[place:])


def _in_time(term: str) -> tuple[int, int]:
    part, _, year = term.rpartition(" ")
    parts = SIX_HALF_TERMS if part in SIX_HALF_TERMS else THREE_TERMS
    return int(year) - (not part.startswith("autumn")), parts.index(part) * (6 // len(parts))


def write_protocol(
    panel: Panel,
    timeline: Timeline,
    arms: Arms,
    pairings: Mapping[str, Pairing],
    *,
    randomised: bool,
    notes: tuple[str, ...],
) -> str:
    """The text of a study.toml that can be checked, locked and run as it is."""
    first = panel.terms.group_by("term").agg(pl.col("first_day").min(), days=_days().max())
    days = {term: (day, length) for term, day, length in first.iter_rows()}
    lines = [
        "# Made from a panel by swis study. Read it through: title, launch and what is primary are yours to say.",
        "format = 1",
        "",
        *_write_study(panel, days[timeline.after[0]][0], randomised=randomised),
        *_write_terms(timeline, days),
        *_write_schools(panel, arms, pairings),
    ]
    for code in pairings:
        lines += _write_outcome(panel, outcome_of(code), primary=_is_primary(code, pairings))
    for note in notes:
        lines += [
            "[[note]]",
            f"what = {_quote(note.removesuffix('.'))}",
            'what_to_do = "Bear it in mind with every rate."',
            "",
        ]
    return "\n".join(lines).rstrip() + "\n"


def _days() -> pl.Expr:
    return (pl.col("counts_to") - pl.col("counts_from")).dt.total_days() + 1


def _write_study(panel: Panel, starts: date, *, randomised: bool) -> list[str]:
    return [
        "[study]",
        f"title = {_quote('Social workers in schools: ' + ', '.join(panel.authorities))}",
        f"authority = {_quote(', '.join(panel.authorities))}",
        f'launched = "{starts:%Y-%m}"',
        f'comparison = "{"randomised" if randomised else "matched comparison"}"',
        f"source = {_quote(f'a panel of {len(panel.sources)} files, swis {panel.version}')}",
        "",
    ]


def _write_terms(timeline: Timeline, days: Mapping[str, tuple[date, int]]) -> list[str]:
    order = (*timeline.before, *timeline.after)
    return [
        "[terms]",
        f"order = {json.dumps(order)}",
        f"reference = {_quote(timeline.before[-1])}",
        f"after = {json.dumps(timeline.after)}",
        "",
        "[terms.starts]",
        *(f'{_quote(term)} = "{days[term][0]:%Y-%m}"' for term in order),
        "",
        "[terms.days]",
        *(f"{_quote(term)} = {days[term][1]}" for term in order),
        "",
    ]


def _write_schools(panel: Panel, arms: Arms, pairings: Mapping[str, Pairing]) -> Iterator[str]:
    intervention = {school for pairing in pairings.values() for school in pairing.intervention}
    comparison = {school for pairing in pairings.values() for school in pairing.comparison}
    yield "[schools]"
    for school, phase in panel.schools.select("school", "phase").iter_rows():
        if school not in intervention | comparison:
            continue
        keys = {"arm": "intervention" if school in intervention else "comparison", "phase": phase}
        keys |= {
            name: held[school]
            for name, held in (("cluster", arms.clusters), ("stratum", arms.strata))
            if school in held
        }
        yield f"{_quote(school)} = {{ {', '.join(f'{name} = {_quote(value)}' for name, value in keys.items())} }}"
    yield ""


def _write_outcome(panel: Panel, outcome: Outcome, *, primary: bool) -> list[str]:
    most = max(most_of_one_child(panel, outcome, authority) for authority in panel.schools["authority"].unique())
    together = outcome.kind in (Kind.DAYS, Kind.SESSIONS)
    return [
        "[[outcome]]",
        f"code = {_quote(outcome.code)}",
        f"name = {_quote(outcome.name)}",
        f'kind = "{"days" if together else "events"}"',
        f"primary = {str(primary).lower()}",
        *([f"unit_of_count = {ceil(most)}"] if together else []),
        "",
    ]


def _is_primary(code: str, pairings: Mapping[str, Pairing]) -> bool:
    return code == (PRIMARY if PRIMARY in pairings else next(iter(pairings)))


def _quote(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
