"""Weigh the money of a trial, or of a study that has only a ratio and a total."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from swis.costs.averted import AvertedCosts
from swis.costs.break_even import BreakEven, break_even
from swis.costs.budget import BudgetImpact, budget_impact
from swis.costs.consequences import Consequence, CostConsequences, weigh_consequences
from swis.costs.cost_effect import CostEffect
from swis.costs.differences import regress_differences
from swis.costs.discount import GREEN_BOOK
from swis.costs.held_coverage import Quantity, held_coverage
from swis.costs.information import information_value
from swis.costs.money_result import MoneyResult, Weighed
from swis.costs.needed import NeededAverted, needed_averted
from swis.costs.net_benefit import (
    WORTHS,
    acceptability,
    acceptability_of_draws,
    net_benefit,
    quadrants,
    quadrants_of_draws,
)
from swis.costs.prices import check_year
from swis.costs.programme import ProgrammeCost
from swis.costs.published_trial import PublishedAcceptability
from swis.costs.ratio import cost_per_outcome
from swis.costs.resample import bootstrap_differences
from swis.costs.school_money import SchoolMoney
from swis.costs.tornado import Tornado, vary_inputs
from swis.costs.unit_costs import Payer, UnitCost
from swis.errors import SettingError

PER_PUPILS = "1,000 pupil-years"
QUANTITIES: tuple[Quantity, ...] = ("cost", "averted", "net benefit", "cost per outcome (Fieller)")


@dataclass(frozen=True)
class WeighSettings:
    """How the money is weighed. `follow_up_years` is what the costs and counts of the trial's table cover.

    `asked` are the worths of an outcome averted for which net benefit and perfect information are told. `schools_affected`
    a year for `horizon_years` are those that the decision is about; None: perfect information is told for one school only.
    `rollout` is the number of schools in each year of a budget; empty: no budget.
    """

    price_year: str
    seed: int
    follow_up_years: float
    draws: int = 10_000
    worths: tuple[float, ...] = WORTHS
    asked: tuple[float, ...] = (1_000, 10_000, 20_000)
    rate: float = GREEN_BOOK
    schools_affected: float | None = None
    horizon_years: int = 1
    rollout: tuple[int, ...] = ()
    published: PublishedAcceptability | None = None

    def __post_init__(self) -> None:
        check_year(self.price_year)
        if not self.follow_up_years > 0:
            raise SettingError(f"A follow-up of {self.follow_up_years} years cannot be. Write 1.92 for 23 months.")


def weigh_trial(
    table: SchoolMoney,
    settings: WeighSettings,
    *,
    costs: Mapping[Payer, float] | None = None,
    consequences: Sequence[Consequence] = (),
    programme: ProgrammeCost | None = None,
) -> MoneyResult:
    """The money of a trial: both differences, what follows from them, who pays and saves, the budget, and what hangs on what.

    `costs` are what each payer pays per school and year; `consequences` what each outcome averted per school and year, with
    its own estimate, the one that the trial was about marked primary. What cannot be told for want of one is a finding.
    Raises NotEstimable if the differences cannot be estimated, SettingError for settings that contradict one another.
    """
    weighed = weigh_differences(table, settings)
    year = weighed.difference.a_year_of(settings.follow_up_years)
    both = weigh_consequences(costs, consequences, price_year=settings.price_year) if costs and consequences else None
    unit_cost = price_of_primary(consequences)
    return MoneyResult(
        outcome=table.outcome,
        price_year=settings.price_year,
        programme=programme,
        weighed=weighed,
        needed=_needed(year, settings),
        break_even=_break_even(year, unit_cost, settings),
        budget=_budget(year, both, settings),
        consequences=both,
        tornado=_tornado(both),
        published=settings.published,
        findings=_findings(both, unit_cost, settings, costs=bool(costs)),
    )


def weigh_averted(
    averted: Sequence[AvertedCosts],
    *,
    outcome: str,
    price_year: str,
    needed: NeededAverted | None = None,
    published: PublishedAcceptability | None = None,
) -> MoneyResult:
    """The money of a study with a ratio and a total: what one outcome averted would have cost, if the ratio were true."""
    return MoneyResult(
        outcome,
        check_year(price_year),
        averted=tuple(averted),
        needed=needed,
        published=published,
        findings=("Costs are known in all and not by school: they cannot be set against effects school by school",),
    )


def weigh_differences(table: SchoolMoney, settings: WeighSettings) -> Weighed:
    """Both differences of a trial and what follows from them."""
    difference = regress_differences(table)
    draws = bootstrap_differences(table, seed=settings.seed, draws=settings.draws)
    schools = sum(difference.schools or (0, 0))
    year = difference.a_year_of(settings.follow_up_years)
    units = 1.0 if settings.schools_affected is None else settings.schools_affected
    return Weighed(
        difference=difference,
        per_pupils=regress_differences(table, per="1,000 pupil-years"),
        draws=draws,
        ratio=cost_per_outcome(difference),
        curve=acceptability(difference, settings.worths),
        drawn_curve=acceptability_of_draws(draws, settings.worths),
        plane=quadrants(difference),
        drawn_plane=quadrants_of_draws(draws),
        benefits=tuple(net_benefit(difference, worth) for worth in settings.asked),
        information=tuple(
            information_value(year, worth, units_a_year=units, years=settings.horizon_years, rate=settings.rate)
            for worth in settings.asked
        ),
        coverage=tuple(held_coverage("regressions, HC3, t", quantity, schools=schools) for quantity in QUANTITIES)
        + tuple(held_coverage("bootstrap, percentile", quantity, schools=schools) for quantity in QUANTITIES[:3]),
    )


def price_of_primary(consequences: Sequence[Consequence]) -> UnitCost | None:
    """What one of the primary outcome costs all payers together; None without a primary outcome or a unit cost for it."""
    costs = [cost for each in consequences if each.primary for cost in each.unit_costs]
    if not costs:
        return None
    if len(costs) == 1:
        return costs[0]
    total = sum((cost.pounds for cost in costs[1:]), costs[0].pounds)
    source = "; ".join(dict.fromkeys(cost.source for cost in costs))
    return replace(costs[0], pounds=total, low=None, high=None, source=f"{source} (all payers)")


def _needed(year: CostEffect, settings: WeighSettings) -> NeededAverted | None:
    if not any(worth > 0 for worth in settings.asked):
        return None
    effect = (year.effect, *year.effect_interval())
    return needed_averted(
        year.cost, settings.asked, outcome=year.outcome, per=(year.per, settings.price_year), effect=effect
    )


def _break_even(year: CostEffect, unit_cost: UnitCost | None, settings: WeighSettings) -> BreakEven | None:
    if unit_cost is None or unit_cost.pounds == 0:
        return None
    if unit_cost.price_year != settings.price_year:
        raise SettingError(
            f"The unit cost of {unit_cost.what} is not in {settings.price_year} prices. Reprice it first."
        )
    return break_even(year, unit_cost)


def _budget(year: CostEffect, both: CostConsequences | None, settings: WeighSettings) -> BudgetImpact | None:
    cost = both.cost if both is not None else year.cost
    if not settings.rollout or cost < 0:
        return None
    saved = None
    if both is not None and len(both.unpriced) < len(both.consequences):
        # Each outcome at its own end: wider than an interval of the sum, whose correlations are not known.
        saved = tuple(sum(each.saved[end] for each in both.consequences) for end in range(3))
    return budget_impact(
        cost,
        schools=settings.rollout,
        price_year=settings.price_year,
        saved_per_school=saved,  # type: ignore[arg-type]
        rate=settings.rate,
    )


def _tornado(both: CostConsequences | None) -> Tornado | None:
    if both is None or len(both.unpriced) == len(both.consequences):
        return None
    return vary_inputs(both)


def _findings(
    both: CostConsequences | None, unit_cost: UnitCost | None, settings: WeighSettings, *, costs: bool
) -> tuple[str, ...]:
    found = []
    if unit_cost is None:
        found.append(
            "No unit cost of the primary outcome was given: neither a break-even nor what was saved can be told"
        )
    if not costs:
        found.append("It was not said who pays: costs and consequences are not set out by payer")
    if both is not None and both.cost < 0 and settings.rollout:
        found.append("Schools with the programme cost less than those without: no budget is drawn up")
    if both is not None and both.unpriced:
        found.append(f"Without a unit cost, so in no sum: {', '.join(both.unpriced)}")
    if settings.schools_affected is None:
        found.append(
            "It was not said how many schools the decision affects: perfect information is told for one school"
        )
    return tuple(found)
