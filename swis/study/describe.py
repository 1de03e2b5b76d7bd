"""What the data of a study look like before anybody estimates anything, holding nothing that its policy hides.

Every number here follows from what is shown. A statistic of the true counts, however pooled, could be tried out against each
value that a hidden number might have; so hidden numbers are drawn anew where a statistic needs them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from swis.disclosure.count_table import CountTable, Dimension
from swis.disclosure.policy import Policy
from swis.disclosure.publish import publish
from swis.errors import NotEstimable
from swis.estimate.comparison import Comparison
from swis.estimate.poisson import fit_comparison
from swis.estimate.quasi import dispersion
from swis.study.finding import Finding
from swis.study.protocol import Outcome
from swis.study.study import Study

LONGEST_TERM = 122
"""Days of an autumn term, holidays included: what one child in care can add where the study does not say."""
DRAWINGS = 200
MOST_LEAPS = 5
ON_PUPILS_AND_GAPS = (
    "pupils_jump",
    "pupils_differ_between_outcomes",
    "no_pupils",
    "school_term_missing",
    "term_without_rows",
    "school_without_rows",
)
"""Findings that quote pupils, schools and terms. Others may quote counts, which a policy could hide."""

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class ShownCounts:
    """Counts by school and term as they may be shown; None where hidden. Pupils are taken to be known to all.

    A school-term with 0 pupils was not observed.
    """

    schools: tuple[str, ...]
    intervention: tuple[bool, ...]
    terms: tuple[str, ...]
    before: tuple[str, ...]
    """The terms before the start."""
    counts: tuple[tuple[int | None, ...], ...]
    pupils: tuple[tuple[int, ...], ...]
    notes: tuple[str, ...]

    @property
    def observed(self) -> int:
        """School-terms with pupils."""
        return sum(pupils > 0 for row in self.pupils for pupils in row)

    @property
    def hidden(self) -> int:
        """School-terms whose count is hidden."""
        return sum(count is None for row in self.counts for count in row)


@dataclass(frozen=True)
class Floor:
    """How often one arm has a count of zero before the start, and how many of its schools have nothing else."""

    intervention: bool
    school_terms: int
    zeros: int
    schools: int
    never_above_zero: int


@dataclass(frozen=True)
class Volatility:
    """Dispersion before the start: 1 is what chance alone gives. `low` and `high` differ where numbers are hidden.

    `stable` takes each school's rate as the same in every term; `moving` lets all schools rise and fall together.
    """

    stable_low: float
    stable_high: float
    moving_low: float
    moving_high: float
    drawings: int
    """How often the hidden numbers were drawn; 0: nothing is hidden or rounded."""


@dataclass(frozen=True)
class Leap:
    """A change of one school between two observed terms that follow one another, both shown.

    `deviations` is the change in standard deviations of chance alone, given the sum of the two counts.
    """

    school: str
    intervention: bool
    terms: tuple[str, str]
    counts: tuple[int, int]
    pupils: tuple[int, int]
    deviations: float


@dataclass(frozen=True)
class OutcomeDescription:
    """One outcome as it may be looked at."""

    outcome: Outcome
    policy: Policy | None
    shown: ShownCounts
    floor: tuple[Floor, ...] | None
    """None: the policy hides zeros."""
    volatility: Volatility | str
    """Or why it is not told."""
    leaps: tuple[Leap, ...]
    findings: tuple[Finding, ...]
    corrections: int


@dataclass(frozen=True)
class Description:
    """The outcomes of a study, and what was found of pupils across them."""

    study: Study
    policy: Policy | None
    outcomes: tuple[OutcomeDescription, ...]
    findings: tuple[Finding, ...]

    def __repr__(self) -> str:
        rule = "nothing is hidden" if self.policy is None else f"policy {self.policy.name}"
        return f"Description({self.study.name}: {len(self.outcomes)} outcomes; {rule})"


def describe_study(
    study: Study, *, policy: Policy | None, outcomes: Sequence[str] = (), progress: Progress | None = None
) -> Description:
    """What the counts of a study look like: zeros, scatter, leaps, gaps. Nothing of the programme's effect.

    Counts are as the analyses take them, with declared corrections. Zeros, scatter and leaps are of the terms before the
    start. With `policy=None` nothing is hidden. Without `outcomes` every one of the study. Raises ProtocolError for an
    outcome that is not there.
    """
    chosen = [study.outcome(code) for code in dict.fromkeys(outcomes)] or list(study.outcomes)
    described = []
    for number, outcome in enumerate(chosen):
        if progress is not None:
            progress(f"Looking at {outcome.name}", number, len(chosen))
        described.append(_describe_outcome(study, outcome, policy))
    general = tuple(each for each in study.findings if each.code in ON_PUPILS_AND_GAPS and not each.outcome)
    return Description(study, policy, tuple(described), general)


def _describe_outcome(study: Study, outcome: Outcome, policy: Policy | None) -> OutcomeDescription:
    rule = None if policy is None else _in_children(policy, study, outcome)
    shown = show_counts(study.comparison(outcome.code), rule, counted=f"{outcome.name}, {study.authority}")
    return OutcomeDescription(
        outcome=outcome,
        policy=rule,
        shown=shown,
        floor=None if rule is not None and rule.hide_none_and_all else _floor(shown),
        volatility=_volatility(shown, rule, float(outcome.unit_of_count)),
        leaps=_leaps(shown),
        findings=tuple(each for each in study.findings_of(outcome.code) if each.code in ON_PUPILS_AND_GAPS),
        corrections=len(study.corrections_of(outcome.code)),
    )


def _in_children(policy: Policy, study: Study, outcome: Outcome) -> Policy:
    # 122 days in care can be one child.
    most = float(outcome.unit_of_count)
    if outcome.kind == "days":
        most = max(most, *map(float, study.protocol.terms.days.values()), 1.0)
        most = most if most > 1 else LONGEST_TERM
    return policy.in_units_of(most)


def show_counts(comparison: Comparison, policy: Policy | None, *, counted: str) -> ShownCounts:
    """The counts of a comparison as the policy lets them be shown. No totals: they would cost more hidden numbers."""
    counts, pupils = comparison.count.astype(np.int64), comparison.pupils.astype(np.int64)
    cells: list[list[int | None]] = counts.tolist()
    notes: tuple[str, ...] = ()
    if policy is not None:
        dimensions = (Dimension.of("school", *comparison.schools), Dimension.of("term", *comparison.terms))
        table = CountTable(counted, "anybody", dimensions, counts, margins=(), pupils=pupils)
        published = publish(table, policy)
        told = {cell.labels: cell.count for cell in published.cells}
        cells = [[told.get((school, term)) for term in comparison.terms] for school in comparison.schools]
        notes = published.notes
    return ShownCounts(
        schools=comparison.schools,
        intervention=tuple(map(bool, comparison.intervention)),
        terms=comparison.terms,
        before=tuple(term for term in comparison.terms if term not in comparison.after),
        counts=tuple(map(tuple, cells)),
        pupils=tuple(map(tuple, pupils.tolist())),
        notes=notes,
    )


def _floor(shown: ShownCounts) -> tuple[Floor, ...]:
    floors = []
    for arm in (True, False):
        rows = [_observed_before(shown, i) for i, own in enumerate(shown.intervention) if own is arm]
        rows = [row for row in rows if row]
        floors.append(
            Floor(
                arm,
                school_terms=sum(map(len, rows)),
                zeros=sum(count == 0 for row in rows for count in row),
                schools=len(rows),
                never_above_zero=sum(all(count == 0 for count in row) for row in rows),
            )
        )
    return tuple(floors)


def _observed_before(shown: ShownCounts, school: int) -> list[int | None]:
    return [
        count
        for term, count, pupils in zip(shown.terms, shown.counts[school], shown.pupils[school], strict=True)
        if term in shown.before and pupils > 0
    ]


def _leaps(shown: ShownCounts) -> tuple[Leap, ...]:
    leaps = [leap for school in range(len(shown.schools)) for leap in _leaps_of(shown, school)]
    return tuple(sorted(leaps, key=lambda leap: (-abs(leap.deviations), leap.school, leap.terms))[:MOST_LEAPS])


def _leaps_of(shown: ShownCounts, school: int) -> list[Leap]:
    cells = [
        (term, count, pupils)
        for term, count, pupils in zip(shown.terms, shown.counts[school], shown.pupils[school], strict=True)
        if term in shown.before and pupils > 0
    ]
    leaps = []
    for (term, count, pupils), (next_term, next_count, next_pupils) in pairwise(cells):
        if count is None or next_count is None or count + next_count == 0:
            continue
        together, share = count + next_count, next_pupils / (pupils + next_pupils)
        deviations = (next_count - together * share) / sqrt(together * share * (1 - share))
        arm = shown.intervention[school]
        leaps.append(
            Leap(shown.schools[school], arm, (term, next_term), (count, next_count), (pupils, next_pupils), deviations)
        )
    return leaps


def _volatility(shown: ShownCounts, policy: Policy | None, unit_of_count: float) -> Volatility | str:
    columns = [shown.terms.index(term) for term in shown.before]
    pupils = np.array(shown.pupils)[:, columns]
    low, high = _what_counts_can_be(shown, policy)
    low, high = low[:, columns], high[:, columns]
    hidden = sum(shown.counts[i][j] is None for i in range(len(shown.schools)) for j in columns)
    if 2 * hidden > int((pupils > 0).sum()):
        return "more than half of the numbers before the start are hidden"
    known = bool((low == high).all())
    generator = np.random.default_rng(1)
    drawings = [low] if known else [generator.integers(low, high, endpoint=True) for _ in range(DRAWINGS)]
    found = []
    for counts in drawings:
        try:
            found.append(_dispersions(counts / unit_of_count, pupils.astype(float)))
        except NotEstimable:
            return "too few school-terms with events before the start, or one term alone"
    ends = np.quantile(np.array(found), (0.05, 0.95), axis=0)
    (stable_low, moving_low), (stable_high, moving_high) = ends.tolist()
    return Volatility(stable_low, stable_high, moving_low, moving_high, 0 if known else DRAWINGS)


def _what_counts_can_be(shown: ShownCounts, policy: Policy | None) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The least and the greatest that each count can be to a reader who knows the rule."""

    def ends(count: int | None) -> tuple[int, int]:
        if policy is None:
            return count or 0, count or 0
        # Without totals nothing is hidden but the small.
        if count is None:
            return policy.smallest_hidden, policy.largest_small
        return policy.interval_of_shown(count, step=policy.round_to)

    both = np.array([[ends(count) for count in row] for row in shown.counts], dtype=np.int64)
    return both[..., 0], both[..., 1]


