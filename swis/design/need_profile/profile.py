"""The profile of an authority's schools: each measure shrunken and ranked, a composite by declared weights, what will follow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from swis.design.need_profile.next_period import ExpectedFall, NextPeriod, expect_next, expected_fall, highest_counts
from swis.design.need_profile.ranks import RankProbabilities, rank_probabilities
from swis.design.need_profile.school_figures import KNOWN, Measure, MeasuredSchools, SchoolFigures
from swis.design.need_profile.shrinkage import FEWEST_SCHOOLS, LEVEL, Array, ShrunkRates, shrink_rates
from swis.errors import NotEstimable, SettingError, TableError
from swis.tables.nearest import did_you_mean

Progress = Callable[[str, int, int], None]

FIRST_CHOICE = "referrals"
"""What schools are ordered by where no weights are declared, as Lambeth's were."""


@dataclass(frozen=True)
class ProfileChoices:
    """What schools are ordered by (weights by measure), how many are chosen of each group, and what is drawn.

    Without weights: referrals alone, or the first measure where there are none. Without `top`: a quarter of the schools.
    """

    weights: Mapping[str, float] = field(default_factory=dict)
    top: int | None = None
    seed: int = 1
    draws: int = 10_000


@dataclass(frozen=True, eq=False, repr=False)
class MeasureProfile:
    """One measure in one group: the rates of the schools of which it is known, their ranks, and what will follow.

    `top_fall` is of the schools with the most counts, as many as are chosen; None where they had none. `keeps_place` says
    whether the persistence was measured: otherwise true rates are taken to stay, and the fall is the least to expect.
    """

    measure: Measure
    schools: tuple[str, ...]
    shrunk: ShrunkRates
    ranks: RankProbabilities
    following: NextPeriod
    top_fall: ExpectedFall | None
    keeps_place: bool

    def __repr__(self) -> str:
        return f"MeasureProfile({self.measure.code}: {len(self.schools)} schools)"


@dataclass(frozen=True, eq=False, repr=False)
class GroupProfile:
    """The schools of one phase in one authority, ordered. Schools of two groups are never compared.

    `score` is the posterior mean of the composite in standard deviations between schools, with its interval; the orders of
    `schools`, `score` and `ranks` agree. `left_out` are schools that are not ordered, with the reason. `not_estimable` says
    why a measure, or with the empty code the order, cannot be had.
    """

    authority: str
    phase: str
    measures: tuple[MeasureProfile, ...]
    schools: tuple[str, ...]
    score: Array
    score_low: Array
    score_high: Array
    ranks: RankProbabilities | None
    left_out: tuple[tuple[str, str], ...]
    not_estimable: Mapping[str, str]

    def chosen_fall(self, measured: MeasureProfile) -> ExpectedFall | None:
        """What the first `top` of the order had of a measure and will have; None where there is no order, or they had none."""
        if self.ranks is None:
            return None
        first = [measured.schools.index(one) for one in self.schools[: self.ranks.top] if one in measured.schools]
        places = np.array(first, dtype=np.intp)
        return expected_fall(measured.following, places) if measured.following.count[places].sum() else None

    def measure(self, code: str) -> MeasureProfile | None:
        """The profile of one measure; None where it cannot be had."""
        return next((each for each in self.measures if each.measure.code == code), None)

    def __repr__(self) -> str:
        return f"GroupProfile({self.authority}, {self.phase}: {len(self.schools)} schools ordered)"


@dataclass(frozen=True, eq=False, repr=False)
class NeedProfile:
    """Every group of an authority's schools, or of several authorities', and the weights by which they are ordered."""

    figures: SchoolFigures
    weights: Mapping[str, float]
    choices: ProfileChoices
    groups: tuple[GroupProfile, ...]

    def __repr__(self) -> str:
        return f"NeedProfile({len(self.groups)} groups, {self.figures.period}, by {', '.join(self.weights)})"


def profile_need(figures: SchoolFigures, choices: ProfileChoices, *, progress: Progress | None = None) -> NeedProfile:
    """How far the figures can tell which schools need a social worker most, phase by phase and authority by authority.

    Counted measures are drawn from their posterior; pupils and free school meals are known and taken as they are. In the
    composite each measure is put in standard deviations between the schools of the group, over all draws, so that a measure
    in which schools hardly differ weighs little; a school is chosen in a draw if it is among the first `top`. Measures are
    drawn apart: where the same children stand behind two of them, the order is less certain than it seems. A school with a
    reason for leaving out counts towards the rates of all and is not ordered.

    Raises TableError for a weight of a measure that is not there, SettingError for weights that say nothing.
    """
    weights = _weights(figures, choices.weights)
    _check(choices)
    groups = []
    for number, (authority, phase) in enumerate(figures.groups):
        if progress is not None:
            progress(f"Profiling {phase} schools of {authority}", number, len(figures.groups))
        groups.append(_Group(figures, authority, phase, weights, choices, number).profile())
    return NeedProfile(figures, weights, choices, tuple(groups))


def _weights(figures: SchoolFigures, asked: Mapping[str, float]) -> dict[str, float]:
    there = [each.measure.code for each in figures.measured]
    if not asked:
        return {FIRST_CHOICE if FIRST_CHOICE in there else there[0]: 1.0}
    for code in asked:
        known = [*there, *KNOWN]
        if code not in known:
            raise TableError(
                f"There is no measure {code!r} to weigh; there are: {', '.join(known)}.{did_you_mean(code, known)}"
            )
    if not all(isfinite(weight) for weight in asked.values()) or not any(asked.values()):
        raise SettingError("Weights are numbers, and one of them at least is not 0.")
    return {code: float(weight) for code, weight in asked.items() if weight}


