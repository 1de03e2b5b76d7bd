"""Comparison schools by the pilots' rule: for each school with a social worker, those whose rates moved most like its own.

The rule is that of the evaluation of the three pilots (Westlake et al. 2020): the last change before the start, year group by
year group; absolute differences, standardised and averaged; the two lowest scores; a check against the ranking of the year
before. What the report leaves open is an option, and every option is in the result.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Literal

import numpy as np

from swis.design.mann_whitney import LEVEL, MannWhitney, mann_whitney_check
from swis.design.matching_choice import REPLACEMENTS, Replacement, choose
from swis.design.matching_scores import PairScores, score_pairs
from swis.design.matching_units import Unit, UnitScores, gather_units
from swis.design.trends import Standardise, Window, last_windows
from swis.design.year_group_panel import Array, Index, LeftOut, Mask, YearGroupPanel
from swis.errors import NotEstimable

Gate = Literal["published", "none"]


@dataclass(frozen=True)
class MatchOptions:
    """How schools are matched. The defaults are the pilots' rule as far as it is known.

    `gate`: "published" makes the Mann-Whitney check and turns a match down where reading C has p below 0.05, which with k up to
    3 it cannot; "none" does not make it.
    """

    standardise: Standardise = "sd_trend"
    unit: Unit = "school"
    k: int = 2
    replacement: Replacement = "with"
    minimum_share: float = 0.5
    gate: Gate = "published"

    def __post_init__(self) -> None:
        problems = [
            (self.unit not in ("school", "cluster"), "the unit is school or cluster"),
            (self.k < 1, "each unit needs at least one match: k must be 1 or more"),
            (self.replacement not in REPLACEMENTS, f"replacement is one of {', '.join(REPLACEMENTS)}"),
            (self.gate not in ("published", "none"), "the gate is published or none"),
        ]
        found = [what for wrong, what in problems if wrong]
        if found:
            raise NotEstimable(f"These schools cannot be matched so: {'; '.join(found)}.")

    @property
    def words(self) -> str:
        """How schools are chosen once they have scores, in one line."""
        return f"unit {self.unit}, k {self.k}, replacement {self.replacement}"


@dataclass(frozen=True)
class Match:
    """A comparison school that was chosen for a unit. `rank` is its place in the unit's order of preference."""

    unit: str
    school: str
    rank: int
    score: float
    accepted: bool
    why_not: str = ""


@dataclass(frozen=True, eq=False)
class Matching:
    """Comparison schools for every unit, with what was turned down, what was left without, and all scores.

    `method` says how distance was taken. `unmatched` lists schools with a social worker that were left without a match and so
    leave the analysis; `short` those with fewer matches than asked for; `left_out` year groups without information.
    """

    outcome: str
    method: str
    options: MatchOptions
    pairs: PairScores
    units: UnitScores
    matches: tuple[Match, ...]
    unmatched: tuple[LeftOut, ...]
    short: tuple[LeftOut, ...]
    left_out: tuple[LeftOut, ...]
    checks: tuple[MannWhitney, ...]
    inputs_sha256: str

    def __repr__(self) -> str:
        return (
            f"Matching({self.outcome}: {len(self.units.names) - self._units_without} of {len(self.units.names)} units matched "
            f"with {len(self.comparison_schools)} schools; {self.method})"
        )

    @property
    def _units_without(self) -> int:
        return len(self.units.names) - len({match.unit for match in self.accepted})

    @property
    def accepted(self) -> tuple[Match, ...]:
        """The matches that are used."""
        return tuple(match for match in self.matches if match.accepted)

    @property
    def times_matched(self) -> dict[str, int]:
        """How often each comparison school was chosen. It enters a comparison once; this may serve as its weight."""
        return dict(Counter(match.school for match in self.accepted))

    @property
    def comparison_schools(self) -> tuple[str, ...]:
        """The schools that are used as comparisons, each once."""
        return tuple(sorted(self.times_matched))

    def weights(self, panel: YearGroupPanel) -> Array:
        """How often each candidate was chosen, shape (candidates,)."""
        times = self.times_matched
        return np.array([float(times.get(panel.schools[i], 0)) for i in panel.candidates])

    def matched_treated(self, panel: YearGroupPanel) -> Mask:
        """Which of `panel.treated` belong to a unit that has a match."""
        units = {match.unit for match in self.accepted}
        inside = {int(i) for name, group in zip(self.units.names, self.units.members, strict=True) if name in units
                  for i in group}  # fmt: skip
        return np.array([int(i) in inside for i in panel.treated], dtype=bool)


def match_schools(panel: YearGroupPanel, options: MatchOptions | None = None) -> Matching:
    """Comparison schools for each school with a social worker (or cluster of them), by the pilots' rule.

    Matched on the change between the panel's last two terms; the change before it, if there is one, serves the stability check.
    Counted: every usable school of the same phase. Not counted: excluded schools. Deterministic: the same panel and options give
    the same matches. Raises NotEstimable where there is nothing to match.
    """
    options = options or MatchOptions()
    later, earlier = last_windows(panel)
    pairs = _scores(panel, later, options)
    before = None
    if earlier is not None and options.gate == "published":
        before = gather_units(panel, _scores(panel, earlier, options), options.unit)
    return match_on_scores(panel, pairs, earlier=before, options=options)


