"""Effects that differ: pre-specified subgroups, by interaction only, and several follow-ups.

A subgroup is a question about the difference between effects. The ratio within each subgroup is shown so that the
difference can be read; a subgroup whose own interval leaves out one while the others' do not is no finding (Assmann and
others 2000, Lancet 355).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import fdtrc, stdtrit

from swis.errors import NotEstimable
from swis.estimate.comparison import Array
from swis.estimate.trial.held_level import HeldLevel
from swis.estimate.trial.intention_to_treat import TrialPlan
from swis.estimate.trial.model import build_model, fit_model, with_events
from swis.estimate.trial.result import bounded_exp, known_level, left_out_line
from swis.estimate.trial.robust import robust_covariance
from swis.estimate.trial.trial_table import LeftOut, TrialTable

INTERACTION = "interaction, HC3"


@dataclass(frozen=True)
class GroupRatio:
    """The ratio in one subgroup or at one follow-up."""

    name: str
    schools: int
    ratio: float
    low: float
    high: float


@dataclass(frozen=True)
class Interaction:
    """Whether the effect differs between groups. `p` is the joint test that it does not; the ratios are to read it by."""

    outcome: str
    by: str
    groups: tuple[GroupRatio, ...]
    ratio_of_ratios: tuple[float, float, float] | None
    p: float
    df: tuple[int, int]
    level: float
    left_out: tuple[LeftOut, ...]
    held: HeldLevel

    def __repr__(self) -> str:
        return f"Interaction({self.outcome} by {self.by}: p {self.p:.3g}; {len(self.groups)} groups)"

    def __str__(self) -> str:
        lines = [
            f"Does the effect on {self.outcome} differ by {self.by}? Interaction p {self.p:.3g} (F, "
            f"{self.df[0]} and {self.df[1]} "
            "degrees of freedom)",
            *(
                f"{g.name}: rate ratio {g.ratio:.3g} ({g.low:.3g} to {g.high:.3g}), {g.schools} schools"
                for g in self.groups
            ),
        ]
        if self.ratio_of_ratios is not None:
            ratio, low, high = self.ratio_of_ratios
            lines.append(f"Ratio of the two ratios: {ratio:.3g} ({self.level:.0%} CI {low:.3g} to {high:.3g})")
        return "\n".join([*lines, left_out_line(self.left_out), str(self.held)])


def subgroup_effect(table: TrialTable, group_of_school: dict[str, str], plan: TrialPlan, *, by: str) -> Interaction:
    """Whether the effect differs between groups of schools that were named before the draw. Groups get effects of their own."""
    kept = with_events(table)
    without = [name for name in kept.names if name not in group_of_school]
    if without:
        raise NotEstimable(f"{table.outcome}: {len(without)} schools have no {by} (first: {without[0]}).")
    labels = [group_of_school[name] for name in kept.schools]
    main = {f"{by}: {name}": _is(labels, name) for name in list(dict.fromkeys(labels))[1:]}
    return _interaction(kept, labels, main, plan, by)


def follow_up_effects(table: TrialTable, plan: TrialPlan) -> Interaction:
    """The effect at each follow-up, standard errors clustered by school, and whether it changes."""
    kept = with_events(table)
    if kept.follow_up is None or len(set(kept.follow_up)) < 2:
        raise NotEstimable(f"{table.outcome}: there is one follow-up only.")
    return _interaction(kept, list(kept.follow_up), {}, plan, "follow-up")


def _is(labels: list[str], name: str) -> Array:
    return np.array([label == name for label in labels], dtype=float)


def _interaction(table: TrialTable, labels: list[str], main: dict[str, Array], plan: TrialPlan, by: str) -> Interaction:
    names = list(dict.fromkeys(labels))
    if len(names) < 2:
        raise NotEstimable(f"{table.outcome}: {by} has one group only.")
    arm = table.intervention.astype(float)
    effects = {name: arm * _is(labels, name) for name in names}
    fit = fit_model(
        build_model(table, effects=effects | beside_authorities(table.authority_of_row, main), adjusted=plan.adjusted)
    )
    covariance, k = robust_covariance(fit, plan.variance), len(names)
    at, V, df = fit.coefficients[:k], covariance[:k, :k], fit.degrees_of_freedom
    if df < 1:
        raise NotEstimable(f"{table.outcome}: no degrees of freedom are left for {by}.")
    contrast = np.column_stack([-np.ones(k - 1), np.eye(k - 1)])
    difference = contrast @ at
    spread = contrast @ V @ contrast.T
    statistic = float(difference @ np.linalg.solve(spread, difference)) / (k - 1)
    quantile = float(stdtrit(df, 0.5 + plan.level / 2))

    def around(value: float, variance: float) -> tuple[float, float, float]:
        half = quantile * float(np.sqrt(variance))
        return bounded_exp(value), bounded_exp(value - half), bounded_exp(value + half)

    schools = [len({s for s, label in zip(table.schools, labels, strict=True) if label == name}) for name in names]
    groups = tuple(GroupRatio(n, s, *around(b, v)) for n, s, b, v in zip(names, schools, at, np.diag(V), strict=True))
    return Interaction(
        outcome=table.outcome,
        by=by,
        groups=groups,
        ratio_of_ratios=around(float(difference[0]), float(spread[0, 0])) if k == 2 else None,
        p=float(fdtrc(k - 1, df, statistic)),
        df=(k - 1, df),
        level=plan.level,
        left_out=table.left_out,
        held=known_level(INTERACTION, len(table.names)),
    )


def beside_authorities(authority: NDArray[np.intp], main: dict[str, Array]) -> dict[str, Array]:
    """Main effects of the groups that the authorities do not already hold (a group may be a set of authorities)."""
    held = (authority[:, None] == np.arange(authority.max() + 1)).astype(float)
    kept: dict[str, Array] = {}
    for name, column in main.items():
        wider = np.column_stack([held, column])
        if np.linalg.matrix_rank(wider) > held.shape[1]:
            held, kept[name] = wider, column
    return kept