def _check(choices: ProfileChoices) -> None:
    if choices.top is not None and choices.top < 1:
        raise SettingError(f"{choices.top} schools cannot be chosen. Ask for 1 or more.")
    if choices.draws < 100:
        raise SettingError(f"{choices.draws} draws are too few to rank by; 100 are the least.")


@dataclass(frozen=True, eq=False)
class _Group:
    figures: SchoolFigures
    authority: str
    phase: str
    weights: Mapping[str, float]
    choices: ProfileChoices
    number: int

    @property
    def rows(self) -> NDArray[np.intp]:
        pairs = zip(self.figures.authority, self.figures.phase, strict=True)
        return np.flatnonzero([pair == (self.authority, self.phase) for pair in pairs])

    def profile(self) -> GroupProfile:
        measures: list[MeasureProfile] = []
        reasons: dict[str, str] = {}
        for place, measured in enumerate(self.figures.measured):
            try:
                measures.append(self._measure(measured, place))
            except NotEstimable as error:
                reasons[measured.measure.code] = str(error)
        for code in self.weights:
            if code in reasons:
                reasons[""] = f"{code} is weighed and cannot be ranked by: {reasons[code]}"
        ordered, left_out = self._who_is_ordered()
        if "" not in reasons and len(ordered) < FEWEST_SCHOOLS:
            reasons[""] = f"{len(ordered)} schools with all that is weighed are too few to order."
        if "" in reasons:
            nothing = np.empty(0)
            return GroupProfile(
                self.authority, self.phase, tuple(measures), (), nothing, nothing, nothing, None, left_out, reasons
            )
        return self._order(tuple(measures), ordered, left_out, reasons)

    def _top(self, schools: int) -> int:
        wanted = self.choices.top if self.choices.top is not None else -(-schools // 4)
        return min(wanted, schools)

    def _measure(self, measured: MeasuredSchools, place: int) -> MeasureProfile:
        rows = self.rows[measured.known[self.rows].astype(bool)]
        if not len(rows):
            raise NotEstimable(f"known of no school: {measured.why_not[self.rows[0]]}.")
        count, exposure = measured.count[rows], measured.exposure[rows]
        shrunk = shrink_rates(
            count,
            exposure,
            unit=measured.measure.unit,
            seed=int(np.random.SeedSequence([self.choices.seed, self.number, place]).generate_state(1)[0]),
            draws=self.choices.draws,
        )
        persistence = measured.persistence.get((self.authority, self.phase))
        following = expect_next(shrunk, persistence=1.0 if persistence is None else persistence)
        top = self._top(len(rows))
        most = highest_counts(count, top)
        return MeasureProfile(
            measure=measured.measure,
            schools=tuple(self.figures.schools[i] for i in rows),
            shrunk=shrunk,
            ranks=rank_probabilities(shrunk.draws, top=top),
            following=following,
            top_fall=expected_fall(following, most) if count[most].sum() else None,
            keeps_place=persistence is not None,
        )

    def _who_is_ordered(self) -> tuple[tuple[int, ...], tuple[tuple[str, str], ...]]:
        ordered, left_out = [], []
        for row in self.rows:
            why = self.figures.excluded[row] or self._lacks(int(row))
            if why:
                left_out.append((self.figures.schools[row], why))
            else:
                ordered.append(int(row))
        return tuple(ordered), tuple(left_out)

    def _lacks(self, row: int) -> str:
        for code in self.weights:
            if code in KNOWN:
                if not np.isfinite(self.figures.known(code)[row]):
                    return f"{KNOWN[code]}: not known"
            elif not self.figures.of(code).known[row]:
                return f"{self.figures.of(code).measure.name.lower()}: {self.figures.of(code).why_not[row]}"
        return ""

    def _order(
        self,
        measures: tuple[MeasureProfile, ...],
        rows: tuple[int, ...],
        left_out: tuple[tuple[str, str], ...],
        reasons: Mapping[str, str],
    ) -> GroupProfile:
        labels = [self.figures.schools[row] for row in rows]
        scores = np.zeros((self.choices.draws, len(rows)))
        for code, weight in self.weights.items():
            if code in KNOWN:
                values = self.figures.known(code)[list(rows)][None, :]
            else:
                (own,) = (each for each in measures if each.measure.code == code)
                values = own.shrunk.draws[:, [own.schools.index(label) for label in labels]]
            scores += weight * standardise(values)
        scores /= sum(abs(weight) for weight in self.weights.values())
        ranks = rank_probabilities(scores, top=self._top(len(rows)))
        order = ranks.order
        scores = scores[:, order]
        tail = (1 - LEVEL) / 2
        low, high = np.quantile(scores, (tail, 1 - tail), axis=0)
        return GroupProfile(
            authority=self.authority,
            phase=self.phase,
            measures=measures,
            schools=tuple(labels[i] for i in order),
            score=scores.mean(axis=0),
            score_low=low,
            score_high=high,
            ranks=rank_probabilities(scores, top=ranks.top),
            left_out=left_out,
            not_estimable=reasons,
        )


def standardise(values: Array) -> Array:
    """Values of shape (draws, schools) less their mean, over their standard deviation between schools, both over all draws.

    One scale for all draws: in a draw in which true rates hardly differ, they differ little here too.
    """
    spread = float(np.sqrt(values.var(axis=1).mean()))
    return np.zeros_like(values) if spread == 0 else (values - values.mean()) / spread
