"""Several studies together: one family of tests, and the authorities pooled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from math import isfinite, log, sqrt

import polars as pl

from swis.errors import NotEstimable, StudyError
from swis.estimate.bayes import PRIORS, BayesPooled, pool_bayes, refuse_without_extra
from swis.estimate.comparison import Array, Comparison
from swis.estimate.multiplicity import benjamini_hochberg, holm
from swis.estimate.pooling import Pooled, pool_authorities
from swis.study.evaluation import OutcomeEvaluation, Progress, StudyEvaluation, evaluate_study
from swis.study.study import Study


@dataclass(frozen=True)
class FamilyMember:
    """One analysis within the family of all: p-values as published and as randomised, and both adjusted (Holm)."""

    authority: str
    outcome: str
    published_p: float | None
    published_holm: float | None
    published_benjamini_hochberg: float | None
    permutation_p: float | None
    permutation_holm: float | None


@dataclass(frozen=True, eq=False)
class PooledOutcome:
    """One outcome pooled over authorities; `pooled` is None where that cannot be, and `reason` says why.

    `bias_reduced` names the authorities whose separated estimate was replaced by Firth's.
    """

    outcome: str
    name: str
    pooled: Pooled | None
    bias_reduced: tuple[str, ...]
    reason: str = ""
    bayes: tuple[BayesPooled, ...] = ()
    """The Bayesian pooling under each prior, where it was asked for: never one prior alone."""


@dataclass(frozen=True, eq=False)
class Evaluation:
    """One or several studies, evaluated. Unrounded; `print` gives the verdicts, `table()` a frame of them."""

    studies: tuple[StudyEvaluation, ...]
    family: tuple[FamilyMember, ...]
    pooled: tuple[PooledOutcome, ...]
    swis_version: str

    @property
    def outcomes(self) -> tuple[OutcomeEvaluation, ...]:
        """All analyses, in the order of the studies."""
        return tuple(outcome for study in self.studies for outcome in study.outcomes)

    def __repr__(self) -> str:
        kinds = [one.appraisal.verdict.kind if one.appraisal else "not estimable" for one in self.outcomes]
        counted = ", ".join(f"{kinds.count(kind)} {kind}" for kind in dict.fromkeys(kinds))
        studies = f"{len(self.studies)} {'study' if len(self.studies) == 1 else 'studies'}"
        analyses = f"{len(self.outcomes)} {'analysis' if len(self.outcomes) == 1 else 'analyses'}"
        return f"Evaluation({studies}, {analyses}: {counted})"

    def __str__(self) -> str:
        lines = [repr(self)]
        for one in self.outcomes:
            lines.append(f"{one.authority}, {one.outcome.name}: {_one_line(one)}")
        return "\n".join(lines)

    def table(self) -> pl.DataFrame:
        """One row per analysis: published ratio and interval, p-values, the verdict and its interval. Unrounded."""
        return pl.DataFrame([_row(one, member) for one, member in zip(self.outcomes, self.family, strict=True)])


def evaluate(studies: Sequence[Study], *, bayes: bool = False, progress: Progress | None = None) -> Evaluation:
    """Run studies, and take them together: Holm over all analyses, outcomes pooled over authorities.

    With `bayes` outcomes are pooled by a Bayesian model as well, under a default and a wide prior (extra `bayes`; a minute or
    two); the seed is that of the first study.
    Raises StudyError without studies, or where two have the same name; NotEstimable if `bayes` is asked for and not installed.
    """
    if not studies:
        raise StudyError("Name at least one study folder.")
    names = [study.name for study in studies]
    if len(set(names)) < len(names):
        raise StudyError(f"Two of the studies are called {max(names, key=names.count)}. Give each folder its own name.")
    if bayes:
        refuse_without_extra()
    steps = sum(len(study.outcomes) for study in studies)
    done = 0
    evaluated = []
    for study in studies:
        offset = done
        report = None if progress is None else _shifted(progress, offset, steps)
        evaluated.append(evaluate_study(study, progress=report))
        done += len(study.outcomes)
    if progress is not None:
        progress("Taken together", steps, steps)
    outcomes = [outcome for study in evaluated for outcome in study.outcomes]
    return Evaluation(
        studies=tuple(evaluated),
        family=_family(outcomes),
        pooled=_pool(outcomes, studies[0].options.seed if bayes else None) if len(evaluated) > 1 else (),
        swis_version=version("swis"),
    )


def _shifted(progress: Progress, offset: int, steps: int) -> Progress:
    return lambda what, done, _: progress(what, offset + done, steps)


def _family(outcomes: Sequence[OutcomeEvaluation]) -> tuple[FamilyMember, ...]:
    published = [one.published.interaction.p if one.published else None for one in outcomes]
    permuted = [one.appraisal.permutation.p if one.appraisal else None for one in outcomes]
    published_holm = _where_there(published, holm)
    return tuple(
        FamilyMember(one.authority, one.outcome.code, *values)
        for one, *values in zip(
            outcomes,
            published,
            published_holm,
            _where_there(published, benjamini_hochberg),
            permuted,
            _where_there(permuted, holm),
            strict=True,
        )
    )


def _where_there(p_values: Sequence[float | None], adjust: Callable[[Sequence[float]], Array]) -> list[float | None]:
    """Adjust the p-values that are there; a separated analysis has none and is not in the family."""
    there = iter(adjust([p for p in p_values if p is not None]).tolist())
    return [None if p is None else next(there) for p in p_values]


def _pool(outcomes: Sequence[OutcomeEvaluation], bayes_seed: int | None) -> tuple[PooledOutcome, ...]:
    """Every outcome pooled; with a seed by the Bayesian model too."""
    names = {one.outcome.code: one.outcome.name for one in outcomes}
    pooled = []
    for code, name in names.items():
        own = [one for one in outcomes if one.outcome.code == code]
        found = _pool_one(code, name, own)
        pooled.append(found if bayes_seed is None else replace(found, bayes=_pool_bayes(own, bayes_seed)))
    return tuple(pooled)


def _pool_bayes(outcomes: Sequence[OutcomeEvaluation], seed: int) -> tuple[BayesPooled, ...]:
    """Both priors, or nothing where fewer than two authorities can be compared."""
    comparisons: dict[str, Comparison] = {}
    for one in outcomes:
        if one.appraisal is not None:
            again = sum(name.split(" (")[0] == one.authority for name in comparisons)
            comparisons[f"{one.authority} ({again + 1})" if again else one.authority] = one.comparison
    if len(comparisons) < 2:
        return ()
    return tuple(pool_bayes(comparisons, prior=prior, seed=seed) for prior in PRIORS)


def _pool_one(code: str, name: str, outcomes: Sequence[OutcomeEvaluation]) -> PooledOutcome:
    usable = [(one, *log_ratio_and_error(one)) for one in outcomes]
    known = [(one, effect, error) for one, effect, error in usable if effect is not None and error is not None]
    reduced = tuple(one.authority for one, _, _ in known if one.appraisal and not isfinite(one.appraisal.log_ratio))
    try:
        pooled = pool_authorities(
            [one.authority for one, _, _ in known], [effect for _, effect, _ in known], [error for _, _, error in known]
        )
    except NotEstimable as reason:
        return PooledOutcome(code, name, None, reduced, str(reason))
    return PooledOutcome(code, name, pooled, reduced)


def log_ratio_and_error(one: OutcomeEvaluation) -> tuple[float | None, float | None]:
    """The log rate ratio with its quasi-Poisson error; Firth's where the estimate is separated."""
    if one.appraisal is None:
        return None, None
    quasi, reduced = one.appraisal.quasi, one.appraisal.firth
    if quasi.standard_error is not None:
        return log(quasi.ratio), quasi.standard_error
    if reduced is None:
        return None, None
    return reduced.log_ratio, reduced.standard_error * sqrt(max(1.0, quasi.dispersion))


def _one_line(one: OutcomeEvaluation) -> str:
    if one.appraisal is None:
        return f"not estimable. {one.reason}"
    verdict = one.appraisal.verdict
    return f"{verdict.kind}; {verdict.reasons[0]}"


def _row(one: OutcomeEvaluation, member: FamilyMember) -> dict[str, object]:
    interaction = one.published.interaction if one.published else None
    verdict = one.appraisal.verdict if one.appraisal else None
    test = one.appraisal.permutation if one.appraisal else None
    return {
        "authority": one.authority,
        "outcome": one.outcome.code,
        "published_claim": one.outcome.published_claim,
        "ratio": interaction.ratio if interaction else None,
        "published_low": interaction.low if interaction else None,
        "published_high": interaction.high if interaction else None,
        "published_p": member.published_p,
        "permutation_p": member.permutation_p,
        "assignments": test.assignments if test else None,
        "smallest_p": test.smallest_p if test else None,
        "permutation_holm": member.permutation_holm,
        "low": verdict.low if verdict else None,
        "high": verdict.high if verdict else None,
        "verdict": verdict.kind if verdict else "not estimable",
        "reason": verdict.reasons[0] if verdict else one.reason,
    }
