"""Simulate the size and the coverage of every analysis of a trial, at 16, 40, 120 and 268 schools.

    OPENBLAS_NUM_THREADS=1 .venv/bin/python -m bench.trial_size [share of the draws] [file] [name ...]

Writes `swis/estimate/trial/size.csv`, which every result quotes. Half an hour on two cores. With names of functions
of this module (`draws_of_lots`) only their lines are simulated anew; the others stay as they stand in the file.

Schools lie in authorities of their own level, differ in size, free school meals and earlier rate, and vary beyond what these
say by a gamma factor (k 0.37 for a common outcome of about 30 events a school, 0.5 for a rare one of about 3). Arms are drawn
within authorities for each simulated trial. At a true ratio of 1 the share of claims at 5% is the size; coverage is that of 95%
intervals. What is slow, or gives no interval, is simulated at a true ratio of 1 only.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from swis.errors import NotEstimable
from swis.estimate.comparison import Array
from swis.estimate.trial.allocations import draw_within_authorities
from swis.estimate.trial.attainment import HEDGES, SchoolScores, effect_size
from swis.estimate.trial.attainment_departures import ATTAINMENT_COMPLIER, attainment_complier_average
from swis.estimate.trial.attainment_effects import (
    ATTAINMENT_INTERACTION,
    ATTAINMENT_RANDOMISATION,
    attainment_randomisation,
    attainment_subgroups,
)
from swis.estimate.trial.attendance import SESSIONS, sessions_missed
from swis.estimate.trial.bayes import BAYES, bayes_trial
from swis.estimate.trial.clustering import ICC, K, score_icc, variation_between_schools
from swis.estimate.trial.effects import INTERACTION, subgroup_effect
from swis.estimate.trial.gee import Correction, gee, gee_name
from swis.estimate.trial.held_level import STORED, SimulatedSize, simulated_sizes
from swis.estimate.trial.intention_to_treat import ROBUST, TrialPlan, analysis_name, estimate_ratio
from swis.estimate.trial.many import fit_many, many_design
from swis.estimate.trial.many_mixed import fit_many_mixed, mixed_design
from swis.estimate.trial.mixed import MIXED, Intercepts, poisson_mixed
from swis.estimate.trial.negative_binomial import NEGATIVE_BINOMIAL, NEGATIVE_BINOMIAL_MODEL, negative_binomial
from swis.estimate.trial.non_compliance import COMPLIER, complier_average
from swis.estimate.trial.randomisation import RANDOMISATION, randomisation_test
from swis.estimate.trial.result import TrialEstimate
from swis.estimate.trial.sign_bootstrap import SIGN_BOOTSTRAP, sign_bootstrap
from swis.estimate.trial.trial_table import TrialTable
from swis.estimate.trial.two_stage import TWO_STAGE, two_stage

SEED = 20250901
SIZES = {16: (8, 8), 40: (8,) * 5, 120: (12,) * 10, 268: (13,) * 16 + (12,) * 5}
RATIOS = (1.0, 0.8)
MANY, FEW = 2_000, 1_000
PLAN = TrialPlan(seed=1)


@dataclass(frozen=True)
class Scene:
    """How often the outcome is, per school, and how much schools vary beyond their covariates."""

    name: str
    events: float
    k: float


SCENES = (Scene("common, 30 a school", 30.0, 0.37), Scene("rare, 3 a school", 3.0, 0.5))
Judged = tuple[Array, Array]
"""For each simulated trial the p-value and whether the interval held the truth; NaN where there is no answer."""


@dataclass(frozen=True, eq=False)
class Trials:
    """Simulated trials of one setting: the table's fixed part, and counts, arms (a row for each) and the true log ratio."""

    table: TrialTable
    counts: Array
    arms: NDArray[np.bool_]
    log_ratio: float
    scene: Scene

    @property
    def drawn(self) -> Array:
        """The arms as numbers."""
        return self.arms.astype(float)

    def tables(self) -> list[TrialTable]:
        return [replace(self.table, count=y, intervention=d) for y, d in zip(self.counts, self.arms, strict=True)]


