"""Simulate how often the intervals of costs, outcomes averted, net benefit and cost per outcome hold the truth.

    OPENBLAS_NUM_THREADS=1 .venv/bin/python -m bench.money_coverage [trials] [file]

Writes `swis/costs/coverage.csv`, which results quote. About five minutes on one core with 2,000 trials a setting.

Schools lie in authorities of their own level. With the programme a school costs GBP 50,000 times a gamma factor, without it
next to nothing; it costs more where there is more need, so that costs and counts go together. Counts are Poisson about a gamma
factor of the school. The programme averts 30% of them. Arms are drawn within authorities, half and half.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from swis.costs.cost_effect import Array, CostEffect
from swis.costs.differences import regress_differences
from swis.costs.held_coverage import STORED, SimulatedCoverage
from swis.costs.ratio import fieller
from swis.costs.resample import DifferenceDraws, bootstrap_differences
from swis.costs.school_money import SchoolMoney

SEED = 20250922
SIZES = {16: (8, 8), 40: (8,) * 5, 120: (12,) * 10, 268: (13,) * 16 + (12,) * 5}
TRIALS, DRAWS = 2_000, 2_000
WORTH, AVERTED = 10_000.0, 0.3


@dataclass(frozen=True)
class Scene:
    """Events per school, how schools differ (k), and how skewed costs are (their coefficient of variation)."""

    name: str
    events: float
    k: float
    cost_cv: float


SCENES = (
    Scene("common, 30 a school; costs alike", 30.0, 0.37, 0.2),
    Scene("rare, 3 a school; costs skewed", 3.0, 0.5, 0.8),
)


def simulate(scene: Scene, authorities: tuple[int, ...], *, trials: int) -> dict[tuple[str, str], float]:
    """For each method and quantity the share of trials whose interval held the truth."""
    generator = np.random.default_rng([SEED, sum(authorities), SCENES.index(scene)])
    judged: dict[tuple[str, str], list[bool]] = {}
    for _ in range(trials):
        table, truth = draw_trial(scene, authorities, generator)
        for method, quantity, held in judge(table, truth, int(generator.integers(2**31))):
            judged.setdefault((method, quantity), []).append(held)
    return {name: float(np.mean(held)) for name, held in judged.items()}


def draw_trial(
    scene: Scene, authorities: tuple[int, ...], generator: np.random.Generator
) -> tuple[SchoolMoney, tuple[float, float]]:
    """One trial, and the true differences in cost and in outcomes averted per school."""
    place = np.repeat(np.arange(len(authorities)), authorities)
    level = scene.events * np.exp(generator.normal(-0.02, 0.2, len(authorities)))
    order = np.lexsort((generator.random(len(place)), place))
    arm = np.zeros(len(place), dtype=bool)
    arm[order] = np.arange(len(place)) % 2 == 0
    need = generator.gamma(scene.k**-2, scene.k**2, len(place))
    count = generator.poisson(level[place] * need * np.where(arm, 1 - AVERTED, 1))
    shape = scene.cost_cv**-2
    cost = np.where(arm, 50_000 * (0.5 + 0.5 * need) * generator.gamma(shape, 1 / shape, len(place)), 300 * need)
    table = SchoolMoney(
        outcome="events",
        schools=tuple(f"{row}" for row in range(len(place))),
        authorities=tuple(f"A{number:02d}" for number in place),
        intervention=arm,
        cost=cost,
        count=count.astype(float),
        exposure=np.full(len(place), 1000.0),
    )
    with_, without = (np.bincount(place, weights=arm == value) for value in (True, False))
    weights = with_ * without / (with_ + without)
    return table, (50_000.0 - 300.0, float(np.average(AVERTED * level, weights=weights)))


def judge(table: SchoolMoney, truth: tuple[float, float], seed: int) -> Iterator[tuple[str, str, bool]]:
    """Method, quantity, and whether the interval held the truth."""
    yield from _judge_estimate("regressions, HC3, t", regress_differences(table), truth)
    yield from _judge_estimate("regressions, one variance, t", regress_differences(table, variance="equal"), truth)
    draws = bootstrap_differences(table, seed=seed, draws=DRAWS)
    yield from _judge_draws("bootstrap, percentile", draws, truth)
    yield from _judge_estimate("bootstrap, normal", draws.as_normal(), truth)


def _judge_estimate(method: str, found: CostEffect, truth: tuple[float, float]) -> Iterator[tuple[str, str, bool]]:
    cost, effect = truth
    benefit = WORTH * found.effect - found.cost
    yield method, "cost", _within(cost, found.cost_interval())
    yield method, "averted", _within(effect, found.effect_interval())
    reach = found.critical() * found.net_benefit_se(WORTH)
    yield method, "net benefit", abs(benefit - (WORTH * effect - cost)) <= reach
    yield method, "cost per outcome (Fieller)", fieller(found).holds(cost / effect)


def _judge_draws(method: str, draws: DifferenceDraws, truth: tuple[float, float]) -> Iterator[tuple[str, str, bool]]:
    cost, effect = truth
    benefits: Array = WORTH * draws.effect - draws.cost
    low, high = np.quantile(benefits, [0.025, 0.975])
    yield method, "cost", _within(cost, draws.cost_interval())
    yield method, "averted", _within(effect, draws.effect_interval())
    yield method, "net benefit", _within(WORTH * effect - cost, (float(low), float(high)))


def _within(value: float, interval: tuple[float, float]) -> bool:
    return interval[0] <= value <= interval[1]


def main(trials: int, file: Path) -> None:
    lines = [
        SimulatedCoverage(method, quantity, schools, scene.name, trials, held, SEED)
        for schools, authorities in SIZES.items()
        for scene in SCENES
        for (method, quantity), held in simulate(scene, authorities, trials=trials).items()
    ]
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, fieldnames=list(asdict(lines[0])), lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(line) for line in lines)


if __name__ == "__main__":
    arguments = sys.argv[1:]
    main(int(arguments[0]) if arguments else TRIALS, Path(arguments[1]) if len(arguments) > 1 else STORED)
