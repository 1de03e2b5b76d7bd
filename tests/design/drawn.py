"""Small panels for the tests of matching, drawn here and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from swis.design.year_group_panel import YearGroupPanel


def small_panel(
    rates: dict[str, Sequence[Sequence[float]]],
    *,
    treated: Sequence[str],
    pupils: float = 100.0,
    roll: dict[str, float] | None = None,
    phase: dict[str, str] | None = None,
    cluster: dict[str, str] | None = None,
    excluded: dict[str, str] | None = None,
    meals: dict[str, float] | None = None,
    unit_of_count: float = 1.0,
) -> YearGroupPanel:
    """Schools with a rate per 100 pupils for each year group and term; NaN for a cell that was not observed."""
    schools = tuple(rates)
    rate = np.array([rates[school] for school in schools], dtype=float)
    observed = ~np.isnan(rate)
    return YearGroupPanel(
        outcome="s47",
        schools=schools,
        phase=tuple((phase or {}).get(school, "primary") for school in schools),
        year_groups=tuple(str(a + 1) for a in range(rate.shape[1])),
        terms=tuple(f"Autumn {2016 + t}" for t in range(rate.shape[2])),
        count=np.where(observed, np.nan_to_num(rate) * pupils / 100, 0),
        pupils=np.where(observed, pupils, 0.0),
        intervention=np.array([school in treated for school in schools]),
        roll=np.array([(roll or {}).get(school, 300.0) for school in schools]),
        free_school_meals=np.array([(meals or {}).get(school, 20.0) for school in schools]),
        cluster=tuple((cluster or {}).get(school, school) for school in schools),
        excluded=tuple((excluded or {}).get(school, "") for school in schools),
        unit_of_count=unit_of_count,
    )


def simulated_panel(
    *,
    seed: int,
    treated: int = 3,
    candidates: int = 30,
    year_groups: int = 5,
    terms: int = 3,
    pupils: float = 200.0,
    rate: float = 0.02,
    trend_sd: float = 0.0,
    phases: int = 1,
) -> YearGroupPanel:
    """Poisson counts; the rate of every school and year group moves each year by its own share of its level, with this spread."""
    rng = np.random.default_rng(seed)
    schools = treated + candidates
    size = pupils * rng.uniform(0.4, 1.6, schools)
    level = rate * np.exp(rng.normal(0, 0.4, (schools, year_groups)))
    slope = rng.normal(0, trend_sd, (schools, year_groups)) if trend_sd else np.zeros((schools, year_groups))
    course = np.maximum(1 + slope[:, :, np.newaxis] * (np.arange(terms) - (terms - 1) / 2), 0.02)
    exposure = np.broadcast_to(np.round(size)[:, np.newaxis, np.newaxis], (schools, year_groups, terms)).copy()
    names = ("primary", "secondary")
    return YearGroupPanel(
        outcome="s47",
        schools=tuple(f"School {i:03d}" for i in range(schools)),
        phase=tuple(names[i % phases] for i in range(schools)),
        year_groups=tuple(str(a + 1) for a in range(year_groups)),
        terms=tuple(f"Autumn {2016 + t}" for t in range(terms)),
        count=rng.poisson(exposure * level[:, :, np.newaxis] * course).astype(float),
        pupils=exposure,
        intervention=np.arange(schools) < treated,
        roll=np.round(size) * year_groups,
        free_school_meals=np.clip(rng.normal(25, 10, schools), 1, 80),
        cluster=tuple(f"School {i:03d}" for i in range(schools)),
        excluded=("",) * schools,
    )
