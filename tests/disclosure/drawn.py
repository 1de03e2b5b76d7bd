"""Small tables drawn for tests, and what a published table shows, place by place."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from swis.disclosure.count_table import TOTAL, CountTable, Dimension, every_margin
from swis.disclosure.published import PublishedTable

NAMES = ("school", "term", "year group")
COUNTED = "section 47 enquiries, an authority, 2018/19"


def count_table(counts: object, **options: object) -> CountTable:
    """A table by school, term and year group, as many as the array has axes."""
    array = np.asarray(counts, dtype=np.int64)
    dimensions = tuple(
        Dimension.of(NAMES[axis], *(f"{NAMES[axis]} {letter}" for letter in "ABCDEFGHIJ"[:size]))
        for axis, size in enumerate(array.shape)
    )
    return CountTable(COUNTED, "steering group", dimensions, array, **options)  # type: ignore[arg-type]


def shown_by_place(table: CountTable, published: PublishedTable) -> dict[tuple[int | None, ...], int | None]:
    """The number or None (hidden) at every published place."""
    return {
        tuple(
            None if label == TOTAL else dimension.labels.index(label)
            for dimension, label in zip(table.dimensions, cell.labels, strict=True)
        ): cell.count
        for cell in published.cells
    }


@st.composite
def bodies(
    draw: st.DrawFn, *, dimensions: tuple[int, int] = (1, 2), largest: int = 4, most: int = 14
) -> NDArray[np.int64]:
    """Counts that are often small and often zero."""
    shape = draw(st.lists(st.integers(1, largest), min_size=dimensions[0], max_size=dimensions[1]))
    count = st.one_of(st.integers(0, 6), st.integers(0, most))
    values = draw(st.lists(count, min_size=int(np.prod(shape)), max_size=int(np.prod(shape))))
    return np.array(values, dtype=np.int64).reshape(shape)


def margin_choices(axes: int) -> st.SearchStrategy[tuple[tuple[str, ...], ...]]:
    """Any choice of published margins."""
    every = every_margin(NAMES[:axes])
    return st.lists(st.sampled_from(every), unique=True, max_size=len(every)).map(tuple)
