"""Small tables drawn in a test: written out, or at random by hypothesis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from numpy.typing import ArrayLike, NDArray

from swis.estimate.comparison import Comparison
from swis.estimate.poisson import fit_comparison

few = settings(max_examples=40, deadline=None, derandomize=True)
"""The same examples on every machine."""
fewer = settings(few, max_examples=12)
"""For what inverts a test or a likelihood in every example."""


def table(
    count: ArrayLike,
    *,
    intervention: Sequence[int],
    pupils: ArrayLike = 300.0,
    after: int = 1,
    cluster: tuple[str, ...] | None = None,
    stratum: tuple[str, ...] | None = None,
    unit_of_count: float = 1.0,
) -> Comparison:
    """Schools S0, S1, ... over terms t0, t1, ...; the last `after` terms lie after the start."""
    counts = np.array(count, dtype=float)
    terms = tuple(f"t{i}" for i in range(counts.shape[1]))
    return Comparison(
        outcome="section_47",
        schools=tuple(f"S{i}" for i in range(len(counts))),
        terms=terms,
        count=counts,
        pupils=np.broadcast_to(np.asarray(pupils, dtype=float), counts.shape),
        intervention=np.array(intervention, dtype=bool),
        reference=terms[-1 - after],
        after=terms[len(terms) - after :],
        cluster=cluster,
        stratum=stratum,
        unit_of_count=unit_of_count,
    )


def draw_table(seed: int, *, schools: int, terms: int, rate: float, unobserved: float = 0.0) -> Comparison:
    """Poisson counts around rates that differ between schools; both arms have a school."""
    rng = np.random.default_rng(seed)
    pupils = rng.integers(50, 900, (schools, terms)).astype(float)
    pupils[rng.random((schools, terms)) < unobserved] = 0.0
    count = rng.poisson(pupils * rate * rng.gamma(2.0, 0.5, (schools, 1)))
    intervention = rng.permutation(np.arange(schools) < rng.integers(1, schools))
    return table(count, intervention=intervention.tolist(), pupils=pupils)


@st.composite
def tables(
    draw: st.DrawFn,
    *,
    schools: tuple[int, int] = (2, 8),
    terms: tuple[int, int] = (2, 5),
    rates: tuple[float, ...] = (0.003, 0.01, 0.05),
    unobserved: float = 0.0,
) -> Comparison:
    return draw_table(
        draw(st.integers(0, 2**32 - 1)),
        schools=draw(st.integers(*schools)),
        terms=draw(st.integers(*terms)),
        rate=draw(st.sampled_from(rates)),
        unobserved=unobserved,
    )


def has_estimate(comparison: Comparison) -> bool:
    return fit_comparison(comparison).converged


def has_scatter(comparison: Comparison) -> bool:
    """Whether the regression leaves degrees of freedom: statsmodels divides by them."""
    used = ~comparison.without_events
    return int((comparison.pupils[used] > 0).sum()) > int(used.sum()) + len(comparison.terms)


def reorder(comparison: Comparison, schools: NDArray[np.intp], terms: NDArray[np.intp]) -> Comparison:
    """The same table with its schools and terms written in another order."""
    return replace(
        comparison,
        schools=tuple(comparison.schools[i] for i in schools),
        terms=tuple(comparison.terms[t] for t in terms),
        count=comparison.count[np.ix_(schools, terms)],
        pupils=comparison.pupils[np.ix_(schools, terms)],
        intervention=comparison.intervention[schools],
    )


def swap_arms(comparison: Comparison) -> Comparison:
    return replace(comparison, intervention=~comparison.intervention)


def add_empty_school(comparison: Comparison, *, intervention: bool) -> Comparison:
    """With one more school in which nothing is ever counted."""
    return replace(
        comparison,
        schools=(*comparison.schools, "Empty"),
        count=np.vstack([comparison.count, np.zeros(len(comparison.terms))]),
        pupils=np.vstack([comparison.pupils, np.full(len(comparison.terms), 200.0)]),
        intervention=np.append(comparison.intervention, intervention),
    )