def draw_table(schools: int, seed: int) -> TrialTable:
    """Schools before the trial: authorities, pupils, free school meals and an earlier rate."""
    rng = np.random.default_rng(seed)
    authority = np.repeat(np.arange(len(SIZES[schools])), SIZES[schools])
    pupils = np.round(np.exp(rng.normal(6.85, 0.3, schools)))
    arm = np.zeros(schools, dtype=bool)
    for each in range(len(SIZES[schools])):
        rows = np.flatnonzero(authority == each)
        arm[rows[: (len(rows) + each % 2) // 2]] = True
    return TrialTable(
        outcome="simulated",
        schools=tuple(f"S{i}" for i in range(schools)),
        authorities=tuple(f"A{i}" for i in authority),
        intervention=arm,
        count=np.ones(schools),
        exposure=pupils * 2,
        pupils=pupils,
        baseline_count=rng.poisson(pupils * 0.015 * rng.gamma(4, 0.25, schools)).astype(float),
        baseline_pupils=pupils,
        free_school_meals=np.round(rng.uniform(5, 55, schools), 1),
    )


def simulate(schools: int, scene: Scene, ratio: float, draws: int) -> Trials:
    """Draw the trials of a setting."""
    table = draw_table(schools, SEED + schools)
    rng = np.random.default_rng([SEED, schools, round(scene.events), round(ratio * 100)])
    level = rng.normal(0, 0.2, len(SIZES[schools]))[table.authority_of_row]
    eta = level + 0.3 * table.covariates["log baseline rate"] + 0.01 * table.covariates["free school meals, %"]
    rate = np.exp(eta) * table.exposure
    rate *= scene.events / rate.mean()
    arms = draw_within_authorities(table, draws, int(rng.integers(2**31)))
    shape = scene.k**-2
    counts = rng.poisson(rate * ratio**arms * rng.gamma(shape, 1 / shape, (draws, schools))).astype(float)
    return Trials(table, counts, arms, float(np.log(ratio)), scene)


def judge(log_ratio: Array, error: Array, df: float, truth: float) -> Judged:
    p = 2 * stdtr(df, -np.abs(log_ratio) / error)
    covered = (np.abs(log_ratio - truth) <= stdtrit(df, 0.975) * error).astype(float)
    return p, np.where(np.isfinite(p), covered, np.nan)


def robust_errors(trials: Trials) -> dict[str, Judged]:
    found = fit_many(many_design(trials.table), trials.counts, trials.drawn, errors=tuple(ROBUST))
    df = found.degrees_of_freedom
    judged = {ROBUST[kind]: judge(found.log_ratio, found.standard_error[kind], df, trials.log_ratio) for kind in ROBUST}
    bare = fit_many(many_design(trials.table, adjusted=False), trials.counts, trials.drawn, errors=("HC3",))
    unadjusted = judge(bare.log_ratio, bare.standard_error["HC3"], bare.degrees_of_freedom, trials.log_ratio)
    return judged | {f"{ROBUST['HC3']}, unadjusted": unadjusted}


def averages(trials: Trials) -> dict[str, Judged]:
    """The school and authority averages; a ratio that is the same everywhere is the truth of each."""
    plans = [replace(PLAN, estimand=estimand) for estimand in ("school", "authority")]
    return {analysis_name(p): one_by_one(partial(estimate_ratio, plan=p), trials) for p in plans}


def intercepts(trials: Trials) -> dict[str, Judged]:
    judged = {}
    for level in ("school", "authority"):
        design = mixed_design(trials.table, level, authority_effects=level == "school")
        found = fit_many_mixed(design, trials.counts, trials.drawn)
        df = len(trials.table.names) - design.columns.shape[1]
        judged[MIXED[level]] = judge(found.log_ratio, found.standard_error, df, trials.log_ratio)
    return judged


def one_by_one(analyse: Callable[[TrialTable], TrialEstimate], trials: Trials) -> Judged:
    """An analysis that takes one table at a time."""
    p, covered = np.full((2, len(trials.counts)), np.nan)
    for number, table in enumerate(trials.tables()):
        try:
            found = analyse(table)
        except (NotEstimable, np.linalg.LinAlgError):
            continue
        p[number] = found.p
        covered[number] = abs(found.log_ratio - trials.log_ratio) <= found.quantile * found.standard_error
    return p, covered


def negative_binomials(trials: Trials) -> dict[str, Judged]:
    return {
        NEGATIVE_BINOMIAL: one_by_one(lambda table: negative_binomial(table).estimate, trials),
        NEGATIVE_BINOMIAL_MODEL: one_by_one(lambda table: negative_binomial(table, error="model").estimate, trials),
    }


def two_stages(trials: Trials) -> dict[str, Judged]:
    return {TWO_STAGE: one_by_one(lambda table: two_stage(table).estimate, trials)}


def nested(trials: Trials) -> dict[str, Judged]:
    name: Intercepts = "school within authority"
    return {MIXED[name]: one_by_one(lambda table: poisson_mixed(table, intercepts=name).estimate, trials)}


def draws_of_lots(trials: Trials) -> dict[str, Judged]:
    p = np.array([randomisation_test(table, draws=999, seed=n).p for n, table in enumerate(trials.tables())])
    signs = np.array([sign_bootstrap(table, draws=9_999, seed=n).p for n, table in enumerate(trials.tables())])
    nothing = np.full(len(p), np.nan)
    return {RANDOMISATION: (p, nothing), SIGN_BOOTSTRAP: (signs, nothing)}


def compliers(trials: Trials) -> dict[str, Judged]:
    """Three in four schools take a worker if drawn for one; the effect is in those alone."""
    rng = np.random.default_rng(SEED)
    p, covered = np.full((2, len(trials.counts)), np.nan)
    for number, table in enumerate(trials.tables()):
        took = table.intervention & (rng.random(len(table.names)) < 0.75)
        back = np.where(table.intervention & ~took, np.exp(-trials.log_ratio), 1.0)
        # Schools that did not take one get back the events that the effect took.
        more = rng.poisson(np.maximum(back - 1, 0) * table.count)
        try:
            found = complier_average(replace(table, count=table.count + more), took).estimate
        except NotEstimable:
            continue
        p[number] = found.p
        covered[number] = abs(found.log_ratio - trials.log_ratio) <= found.quantile * found.standard_error
    return {COMPLIER: (p, covered)}


def interactions(trials: Trials) -> dict[str, Judged]:
    """Of a subgroup without any interaction: the ratio of ratios is one."""
    poor = trials.table.covariates["free school meals, %"] > 0
    group = {name: "high" if high else "low" for name, high in zip(trials.table.names, poor, strict=True)}
    p, covered = np.full((2, len(trials.counts)), np.nan)
    for number, table in enumerate(trials.tables()):
        try:
            found = subgroup_effect(table, group, PLAN, by="meals")
        except NotEstimable:
            continue
        p[number] = found.p
        covered[number] = (
            found.ratio_of_ratios is not None and found.ratio_of_ratios[1] <= 1 <= found.ratio_of_ratios[2]
        )
    return {INTERACTION: (p, covered)}


def estimating_equations(trials: Trials) -> dict[str, Judged]:
    """Two follow-ups; each school's events are split between them in a share of its own."""
    rng = np.random.default_rng(SEED)
    kinds: tuple[Correction, ...] = ("none", "Kauermann-Carroll", "Mancl-DeRouen")
    judged = {gee_name("exchangeable", kind): np.full((2, len(trials.counts)), np.nan) for kind in kinds}
    for number, table in enumerate(trials.tables()):
        first = rng.binomial(table.count.astype(int), rng.beta(6, 6, len(table.count))).astype(float)
        columns: dict[str, Any] = {
            name: np.tile(getattr(table, name), 2)
            for name in ("pupils", "baseline_count", "baseline_pupils", "free_school_meals")
        }
        long = replace(
            table,
            schools=table.schools * 2,
            authorities=table.authorities * 2,
            intervention=np.tile(table.intervention, 2),
            count=np.concatenate([first, table.count - first]),
            exposure=np.tile(table.exposure / 2, 2),
            follow_up=("1",) * len(first) + ("2",) * len(first),
            **columns,
        )
        for kind in kinds:
            try:
                found = gee(long, correction=kind).estimate
            except NotEstimable:
                continue
            held = abs(found.log_ratio - trials.log_ratio) <= found.quantile * found.standard_error
            judged[gee_name("exchangeable", kind)][:, number] = found.p, held
    return {name: (values[0], values[1]) for name, values in judged.items()}


def attendances(trials: Trials) -> dict[str, Judged]:
    """Sessions missed, with odds that differ between schools by a normal factor of 0.25 on the log scale."""
    rng = np.random.default_rng(SEED)
    judged = {SESSIONS[kind]: np.full((2, len(trials.counts)), np.nan) for kind in ("HC3", "quasi")}
    for number, table in enumerate(trials.tables()):
        possible = table.exposure * 190
        odds = rng.normal(-2.6, 0.25, len(possible)) + trials.log_ratio * table.intervention
        missed = rng.binomial(possible.astype(int), 1 / (1 + np.exp(-odds))).astype(float)
        for kind in ("HC3", "quasi"):
            found = sessions_missed(replace(table, count=missed, exposure=possible), variance=kind).estimate
            held = abs(found.log_ratio - trials.log_ratio) <= found.quantile * found.standard_error
            judged[SESSIONS[kind]][:, number] = found.p, held
    return {name: (values[0], values[1]) for name, values in judged.items()}


def draw_scores(trials: Trials) -> Iterator[tuple[SchoolScores, float]]:
    """Scores with an ICC of 0.15, and the truth: nought, or a fifth of a standard deviation."""
    rng = np.random.default_rng(SEED)
    truth = 0.0 if trials.log_ratio == 0 else -0.2
    for table in trials.tables():
        pupils = np.maximum(2, np.round(table.exposure / 16))
        mean = np.sqrt(0.15) * rng.standard_normal(len(pupils)) + truth * table.intervention
        mean += np.sqrt(0.85 / pupils) * rng.standard_normal(len(pupils))
        spread = np.sqrt(0.85 * rng.chisquare(pupils - 1) / (pupils - 1))
        yield (
            SchoolScores("simulated", table.schools, table.authorities, table.intervention, pupils, mean, spread),
            truth,
        )


def attainments(trials: Trials) -> dict[str, Judged]:
    """Hedges' g, and the interval of the intra-cluster correlation beside it."""
    g, icc = np.full((2, 2, len(trials.counts)), np.nan)
    for number, (scores, truth) in enumerate(draw_scores(trials)):
        found, alike = effect_size(scores), score_icc(scores)
        g[:, number] = found.p, found.low <= truth <= found.high
        icc[:, number] = float(not alike.low <= 0.15 <= alike.high), alike.low <= 0.15 <= alike.high
    return {HEDGES: (g[0], g[1]), ICC: (1 - icc[0], icc[1])}


def attainment_options(trials: Trials) -> dict[str, Judged]:
    """The complier average where three in four schools take a worker, and a subgroup in which the effect is the same."""
    rng = np.random.default_rng(SEED + 1)
    high = trials.table.covariates["free school meals, %"] > 0
    group = {name: "high" if poor else "low" for name, poor in zip(trials.table.names, high, strict=True)}
    complier, between = np.full((2, 2, len(trials.counts)), np.nan)
    for number, (scores, truth) in enumerate(draw_scores(trials)):
        took = scores.intervention & (rng.random(len(scores.schools)) < 0.75)
        # Schools that took none have no effect.
        there = replace(scores, mean=scores.mean - truth * (scores.intervention & ~took))
        of_those = attainment_complier_average(there, took).effect
        complier[:, number] = of_those.p, of_those.low <= truth <= of_those.high
        try:
            apart = attainment_subgroups(scores, group, by="meals")
        except NotEstimable:
            continue
        between[:, number] = apart.p, apart.difference is not None and apart.difference[1] <= 0 <= apart.difference[2]
    return {
        ATTAINMENT_COMPLIER: (complier[0], complier[1]),
        ATTAINMENT_INTERACTION: (between[0], between[1]),
    }


def attainment_lots(trials: Trials) -> dict[str, Judged]:
    p = np.array(
        [attainment_randomisation(each, draws=999, seed=n).p for n, (each, _) in enumerate(draw_scores(trials))]
    )
    return {ATTAINMENT_RANDOMISATION: (p, np.full(len(p), np.nan))}


def beliefs(trials: Trials) -> dict[str, Judged]:
    """The credible interval taken as an error rate: whether it leaves out a ratio of one, and whether it holds the truth."""
    judged = {}
    for prior, name in BAYES.items():
        intervals = [bayes_trial(table, prior=prior).ratio for table in trials.tables()]
        low, high = np.log([[each.low, each.high] for each in intervals]).T
        inside = np.where((low <= 0) & (high >= 0), 1.0, 0.0)
        judged[name] = inside, ((low <= trials.log_ratio) & (high >= trials.log_ratio)).astype(float)
    return judged


def variations(trials: Trials) -> dict[str, Judged]:
    """Whether the interval of k holds the k that was drawn; the share of claims is what it leaves out."""
    covered = np.full(len(trials.counts), np.nan)
    for number, table in enumerate(trials.tables()):
        found = variation_between_schools(table)
        covered[number] = found.low <= trials.scene.k <= found.high
    return {K: (covered, covered)}


ANALYSES: tuple[tuple[Callable[[Trials], dict[str, Judged]], int], ...] = (
    (robust_errors, MANY),
    (intercepts, MANY),
    (averages, FEW),
    (draws_of_lots, MANY),
    (two_stages, MANY),
    (compliers, MANY),
    (interactions, MANY),
    (attendances, MANY),
    (attainments, MANY),
    (attainment_options, MANY),
    (attainment_lots, MANY),
    (variations, MANY),
    (negative_binomials, FEW),
    (beliefs, FEW),
    (nested, FEW),
    (estimating_equations, FEW),
)


AT_NO_EFFECT = (draws_of_lots, attainment_lots, nested, estimating_equations)


def run(setting: tuple[int, int, int, float, float]) -> list[SimulatedSize]:
    """One analysis in one setting: (analysis, schools, scene, ratio, share of the draws)."""
    number, schools, scene, ratio, share = setting
    analyse, draws = ANALYSES[number]
    trials = simulate(schools, SCENES[scene], ratio, max(20, round(draws * share)))
    return [
        SimulatedSize(
            analysis=name,
            schools=schools,
            scene=SCENES[scene].name,
            true_ratio=ratio,
            draws=len(p),
            usable=int(np.isfinite(p).sum()),
            claimed=round(float((p[np.isfinite(p)] <= 0.05).mean()), 5),
            covered=None if np.isnan(covered).all() else round(float(np.nanmean(covered)), 5),
            seed=SEED,
        )
        for name, (p, covered) in analyse(trials).items()
    ]


def main(share: float, file: Path, only: list[str]) -> None:
    """Every analysis in every setting, in two processes; the dearest settings first."""
    chosen = [number for number, (analyse, _) in enumerate(ANALYSES) if not only or analyse.__name__ in only]
    unknown = set(only) - {ANALYSES[number][0].__name__ for number in chosen}
    if unknown:
        sys.exit(
            f"Not an analysis: {', '.join(sorted(unknown))}. There are: {', '.join(a.__name__ for a, _ in ANALYSES)}."
        )
    settings = [
        (number, schools, scene, ratio, share)
        for number in reversed(chosen)
        for schools in sorted(SIZES, reverse=True)
        for scene in range(len(SCENES))
        for ratio in (RATIOS[:1] if ANALYSES[number][0] in AT_NO_EFFECT else RATIOS)
    ]
    lines = list(simulated_sizes(file)) if only else []
    with ProcessPoolExecutor(2) as pool:
        for of_setting in pool.map(run, settings):
            lines = write([*lines, *of_setting], file)
    print(f"{len(lines)} lines in {file}")


def write(lines: list[SimulatedSize], file: Path) -> list[SimulatedSize]:
    """All lines so far, in order, a later one in the place of an earlier: what was simulated is not lost with what fails."""
    latest = {(line.analysis, line.schools, line.scene, -line.true_ratio): line for line in lines}
    lines = [latest[setting] for setting in sorted(latest)]
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(asdict(lines[0])), lineterminator="\n")
        writer.writeheader()
        for line in lines:
            writer.writerow({key: "" if value is None else value for key, value in asdict(line).items()})
    return lines


if __name__ == "__main__":
    main(
        float(sys.argv[1]) if len(sys.argv) > 1 else 1.0,
        Path(sys.argv[2]) if len(sys.argv) > 2 else STORED,
        sys.argv[3:],
    )
