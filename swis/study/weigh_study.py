"""The money of a study with a total cost: what would have to be averted, and what one averted cost where that means something."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from math import exp

from swis.costs.averted import AvertedCosts, cost_per_averted
from swis.costs.budget import BudgetImpact, budget_impact
from swis.costs.cost import CostResult
from swis.costs.cost_effect import whole_pounds
from swis.costs.money_result import MoneyResult
from swis.costs.needed import NeededAverted, needed_averted
from swis.costs.published_trial import PUBLISHED_TRIAL
from swis.costs.weigh import weigh_averted
from swis.study.evaluation import OutcomeEvaluation, StudyEvaluation
from swis.study.lesson import is_published_trial

WORTHS = tuple(map(float, PUBLISHED_TRIAL.worths))
"""What one averted could be worth: the amounts that the published economic evaluation looked at."""


def weigh_study(
    evaluated: StudyEvaluation, *, worths: Sequence[float] = WORTHS, rollout: Sequence[int] = ()
) -> MoneyResult | None:
    """What the claims of a study say beside its outcomes; None without a cost.

    A cost per outcome averted is told only where the data support an effect and the money was spent in the very schools in which
    the outcome was counted; otherwise the findings say why not. How many would have to be averted is told for each of `worths`:
    it needs no effect. `rollout` asks for the budget of so many schools in each year, at the cost of a school for a year, which
    is taken to be that of the period in proportion. Nothing is told by school, because claims are not.
    """
    cost, study = evaluated.cost, evaluated.study
    if cost is None:
        return None
    weighed = [(one.outcome.name, _weigh(one, cost)) for one in evaluated.outcomes]
    quoted = any(is_published_trial(found) for found in study.protocol.literature)
    money = weigh_averted(
        [found for _, found in weighed if isinstance(found, AvertedCosts)],
        outcome=f"the programme in {study.authority}",
        price_year=str(cost.price_year),
        needed=_needed(cost, worths),
        published=PUBLISHED_TRIAL if quoted else None,
    )
    told = [f"{name}: no cost of one averted is told, because {why}" for name, why in weighed if isinstance(why, str)]
    budget, why_not = _budget(evaluated, cost, rollout)
    return replace(money, budget=budget, findings=(*money.findings, *told, *why_not))


def _needed(cost: CostResult, worths: Sequence[float]) -> NeededAverted | None:
    if cost.total <= 0 or not any(worth > 0 for worth in worths):
        return None
    per = (f"programme in {cost.period}", str(cost.price_year))
    return needed_averted(float(cost.total), worths, outcome="its outcomes", per=per)


def _budget(
    evaluated: StudyEvaluation, cost: CostResult, rollout: Sequence[int]
) -> tuple[BudgetImpact | None, list[str]]:
    """The budget of a roll-out and how it was reckoned; None without one, or where the cost of a school is not known."""
    settings = evaluated.study.money
    if not rollout or settings is None:
        return None, []
    if cost.per_school is None:
        return None, ["No budget is drawn up: it is not known how many schools the programme had"]
    year = float(cost.per_school / Decimal(settings.share_of_year.numerator) * settings.share_of_year.denominator)
    budget = budget_impact(year, schools=rollout, price_year=str(cost.price_year), rate=float(settings.discount_rate))
    how = f"The budget takes a school to cost {whole_pounds(year)} a year: what it cost in {cost.period}, in proportion"
    return budget, [how]


def _weigh(one: OutcomeEvaluation, cost: CostResult) -> AvertedCosts | str:
    """What one averted cost; or why that would mean nothing."""
    appraisal, events = one.appraisal, _events(one)
    if appraisal is None:
        return "its effect cannot be estimated"
    reasons = _against(one, appraisal.verdict.kind, cost.programme.schools)
    if not reasons and events == 0:
        reasons.append("none was counted with the programme, so that no number averted follows from a ratio")
    if reasons:
        return ", and ".join(reasons)
    ratio = (exp(appraisal.log_ratio), appraisal.verdict.low, appraisal.verdict.high)
    return cost_per_averted(float(cost.total), events=events, ratio=ratio, outcome=one.outcome.name, supported=True)


def _against(one: OutcomeEvaluation, kind: str, spent: int | None) -> list[str]:
    reasons = [] if kind == "supported" else [f"no effect is supported (verdict: {kind})"]
    counted = int(one.comparison.intervention.sum())
    if spent is None:
        reasons.append("it is not known in how many schools the money was spent")
    elif counted != spent:
        reasons.append(f"the money was spent in {spent} schools and this was counted in {counted} of them")
    return reasons


def _events(one: OutcomeEvaluation) -> float:
    """What was counted in schools with a worker after the start."""
    after = [place for place, term in enumerate(one.comparison.terms) if term in one.comparison.after]
    return float(one.comparison.count[one.comparison.intervention][:, after].sum())
