"""What is known of each school before the programme: its level, its size, its free school meals, and how it moved."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from swis.design.year_group_panel import Array, Mask, YearGroupPanel

LEVEL = "level"
SIZE = "log of pupils"
MEALS = "free school meals"
MATCHED_ON = (LEVEL, SIZE, MEALS)


@dataclass(frozen=True, eq=False)
class SchoolMeasures:
    """Measures of every school of a panel, shape (schools, measures); NaN where one is not known."""

    names: tuple[str, ...]
    values: Array

    def pick(self, names: tuple[str, ...]) -> Array:
        """The columns of those names."""
        return self.values[:, [self.names.index(name) for name in names]]


def school_measures(panel: YearGroupPanel) -> SchoolMeasures:
    """Level (counts per 100 pupils over all terms), log of the roll, per cent of free school meals, and the last changes.

    A change is that of the school's rate over all its year groups; the one before the last is there with three terms or more.
    """
    count, pupils = panel.school_counts
    rate = np.full(count.shape, np.nan)
    np.divide(100 * count, pupils, out=rate, where=pupils > 0)
    level = np.full(count.shape[0], np.nan)
    np.divide(100 * count.sum(axis=1), pupils.sum(axis=1), out=level, where=pupils.sum(axis=1) > 0)
    columns = {LEVEL: level, SIZE: np.log(panel.roll), MEALS: panel.free_school_meals}
    for end in range(len(panel.terms) - 1, max(len(panel.terms) - 3, 0), -1):
        columns[f"change {panel.terms[end - 1]} to {panel.terms[end]}"] = rate[:, end] - rate[:, end - 1]
    return SchoolMeasures(tuple(columns), np.column_stack(list(columns.values())))


def is_whole(known: Mask) -> Mask:
    """Rows in which everything is known."""
    return np.array([bool(row.all()) for row in known], dtype=bool)
