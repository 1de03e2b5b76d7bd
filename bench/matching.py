"""Matching 300 schools with a social worker against a national register of candidates, and the check of 300 rankings.

Ours scores all pairs, orders them and takes the nearest two, ties broken by size and label. cdist with argpartition gives the
distances and the nearest two, without standardising, missing year groups or ties. The loop is what an analyst writes: one school
at a time, a frame of absolute differences, its mean, its two smallest; timed for a few schools and multiplied up. All give the
same scores, or the bench stops.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from time import perf_counter

import numpy as np
import pandas as pd
from scipy.spatial.distance import cdist
from scipy.stats import mannwhitneyu

from bench.measure import fastest_seconds
from bench.result import OURS, Line
from swis.design.mann_whitney import ranks_among
from swis.design.matching import MatchOptions, match_schools
from swis.design.trends import trends
from swis.design.year_group_panel import Array, Index, YearGroupPanel

JOB = "matching, 14 year groups"
CHECK = "ranks of 2 chosen schools in 300 rankings"
SCHOOLS = 300
CANDIDATES = (6_000, 24_000)
OUTCOMES = 3
TOLERANCE = 1e-9  # sums of 14 absolute differences in another order
WINDOW = ("Autumn 2017", "Autumn 2018")
MATCH = MatchOptions(gate="none")


def time_matching(*, quick: bool) -> Iterator[Line]:
    """Ours, cdist and the loop, on two sizes; three outcomes; the pilots' check; ranks by counting and by scipy."""
    budget = 1.0 if quick else 5.0
    for candidates in CANDIDATES:
        panel = draw_register(candidates, seed=1)
        size, cells = f"{SCHOOLS} x {candidates:,}", SCHOOLS * candidates * 14
        ours, theirs = _standardised(panel)
        scores = match_schools(panel, MATCH).pairs.scores
        _refuse_difference(scores, cdist(ours, theirs, "cityblock") / 14)
        seconds = fastest_seconds(partial(match_schools, panel, MATCH), budget=budget)
        yield Line(JOB, size, OURS, seconds, cells=cells)
        seconds = fastest_seconds(partial(_nearest, ours, theirs), budget=budget)
        yield Line(JOB, size, "scipy cdist, argpartition", seconds, cells=cells, note="no ties, nothing missing")
        some = 5 if quick else 20
        yield Line(
            JOB, size, "pandas loop", _time_loop(ours, theirs, scores, some), cells=cells, note=f"from {some} schools"
        )
        checked = fastest_seconds(partial(match_schools, panel), budget=budget)
        yield Line(JOB, size, "swis, with the published check", checked, cells=cells, note="scores both windows")
    panels = [draw_register(CANDIDATES[-1], seed=seed) for seed in range(OUTCOMES)]
    three = fastest_seconds(lambda: [match_schools(panel, MATCH) for panel in panels], budget=2 * budget)
    yield Line(JOB, f"{OUTCOMES} outcomes, {SCHOOLS} x {CANDIDATES[-1]:,}", OURS, three)
    yield from _time_ranks(scores, budget)


def _time_ranks(scores: Array, budget: float) -> Iterator[Line]:
    chosen = np.argpartition(scores, 1, axis=1)[:, :2]
    picked = np.take_along_axis(scores, chosen, axis=1)

    def count() -> list[float]:
        return [float(ranks_among(row, two).sum()) for row, two in zip(scores, picked, strict=True)]

    def test() -> list[float]:
        rows = zip(scores, picked, strict=True)
        return [float(mannwhitneyu(two, row, method="asymptotic").statistic) for row, two in rows]

    # Against a pool that holds them, two values have U = sum of ranks - 2/2 (each is level with itself).
    if np.abs(np.array(count()) - 1 - np.array(test())).max() > TOLERANCE:
        raise SystemExit("Ranks by counting differ from those of scipy: the times are not of the same thing.")
    yield Line(
        CHECK, f"{scores.shape[1]:,} candidates", OURS, fastest_seconds(count, budget=budget), note="by counting"
    )
    yield Line(CHECK, f"{scores.shape[1]:,} candidates", "scipy mannwhitneyu", fastest_seconds(test, budget=budget))


def draw_register(candidates: int, *, seed: int) -> YearGroupPanel:
    """Primary schools with 14 year groups and Poisson counts over two autumns and the one before."""
    rng = np.random.default_rng(seed)
    schools = SCHOOLS + candidates
    pupils = np.repeat(rng.integers(20, 61, (schools, 14, 1)).astype(float), 3, axis=2)
    return YearGroupPanel(
        outcome="s47",
        schools=tuple(f"School {i:05d}" for i in range(schools)),
        phase=("primary",) * schools,
        year_groups=tuple(str(a) for a in range(14)),
        terms=("Autumn 2016", *WINDOW),
        count=rng.poisson(0.02 * pupils).astype(float),
        pupils=pupils,
        intervention=np.arange(schools) < SCHOOLS,
        roll=pupils[:, :, 0].sum(axis=1),
        free_school_meals=rng.uniform(5, 50, schools),
        cluster=tuple(f"School {i:05d}" for i in range(schools)),
        excluded=("",) * schools,
    )


def _standardised(panel: YearGroupPanel) -> tuple[Array, Array]:
    change = trends(panel, WINDOW)
    change = change / change.std(axis=0, ddof=1)
    return change[:SCHOOLS], change[SCHOOLS:]


def _nearest(ours: Array, theirs: Array) -> Index:
    nearest: Index = np.argpartition(cdist(ours, theirs, "cityblock"), 2, axis=1)[:, :2]
    return nearest


def _time_loop(ours: Array, theirs: Array, scores: Array, some: int) -> float:
    frame = pd.DataFrame(theirs)
    began = perf_counter()
    for place in range(some):
        found = (frame - ours[place]).abs().mean(axis=1)
        found.nsmallest(2)
        _refuse_difference(scores[place], found.to_numpy())
    return (perf_counter() - began) / some * len(ours)


def _refuse_difference(scores: Array, others: Array) -> None:
    if np.abs(scores - others).max() > TOLERANCE:
        raise SystemExit("Scores differ from those of the other tool: the times are not of the same thing.")