def _dispersions(count: NDArray[np.floating], pupils: NDArray[np.floating]) -> tuple[float, float]:
    """Pearson's chi-squared over its degrees of freedom, with a rate a school, and with term effects besides."""
    with_events = count.sum(axis=1) > 0
    count, pupils = count[with_events], pupils[with_events]
    count, pupils = count[:, count.sum(axis=0) > 0], pupils[:, count.sum(axis=0) > 0]
    freedom = int((pupils > 0).sum()) - len(count)
    if freedom < 1:
        raise NotEstimable("No degrees of freedom are left to judge the scatter by.")
    expected = count.sum(axis=1, keepdims=True) * pupils / pupils.sum(axis=1, keepdims=True)
    residual = (count - expected)[pupils > 0] ** 2 / expected[pupils > 0]
    terms = tuple(map(str, range(count.shape[1])))
    comparison = Comparison(
        outcome="before the start",
        schools=tuple(map(str, range(len(count)))),
        terms=terms,
        count=count,
        pupils=pupils,
        intervention=np.zeros(len(count), dtype=bool),
        reference=terms[0],
        after=(),
    )
    fit = fit_comparison(comparison, interactions=np.zeros((len(terms), 0)))
    moving, _ = dispersion(comparison, fit, effects=len(terms) - 1)
    return float(residual.sum()) / freedom, moving
