"""The rates behind an analysis: every school, every term, in two panels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from swis.errors import OutputError
from swis.estimate.comparison import Comparison
from swis.report.document import Column, Figure, Table
from swis.report.drawing import draw
from swis.report.figures.trend_panels import WITH, WITHOUT, trend_panels
from swis.report.words import per_pupils


def trend_figure(
    comparison: Comparison, *, identifier: str, outcome_name: str, per: int, launch: str | None = None
) -> Figure:
    """The rate per `per` pupils of every school and term, one panel for each arm, on the same scale.

    Schools with a social worker: solid lines and filled marks. Schools without: dashed lines and hollow marks. A
    school-term without pupils leaves a gap. A rule stands where the terms after the start begin; a dotted one before
    the term `launch`, where the social workers started in another term than that.
    """
    if launch is not None and launch not in comparison.terms:
        raise OutputError(f"The launch term {launch!r} is not among the terms of the figure: pass launch=None.")
    rates = np.full(comparison.count.shape, np.nan)
    np.divide(comparison.count * per, comparison.pupils, out=rates, where=comparison.pupils > 0)
    return Figure(
        identifier=identifier,
        caption=f"{_capital(outcome_name)} {per_pupils(per)}, by school and term. Upper panel: schools with a social "
        "worker. Lower panel: schools without. A gap means that the term was not observed.",
        alt=_finding(comparison, outcome_name=outcome_name, per=per),
        drawing=draw(trend_panels(comparison, rates, title=f"{outcome_name} {per_pupils(per)}", launch=launch)),
        data=_data(comparison, rates, identifier=identifier, caption=f"{_capital(outcome_name)} {per_pupils(per)}"),
    )


def _finding(comparison: Comparison, *, outcome_name: str, per: int) -> str:
    after = comparison.after_mask
    parts = [
        f"{_capital(outcome_name)} {per_pupils(per)} in {len(comparison.schools)} schools over "
        f"{len(comparison.terms)} terms, from {comparison.terms[0]} to {comparison.terms[-1]}."
    ]
    for arm, name in ((comparison.intervention, WITH), (~comparison.intervention, WITHOUT)):
        before = _pooled_rate(comparison, arm, ~after, per)
        later = _pooled_rate(comparison, arm, after, per)
        parts.append(f"{name} ({int(arm.sum())}), taken together: {before} before, {later} after.")
    gaps = int((comparison.pupils <= 0).sum())
    if gaps:
        parts.append(f"{gaps} school-term{' was' if gaps == 1 else 's were'} not observed.")
    return " ".join(parts)


def _pooled_rate(comparison: Comparison, arm: NDArray[np.bool_], terms: NDArray[np.bool_], per: int) -> str:
    pupils = comparison.pupils[np.ix_(arm, terms)].sum()
    return f"{comparison.count[np.ix_(arm, terms)].sum() * per / pupils:.2f}" if pupils > 0 else "not observed"


def _data(comparison: Comparison, rates: NDArray[np.float64], *, identifier: str, caption: str) -> Table:
    order = sorted(range(len(comparison.schools)), key=lambda i: not comparison.intervention[i])
    return Table(
        caption=f"{caption}, by school and term",
        columns=(
            Column("School", row_header=True),
            Column("Social worker"),
            *(Column(term, align="right") for term in comparison.terms),
        ),
        rows=tuple(
            (
                comparison.schools[i],
                "with" if comparison.intervention[i] else "without",
                *(f"{rate:.2f}" if np.isfinite(rate) else "not observed" for rate in rates[i]),
            )
            for i in order
        ),
        identifier=f"{identifier}-data",
    )


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