def _scores(panel: YearGroupPanel, window: Window, options: MatchOptions) -> PairScores:
    return score_pairs(panel, window=window, standardise=options.standardise, minimum_share=options.minimum_share)


def match_on_scores(
    panel: YearGroupPanel, pairs: PairScores, *, earlier: UnitScores | None, options: MatchOptions
) -> Matching:
    """Comparison schools from scores that were taken in whatever way; without `earlier` scores there is no check."""
    units = gather_units(panel, pairs, options.unit)
    turned_down: list[tuple[int, int, float]] = []
    while True:
        offered = units.without([(unit, column) for unit, column, _ in turned_down]) if turned_down else units
        chosen = choose(offered, k=options.k, replacement=options.replacement)
        checks = _check(units, earlier, chosen)
        rejected = _turn_down(checks, chosen, earlier)
        if not rejected:
            break
        turned_down += rejected
    accepted = [
        Match(units.names[unit], panel.schools[units.candidates[j]], rank, float(units.scores[unit, j]), True)
        for unit, columns in enumerate(chosen)
        for j, rank in units.ranks(unit, columns).items()
    ]
    rejected_matches = [_rejection(panel, units, *each) for each in turned_down]
    place = {name: number for number, name in enumerate(units.names)}
    return Matching(
        outcome=panel.outcome,
        method=f"{pairs.rule}; {options.words}; gate {options.gate}",
        options=options,
        pairs=pairs,
        units=units,
        matches=tuple(sorted([*accepted, *rejected_matches], key=lambda match: (place[match.unit], match.rank))),
        unmatched=(*_excluded(panel), *_without(panel, units, chosen, pairs)),
        short=(*_short(units, chosen, options.k), *_matched_through_their_cluster(panel, units, pairs)),
        left_out=pairs.left_out,
        checks=checks,
        inputs_sha256=panel.sha256,
    )


def _check(units: UnitScores, earlier: UnitScores | None, chosen: tuple[Index, ...]) -> tuple[MannWhitney, ...]:
    if earlier is None:
        return ()
    return tuple(
        mann_whitney_check(units, earlier, unit=unit, chosen=columns)
        for unit, columns in enumerate(chosen)
        if columns.size
    )


def _turn_down(
    checks: tuple[MannWhitney, ...], chosen: tuple[Index, ...], earlier: UnitScores | None
) -> list[tuple[int, int, float]]:
    """For each unit whose check rejects: the chosen school that was furthest off before."""
    if earlier is None:
        return []
    found = []
    for check in checks:
        if check.rejects and check.p_c is not None:
            unit = earlier.names.index(check.unit)
            known = [int(j) for j in chosen[unit] if np.isfinite(earlier.scores[unit, j])]
            found.append((unit, max(known, key=lambda j: float(earlier.scores[unit, j])), check.p_c))
    return found


def _rejection(panel: YearGroupPanel, units: UnitScores, unit: int, column: int, p: float) -> Match:
    school = panel.schools[units.candidates[column]]
    why = f"the ranks of the chosen schools differ from those of the year before (Mann-Whitney p {p:.3f}, below {LEVEL:g})"
    return Match(
        units.names[unit],
        school,
        units.ranks(unit, np.array([column]))[column],
        float(units.scores[unit, column]),
        False,
        why,
    )


def _excluded(panel: YearGroupPanel) -> tuple[LeftOut, ...]:
    return tuple(
        LeftOut(panel.schools[i], f"excluded: {panel.excluded[i]}")
        for i in np.flatnonzero(panel.intervention & ~panel.usable)
    )


def _without(
    panel: YearGroupPanel, units: UnitScores, chosen: tuple[Index, ...], pairs: PairScores
) -> tuple[LeftOut, ...]:
    return tuple(
        LeftOut(units.names[unit], _why_without(panel, units, unit, pairs))
        for unit, columns in enumerate(chosen)
        if not columns.size
    )


def _why_without(panel: YearGroupPanel, units: UnitScores, unit: int, pairs: PairScores) -> str:
    if np.isfinite(units.scores[unit]).any():
        return "every school that it could be compared with went to another, or was turned down"
    phases = {panel.phase[i] for i in units.members[unit]}
    if not any(panel.phase[i] in phases for i in pairs.candidates):
        return f"no candidate of the phase {', '.join(sorted(phases))}"
    rows = np.isin(pairs.treated, units.members[unit])
    columns = np.array([panel.phase[i] in phases for i in pairs.candidates])
    if not pairs.in_common[np.ix_(rows, columns)].any():
        return "no year group with information in common with any candidate"
    return "too few year groups in common with every candidate"


def _short(units: UnitScores, chosen: tuple[Index, ...], k: int) -> tuple[LeftOut, ...]:
    return tuple(
        LeftOut(units.names[unit], f"{columns.size} of {k} matches: no other school could be used")
        for unit, columns in enumerate(chosen)
        if 0 < columns.size < k
    )


def _matched_through_their_cluster(panel: YearGroupPanel, units: UnitScores, pairs: PairScores) -> tuple[LeftOut, ...]:
    if all(len(members) == 1 for members in units.members):
        return ()
    unscored = pairs.treated[~np.isfinite(pairs.scores).any(axis=1)]
    return tuple(
        LeftOut(panel.schools[i], f"no score of its own; it follows its cluster {name}")
        for name, members in zip(units.names, units.members, strict=True)
        for i in members
        if i in unscored and len(members) > 1
    )
