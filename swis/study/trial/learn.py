"""From the pilots that came before to a trial: what could have been expected of it, and what it was worth."""

from __future__ import annotations

import numpy as np

from swis.costs.money_result import MoneyResult
from swis.errors import NotEstimable
from swis.estimate.lesson.prediction import TrialFinding
from swis.estimate.lesson.roll_out import RollOut
from swis.study.lesson import NATIONAL_ROLL_OUT, PRIMARY, PUBLISHED_TRIAL, Lesson, learn_lesson
from swis.study.together import Evaluation
from swis.study.trial.aggregate import main_period
from swis.study.trial.evaluation import OutcomeResult
from swis.study.trial.trial import Trial

NO_VALUE = (
    "What the trial was worth cannot be said without costs by school and [money] schools_affected: the figures that are shipped "
    "are of section 47 enquiries."
)


def learn_of_pilots(trial: Trial, pilots: Evaluation, primary: OutcomeResult, money: MoneyResult | None) -> Lesson:
    """The lesson of the pilots that trial.toml names: of this trial, or of the published one that it quotes.

    For this trial the roll-out is that of [money] where costs were weighed and schools_affected is given; otherwise, and for the
    published trial, it is the national one that is shipped. Raises NotEstimable where the pilots lack the primary outcome or
    the trial has no ratio.
    """
    declared, code = trial.protocol.pilots, primary.outcome.code
    if declared is not None and declared.trial == "published":
        return learn_lesson(pilots, outcome=code, trial=PUBLISHED_TRIAL)
    roll_out = _roll_out(trial, primary, money)
    if roll_out is None and code != PRIMARY:
        raise NotEstimable(NO_VALUE)
    return learn_lesson(
        pilots,
        outcome=code,
        trial=_finding(trial, primary),
        roll_out=roll_out or NATIONAL_ROLL_OUT,
        worthwhile=trial.protocol.options.worthwhile_rate_ratio,
    )


def _finding(trial: Trial, primary: OutcomeResult) -> TrialFinding:
    """This trial as others would quote it."""
    estimate, table = primary.estimate, primary.table
    if estimate is None or table is None:
        raise NotEstimable(f"{primary.outcome.code}: this trial has no ratio that pilots could be held against.")
    returned = table.returned
    return TrialFinding(
        ratio=estimate.ratio,
        low=estimate.low,
        high=estimate.high,
        schools=len(set(returned.schools)),
        authorities=len(set(returned.authorities)),
        source=f"this trial, {trial.title}",
    )


def _roll_out(trial: Trial, primary: OutcomeResult, money: MoneyResult | None) -> RollOut | None:
    """The decision that [money] is about, at the highest worth that it asks for; None where costs were not weighed."""
    settings, table = trial.protocol.money, primary.table
    if settings is None or money is None or money.weighed is None or table is None or not settings.schools_affected:
        return None
    terms = trial.protocol.terms
    counted_years = sum(map(terms.years, main_period(trial.protocol).terms))
    counted = table.returned.count[~table.returned.intervention] * float(primary.outcome.unit_of_count)
    cost = money.weighed.difference.cost / sum(map(terms.years, terms.follow_up))
    if cost < 0:
        return None
    return RollOut(
        schools=float(settings.schools_affected),
        years=settings.horizon_years,
        enquiries=float(np.mean(counted)) / counted_years,
        cost=cost,
        value=settings.worths[-1],
        discount_rate=settings.discount_rate,
        sources=(
            ("schools", "[money] schools_affected"),
            ("enquiries", "mean of the schools of this trial without a social worker"),
            ("cost", f"difference between the arms of this trial, {settings.price_year} prices"),
            ("value", "the highest of the worths under [money]"),
            ("discount_rate", "[money] discount_rate"),
        ),
    )
