"""Figures as a policy lets them be shown: small counts hidden, and everything else worked out from what is shown."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from swis.design.need_profile.school_figures import MeasuredSchools, SchoolFigures
from swis.disclosure.count_table import CountTable, Dimension
from swis.disclosure.policy import Policy
from swis.disclosure.publish import publish


@dataclass(frozen=True, eq=False, repr=False)
class ShownFigures:
    """Figures that hold nothing hidden, and which counts of each measure were hidden, a truth value a school."""

    figures: SchoolFigures
    hidden: dict[str, NDArray[np.bool_]]
    policy: Policy | None

    def __repr__(self) -> str:
        rule = "none" if self.policy is None else self.policy.name
        return f"ShownFigures({self.figures!r}, policy {rule})"


def show_figures(figures: SchoolFigures, policy: Policy | None) -> ShownFigures:
    """Each count as it may be shown. A hidden one is put in the middle of what the rule calls small.

    So every rate, interval and rank that follows is a function of what a reader sees, and gives nothing away. Of what rests
    on hidden counts nothing is kept: how far schools keep their place, and events by family. Where more than half of the
    schools of a phase and authority are hidden the measure is not told of them at all. There are no totals, as a total would
    give hidden counts away. Not held against earlier releases.
    """
    if policy is None:
        none = {each.measure.code: np.zeros(len(figures.schools), dtype=bool) for each in figures.measured}
        return ShownFigures(figures, none, None)
    shown: list[MeasuredSchools] = []
    hidden: dict[str, NDArray[np.bool_]] = {}
    for each in figures.measured:
        rule = policy.in_units_of(each.measure.most)
        told, hidden[each.measure.code] = _show(figures, each, rule)
        shown.append(told)
    return ShownFigures(replace(figures, measured=tuple(shown)), hidden, policy)


def _show(
    figures: SchoolFigures, measured: MeasuredSchools, policy: Policy
) -> tuple[MeasuredSchools, NDArray[np.bool_]]:
    count = measured.count.copy()
    hidden = np.zeros(len(count), dtype=bool)
    where = np.flatnonzero(np.isfinite(count))
    if len(where):
        labels = [figures.schools[i] for i in where]
        words = f"{measured.measure.name}, {figures.period}"
        counts = count[where].astype(np.int64)
        published = publish(
            CountTable(words, "anybody", (Dimension.of("school", *labels),), counts, margins=()), policy
        )
        told = {cell.labels[0]: cell.count for cell in published.cells}
        middle = (policy.smallest_hidden + policy.largest_small) / 2
        for place, label in zip(where, labels, strict=True):
            number = told.get(label)
            hidden[place] = number is None
            count[place] = middle if number is None else number
    why_not = list(measured.why_not)
    for group in figures.groups:
        rows = np.flatnonzero([pair == group for pair in zip(figures.authority, figures.phase, strict=True)])
        known = rows[np.isfinite(count[rows])]
        if 2 * hidden[known].sum() > len(known):
            count[known] = np.nan
            for row in known:
                why_not[row] = f"more than half of the counts are hidden (policy {policy.name})"
    measure = measured.measure
    if measure.kind == "events" and measure.independent and "declared" not in measure.independent:
        measure = replace(measure, unit=1.0, independent="")
    return replace(measured, measure=measure, count=count, why_not=tuple(why_not), persistence={}), hidden
