"""Costs by school and unit costs of a trial, held against its schools and outcomes, in the prices of one year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from swis.costs.prices import Deflators, check_index, index_prices
from swis.costs.school_money import sum_school_costs
from swis.costs.unit_costs import Payer, UnitCost, list_unit_costs, reprice
from swis.errors import ProtocolError
from swis.study.finding import Finding
from swis.study.trial.keys import TRIAL_FILE
from swis.study.trial.protocol import TrialMoney, TrialProtocol
from swis.study.trial.read_cells import check_schools, refuse
from swis.study.trial.rows import TrialSchool
from swis.study.trial.units import Units
from swis.tables.claims import CLAIMS
from swis.tables.deflators import DEFLATORS
from swis.tables.problem import Problem, tell_problems
from swis.tables.school_costs import SCHOOL_COSTS
from swis.tables.trial_schools import TRIAL_SCHOOLS
from swis.tables.unit_costs import UNIT_COSTS

Frames = Mapping[str, pl.DataFrame]


@dataclass(frozen=True)
class TrialCosts:
    """What schools and outcomes cost, in pounds of the price year of [money].

    `by_school` has the payers of each randomised school that has a row, over the whole follow-up; None without
    school_costs.csv. `unit_costs` say themselves by which index they were brought to the price year.
    """

    by_school: Mapping[str, Mapping[Payer, float]] | None
    unit_costs: tuple[UnitCost, ...]


def check_section(protocol: TrialProtocol, frames: Frames) -> None:
    """Raises ProtocolError where tables of money are there and trial.toml does not say how they are to be read."""
    problems = []
    if protocol.money is None:
        there = [table.file for table in (CLAIMS, SCHOOL_COSTS, UNIT_COSTS) if table.name in frames]
        if there:
            what = f"has no section [money], but there is a {' and a '.join(there)}"
            problems.append(Problem(TRIAL_FILE, what, "Add it, with the price_year."))
    elif protocol.money.claims is None and CLAIMS.name in frames:
        what = f"[money] has no period and months, but there is a {CLAIMS.file}"
        problems.append(Problem(TRIAL_FILE, what, "Add both: which claims are counted, and for how long."))
    if problems:
        raise ProtocolError(tell_problems(problems))


def read_costs(money: TrialMoney, frames: Frames, units: Units) -> TrialCosts:
    """The costs of a trial. Raises TableError for schools that are not in it, years without an index, prices without a source."""
    deflators = index_prices(frames[DEFLATORS.name]) if DEFLATORS.name in frames else None
    by_school = None
    if SCHOOL_COSTS.name in frames:
        by_school = _by_school(frames[SCHOOL_COSTS.name], units, money.price_year, deflators)
    unit_costs: tuple[UnitCost, ...] = ()
    if UNIT_COSTS.name in frames:
        unit_costs = _unit_costs(frames[UNIT_COSTS.name], money.price_year, deflators)
    return TrialCosts(by_school, unit_costs)


def _by_school(
    frame: pl.DataFrame, units: Units, price_year: str, deflators: Deflators | None
) -> Mapping[str, Mapping[Payer, float]]:
    """A school that has rows under two labels has both together."""
    refuse(check_schools(SCHOOL_COSTS, frame.to_dicts(), units))
    costs: dict[str, dict[Payer, float]] = {}
    for label, payers in sum_school_costs(frame, price_year=price_year, deflators=deflators).items():
        own = costs.setdefault(units.school_of_label[label], {})
        for payer, pounds in payers.items():
            own[payer] = own.get(payer, 0.0) + float(pounds)  # type: ignore[index, call-overload]
    return costs


def _unit_costs(frame: pl.DataFrame, price_year: str, deflators: Deflators | None) -> tuple[UnitCost, ...]:
    costs = list_unit_costs(frame)
    years = list(zip(frame["row"], frame["price_year"], strict=True))
    check_index(UNIT_COSTS.file, years, price_year=price_year, deflators=deflators)
    return reprice(costs, price_year=price_year, deflators=deflators)


def check_costs(
    protocol: TrialProtocol, costs: TrialCosts | None, schools: Sequence[TrialSchool], frames: Frames
) -> list[Finding]:
    """Settings without costs, prices of what is not counted, and schools with a worker whose cost is not known."""
    if costs is None:
        return []
    findings = []
    if costs.by_school is None and CLAIMS.name not in frames:
        what = f"[money] is there, but no {SCHOOL_COSTS.file} and no {CLAIMS.file}"
        to_do = "Add the costs of the schools, or nothing can be weighed."
        findings.append(Finding("note", "costs_lacking", TRIAL_FILE, what, to_do))
    codes = [outcome.code for outcome in protocol.outcomes if outcome.kind != "scores"]
    unused = list(dict.fromkeys(cost.what for cost in costs.unit_costs if cost.what not in codes))
    if unused:
        what = f"{', '.join(unused)} {'is' if len(unused) == 1 else 'are'} no counted outcome of the trial"
        to_do = f"Its price enters no sum. Outcomes are: {', '.join(codes)}."
        findings.append(Finding("note", "unit_cost_not_used", UNIT_COSTS.file, what, to_do, column="what"))
    lacking = [each for each in schools if costs.by_school is not None and not _known(each, costs.by_school)]
    if lacking:
        what = f"{len(lacking)} schools that were drawn for a worker have no row in {SCHOOL_COSTS.file}"
        to_do = "They are left out where the money is weighed. Add their costs, or rows of 0 if they had none."
        rows = tuple(each.row for each in lacking)
        findings.append(Finding("warning", "school_cost_not_known", TRIAL_SCHOOLS.file, what, to_do, rows=rows))
    return findings


def _known(school: TrialSchool, by_school: Mapping[str, Mapping[Payer, float]]) -> bool:
    return school.school in by_school or cost_without_row(school) is not None


def cost_without_row(school: TrialSchool) -> float | None:
    """What a school without a row cost: nothing if it was drawn for no worker or had none; None: not known."""
    return 0.0 if school.received is False or (school.arm == "comparison" and not school.received) else None
