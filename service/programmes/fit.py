"""Who fits where: a score that can be worked out by hand, and its reasons in words. People decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.accounts.models import User
from service.loading import when_used
from service.programmes.models import SchoolNeeds, Strength, WorkerProfile
from service.schools.models import Phase, School

if TYPE_CHECKING:
    from scipy import optimize
else:
    optimize = when_used("scipy.optimize")

IMPOSSIBLE = -1000.0
OF_PHASE = {
    Phase.PRIMARY: Strength.PRIMARY,
    Phase.SECONDARY: Strength.ADOLESCENTS,
    Phase.ALTERNATIVE_PROVISION: Strength.SEMH,
    Phase.SPECIAL: Strength.SEND,
}


@dataclass(frozen=True)
class Fit:
    """How well one worker fits one school: from 0 to 100, or None when a stipulation is not met."""

    school: School
    worker: User
    score: float | None
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Proposals:
    """A worker for each school as far as there are any, and the schools for which nobody is left, with the reason."""

    fits: tuple[Fit, ...]
    left: tuple[tuple[School, str], ...]


def weigh(needs: SchoolNeeds, profile: WorkerProfile) -> Fit:
    """How a worker fits a school.

    What the school names first weighs most: of three needs the first counts 3, the second 2, the last 1; the score is the
    share of that weight that the worker brings. Without needs it is 50, and 100 when the worker knows the phase.
    Somebody with fewer years since qualifying than the school asks for, two at least, is not proposed.
    """
    school, brings = needs.school, set(profile.strengths)
    if profile.years_qualified < needs.years_qualified:
        lacking = (
            f"Qualified for {_years(profile.years_qualified)}, where at least {needs.years_qualified} are asked for."
        )
        return Fit(school, profile.worker, None, (lacking,))
    reasons = [f"Qualified for {_years(profile.years_qualified)}; at least {needs.years_qualified} are asked for."]
    wanted = list(dict.fromkeys(needs.strengths))
    weights = {code: len(wanted) - place for place, code in enumerate(wanted)}
    matched = [code for code in wanted if code in brings]
    missing = [code for code in wanted if code not in brings]
    if matched:
        reasons.append(f"Brings what the school asks for: {_name(matched)}.")
    if missing:
        reasons.append(f"Does not bring: {_name(missing)}.")
    fitting = OF_PHASE.get(Phase(school.phase))
    knows_phase = fitting is not None and fitting in brings
    if fitting is not None and knows_phase and fitting not in wanted:
        reasons.append(f"Knows work of this phase ({school.phase}): {_name([fitting])}.")
    if wanted:
        score = 100 * sum(weights[code] for code in matched) / sum(weights.values())
    else:
        reasons.append("The school has named no needs yet.")
        score = 100.0 if knows_phase else 50.0
    return Fit(school, profile.worker, score, tuple(reasons))


def propose(needs: Sequence[SchoolNeeds], profiles: Sequence[WorkerProfile]) -> Proposals:
    """The worker for each school that make the sum of scores largest, each worker for one school.

    Among equal sums the order of the schools and of the workers decides, so that the same statements give the same proposals.
    """
    if not needs or not profiles:
        return Proposals((), tuple((each.school, "There is no worker with a profile.") for each in needs))
    fits = [[weigh(need, profile) for profile in profiles] for need in needs]
    scores = [[IMPOSSIBLE if fit.score is None else fit.score for fit in row] for row in fits]
    pairs = dict(zip(*(side.tolist() for side in optimize.linear_sum_assignment(scores, maximize=True)), strict=True))
    chosen: list[Fit] = []
    left: list[tuple[School, str]] = []
    for place, row in enumerate(fits):
        fit = row[pairs[place]] if place in pairs else None
        if fit is not None and fit.score is not None:
            chosen.append(_compare(fit, row))
        elif all(each.score is None for each in row):
            left.append((needs[place].school, "No worker has the years since qualifying that are asked for."))
        else:
            left.append((needs[place].school, "There are fewer workers than schools."))
    return Proposals(tuple(chosen), tuple(left))


def _compare(fit: Fit, row: Sequence[Fit]) -> Fit:
    """The fit, with a word on those who would fit this school better and are proposed elsewhere."""
    better = sum(each.score is not None and fit.score is not None and each.score > fit.score for each in row)
    if not better:
        return fit
    who = "One colleague fits" if better == 1 else f"{better} colleagues fit"
    said = f"{who} this school better and would be missed more at another."
    return Fit(fit.school, fit.worker, fit.score, (*fit.reasons, said))


def _name(codes: Sequence[str]) -> str:
    return ", ".join(Strength(code).value for code in codes)


def _years(number: int) -> str:
    return "1 year" if number == 1 else f"{number} years"
