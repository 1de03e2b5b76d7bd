"""The money of a trial: costs and outcomes of every school together, and what follows from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np

from swis.costs.consequences import Consequence
from swis.costs.cost_effect import CostEffect
from swis.costs.differences import regress_differences
from swis.costs.money_result import MoneyResult
from swis.costs.net_benefit import WORTHS
from swis.costs.published_trial import PUBLISHED_TRIAL
from swis.costs.school_money import SchoolMoney
from swis.costs.unit_costs import Payer
from swis.costs.weigh import WeighSettings, weigh_trial
from swis.errors import NotEstimable
from swis.estimate.comparison import Array
from swis.study.lesson import is_published_trial
from swis.study.trial.add_up import Sum, add_up
from swis.study.trial.covariates import covariates_of
from swis.study.trial.protocol import TrialMoney, TrialOutcome, TrialProtocol
from swis.study.trial.read_costs import cost_without_row
from swis.study.trial.trial import Trial
from swis.study.trial.units import Unit
from swis.tables.school_costs import SCHOOL_COSTS
from swis.tables.unit_costs import PAYERS

MORE_MAY_BE_BETTER = "more can be harm, or need that is seen sooner"


@dataclass(frozen=True)
class _Weigher:
    """A trial with its costs, and the length of its follow-up in years."""

    trial: Trial
    money: TrialMoney
    by_school: Mapping[str, Mapping[Payer, float]]
    years: float

    def cost_of(self, unit: Unit, payer: Payer | None = None) -> float | None:
        """What a unit cost, all payers together or one of them; None where that of a school in it is not known."""
        costs = [self._cost(school.school, payer) for school in unit.members]
        return None if None in costs else sum(cost for cost in costs if cost is not None)

    def _cost(self, school: str, payer: Payer | None) -> float | None:
        own = self.by_school.get(school)
        if own is None:
            return cost_without_row(self.trial.school(school))
        return sum(own.values()) if payer is None else own.get(payer, 0.0)


def weigh_money(trial: Trial) -> MoneyResult:
    """What the programme cost and averted by school over the whole follow-up, and what follows from it.

    Counted: schools whose cost and count are both known; counts as in school_terms.csv, a day in care as a day. A school that was
    drawn for no worker and has no row in school_costs.csv cost nothing. Adjusted for what the trial is adjusted for, as far as
    the schools allow. Not counted: scores, which are no number of anything averted.

    Raises NotEstimable, with what is missing, where there are no costs by school or the differences cannot be estimated.
    """
    weigher = _gather(trial)
    primary = trial.protocol.outcome(trial.protocol.primary)
    table, findings = _adjusted_table(weigher, primary)
    both, more = _consequences(weigher)
    found = weigh_trial(
        table,
        _settings(weigher.money, trial.protocol, weigher.years),
        costs=_by_payer(weigher, table),
        consequences=both,
    )
    return replace(found, findings=(*found.findings, *_on_schools(weigher, table), *findings, *more))


def _gather(trial: Trial) -> _Weigher:
    money, costs = trial.protocol.money, trial.costs
    if money is None or costs is None:
        raise NotEstimable("Not given: trial.toml has no section [money].")
    if costs.by_school is None:
        raise NotEstimable(f"Not given: the folder has no {SCHOOL_COSTS.file}, so costs are not known by school.")
    if trial.protocol.outcome(trial.protocol.primary).kind == "scores":
        raise NotEstimable(
            "The primary outcome is a score: no number of it is averted that money could be set against."
        )
    years = sum(trial.protocol.terms.years(term) for term in trial.protocol.terms.follow_up)
    return _Weigher(trial, money, costs.by_school, years)


def _settings(money: TrialMoney, protocol: TrialProtocol, years: float) -> WeighSettings:
    quoted = any(is_published_trial(found) for found in protocol.literature)
    top = max(WORTHS[-1], 2 * money.worths[-1])
    return WeighSettings(
        price_year=money.price_year,
        seed=protocol.options.seed,
        follow_up_years=years,
        draws=money.draws,
        worths=tuple(worth * top / WORTHS[-1] for worth in WORTHS),
        asked=money.worths,
        rate=money.discount_rate,
        schools_affected=money.schools_affected,
        horizon_years=money.horizon_years,
        rollout=money.rollout,
        published=PUBLISHED_TRIAL if quoted else None,
    )


def _adjusted_table(weigher: _Weigher, outcome: TrialOutcome) -> tuple[SchoolMoney, list[str]]:
    """Cost and count of an outcome by school, with the covariates that the schools can carry."""
    sums = _counted(weigher.trial, outcome)
    places = [
        place
        for place, unit in enumerate(weigher.trial.units.units)
        if unit.name in sums and weigher.cost_of(unit) is not None
    ]
    if not places:
        raise NotEstimable(f"{outcome.code}: no school has both a cost and an outcome.")
    units = [weigher.trial.units.units[place] for place in places]
    table = SchoolMoney(
        outcome=outcome.name,
        schools=tuple(unit.name for unit in units),
        authorities=tuple(unit.authority for unit in units),
        intervention=np.array([unit.arm == "intervention" for unit in units]),
        cost=np.array([weigher.cost_of(unit) or 0.0 for unit in units]),
        count=np.array([sums[unit.name].count for unit in units]),
        exposure=np.array([sums[unit.name].exposure for unit in units]),
        covariates={name: value[np.array(places)] for name, value in _covariates(weigher.trial, outcome).items()},
    )
    try:
        regress_differences(table)
    except NotEstimable:
        return replace(table, covariates={}), ["The differences are not adjusted: the schools cannot carry covariates"]
    return table, []


def _counted(trial: Trial, outcome: TrialOutcome) -> dict[str, Sum]:
    """Counts as they stand in school_terms.csv, and pupil-years, whatever the outcome is analysed as."""
    plain = replace(outcome, kind="events", possible=None, unit_of_count=Decimal(1))
    return add_up(trial, trial.units, plain, trial.protocol.terms.follow_up)


def _covariates(trial: Trial, outcome: TrialOutcome) -> dict[str, Array]:
    known = covariates_of(trial, trial.units, outcome)
    named = {
        "count before the draw": known.baseline_count,
        "pupils": known.pupils,
        "free school meals": known.free_school_meals,
    }
    return {name: values for name, values in named.items() if values is not None and np.ptp(values) > 0}


def _by_payer(weigher: _Weigher, table: SchoolMoney) -> dict[Payer, float]:
    """What each payer pays per school and year: the differences add up to that of all together."""
    units = {unit.name: unit for unit in weigher.trial.units.units}
    paying = {payer for own in weigher.by_school.values() for payer in own}
    names: list[Payer] = [name for name, _ in PAYERS if name in paying]
    costs: dict[Payer, float] = {}
    for payer in names:
        own = np.array([weigher.cost_of(units[name], payer) or 0.0 for name in table.schools])
        costs[payer] = regress_differences(replace(table, cost=own)).cost / weigher.years
    return costs


def _consequences(weigher: _Weigher) -> tuple[list[Consequence], list[str]]:
    """Every counted outcome, the primary one first, and what cannot stand beside them."""
    both, findings = [], []
    for outcome in sorted(weigher.trial.protocol.outcomes, key=lambda each: not each.primary):
        if outcome.kind == "scores":
            findings.append(f"{outcome.name}: a score is no number averted; see the chapter on the other outcomes")
            continue
        try:
            table, _ = _adjusted_table(weigher, outcome)
            both.append(_consequence(weigher, outcome, regress_differences(table).a_year_of(weigher.years)))
        except NotEstimable:
            findings.append(f"{outcome.name}: what was averted per school cannot be estimated")
    return both, findings


def _consequence(weigher: _Weigher, outcome: TrialOutcome, found: CostEffect) -> Consequence:
    costs = () if weigher.trial.costs is None else weigher.trial.costs.unit_costs
    low, high = found.effect_interval()
    return Consequence(
        outcome=outcome.name,
        averted=found.effect,
        low=low,
        high=high,
        unit_costs=tuple(cost for cost in costs if cost.what == outcome.code),
        primary=outcome.primary,
        note=MORE_MAY_BE_BETTER if outcome.kind == "events" else "",
    )


def _on_schools(weigher: _Weigher, table: SchoolMoney) -> list[str]:
    """Who is not weighed, and whose cost was taken to be nothing."""
    trial = weigher.trial
    primary = trial.protocol.outcome(trial.protocol.primary)
    counted = _counted(trial, primary)
    all_units = trial.units.units
    no_cost = sum(unit.name in counted and weigher.cost_of(unit) is None for unit in all_units)
    no_count = sum(unit.name not in counted for unit in all_units)
    partly = sum(counted[name].terms < len(trial.protocol.terms.follow_up) for name in table.schools)
    members = {unit.name: unit.members for unit in all_units}
    free = sum(all(each.school not in weigher.by_school for each in members[name]) for name in table.schools)
    told = [
        (no_count, "without the primary outcome are left out"),
        (no_cost, "whose cost is not known are left out"),
        (free, "have no costs in the folder and are taken to have cost nothing"),
        (partly, "returned some terms only and count with those, beside their whole cost"),
    ]
    found = [f"{number:,} schools {words}" for number, words in told if number]
    length = f"Costs and counts are of the whole follow-up, {weigher.years:.2f} years, and are not discounted within it"
    return [length, *found]
