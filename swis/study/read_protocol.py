"""From the bytes of study.toml to the protocol, with every problem told at once."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from swis.costs.claim import MoneySettings
from swis.errors import ProtocolError, TableError
from swis.study import keys
from swis.study.check_protocol import check_protocol
from swis.study.protocol import (
    AnalysisOptions,
    Correction,
    Literature,
    Note,
    Outcome,
    Programme,
    Protocol,
    PublishedCost,
    School,
    Terms,
)
from swis.study.section import PROTOCOL_FILE, Section, protocol_problem, read_section
from swis.tables.nearest import did_you_mean
from swis.tables.printed import Printed
from swis.tables.problem import Problem, tell_problems

NOT_NEEDED = ("money", "pilots")
"""Sections that may be left out although they have keys that may not."""


def read_protocol(data: bytes) -> Protocol:
    """The protocol that the bytes of a study.toml hold. Raises ProtocolError with every problem."""
    values = parse_toml(data)
    problems = check_top_level(values, keys.TOP_LEVEL_KEYS)
    sections = {section.name: read_single(section, values, problems) for section in keys.SINGLE_SECTIONS}
    repeated = {section.name: read_repeated(section, values, problems) for section in keys.REPEATED_SECTIONS}
    schools = _read_schools(values, problems)
    costs = _read_published_costs(repeated["published_cost"], problems)
    literature = read_literature(repeated["literature"], problems)
    if problems:
        raise ProtocolError(tell_problems(problems))
    study, analysis, money = (sections[name] or {} for name in ("study", "analysis", "money"))
    protocol = Protocol(
        **study,
        terms=Terms(**(sections["terms"] or {})),
        schools=schools,
        outcomes=tuple(Outcome(**values) for values in repeated["outcome"]),
        corrections=tuple(Correction(**values) for values in repeated["correction"]),
        programme=Programme(**(sections["programme"] or {})),
        money=read_money(money) if "money" in values else None,
        published_costs=costs,
        analysis=_analysis(analysis),
        notes=tuple(Note(**values) for values in repeated["note"]),
        literature=literature,
    )
    problems = check_protocol(protocol)
    if problems:
        raise ProtocolError(tell_problems(problems))
    return protocol


def parse_toml(data: bytes, *, file: str = PROTOCOL_FILE) -> dict[str, Any]:
    """The values that the bytes hold, numbers with decimals as Decimal. Raises ProtocolError."""
    try:
        return tomllib.loads(data.decode("utf-8-sig"), parse_float=Decimal)
    except UnicodeDecodeError:
        problem = Problem(file, "is not UTF-8 text", "Save it as UTF-8.")
    except (tomllib.TOMLDecodeError, InvalidOperation, ValueError, RecursionError) as error:
        problem = Problem(file, f"is not well-formed TOML: {error}", "Mend the line that is named.")
    raise ProtocolError(str(problem))


def check_top_level(values: dict[str, Any], known: Sequence[str]) -> list[Problem]:
    """A wrong format, and sections or keys that are not known."""
    problems = []
    if "format" not in values:
        problems.append(protocol_problem("has no format", f"Write format = {keys.FORMAT} on the first line."))
    elif values["format"] is True or values["format"] != keys.FORMAT:
        problems.append(
            protocol_problem("has a format that this version does not read", f"Write format = {keys.FORMAT}.")
        )
    return problems + [
        protocol_problem(f"has the unknown section or key {name!r}", f"Take it out.{did_you_mean(name, known)}")
        for name in values
        if name not in known
    ]


def read_single(section: Section, values: dict[str, Any], problems: list[Problem]) -> dict[str, Any] | None:
    """The values of a section that stands once; what is wrong is added to the problems. None: unusable, or not needed."""
    if section.name in NOT_NEEDED and section.name not in values:
        return None
    return read_section(section, values.get(section.name, {}), f"[{section.name}]", problems)


def read_repeated(section: Section, values: dict[str, Any], problems: list[Problem]) -> list[dict[str, Any]]:
    """The values of each section of one name; what is wrong is added to the problems."""
    entries = values.get(section.name, [])
    if not isinstance(entries, list):
        problems.append(
            protocol_problem(
                f"[{section.name}] is written once", f"Write it as [[{section.name}]], in double brackets."
            )
        )
        return []
    read = (
        read_section(section, entry, f"[[{section.name}]] {place}", problems)
        for place, entry in enumerate(entries, start=1)
    )
    return [entry for entry in read if entry is not None]


def _read_schools(values: dict[str, Any], problems: list[Problem]) -> tuple[School, ...]:
    entries = values.get("schools", {})
    if not isinstance(entries, dict) or not entries:
        problems.append(protocol_problem("has no schools", "Add a section [schools.ID] for each, with its arm."))
        return ()
    schools = []
    for name, entry in entries.items():
        if not name.strip():
            problems.append(protocol_problem("[schools] has a school without a name", "Give it one."))
        read = read_section(keys.SCHOOL, entry, f"[schools.{name}]", problems)
        if read is not None:
            read["printed_as"] = read["printed_as"] or (name,)
            schools.append(School(id=name, **read))
    return tuple(schools)


def _read_published_costs(entries: list[dict[str, Any]], problems: list[Problem]) -> tuple[PublishedCost, ...]:
    costs = []
    for entry in entries:
        try:
            costs.append(PublishedCost(entry["what"], Printed(entry["printed"]), entry["source"]))
        except TableError as error:
            problems.append(protocol_problem(f"[[published_cost]] {error}".rstrip("."), "Leave the pound sign out."))
    twice = [what for what, times in Counter((c.what, c.source) for c in costs).items() if times > 1]
    for what, source in twice:
        problems.append(protocol_problem(f"[[published_cost]] {what} of {source!r} is there twice", "Keep one."))
    return tuple(costs)


def read_literature(entries: list[dict[str, Any]], problems: list[Problem]) -> tuple[Literature, ...]:
    """Results from elsewhere, with their digits as printed."""
    results = []
    for entry in entries:
        try:
            printed = {name: Printed(entry[name]) for name in ("rate_ratio", "ci_low", "ci_high")}
        except TableError as error:
            problems.append(protocol_problem(f"[[literature]] {error}".rstrip("."), "Write the digits as printed."))
            continue
        results.append(Literature(**(entry | printed)))
    return tuple(results)


def read_money(values: dict[str, Any]) -> MoneySettings:
    """The money settings from the values of [money]."""
    return MoneySettings(
        price_year=values["price_year"],
        period=values["period"],
        share_of_year=keys.share_of_year(values),
        discount_rate=values["discount_rate"],
        useful_life_years=values["useful_life_years"],
        annuity_rule=values["annuity_rule"],
        terms_in_period=values["terms"],
    )


def _analysis(values: dict[str, Any]) -> AnalysisOptions:
    values = dict(values)
    values["worthwhile_rate_ratio"] = float(values["worthwhile_rate_ratio"])
    return AnalysisOptions(**values)
