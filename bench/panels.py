"""Simulated panels: schools by terms, and by year groups where asked; half of the schools get the programme late."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from swis.estimate.comparison import Comparison

SEED = 20200501
TRUE_LOG_RATIO = -0.1


@dataclass(frozen=True)
class Shape:
    """How many schools, terms and year groups; the last third of the terms lies after the start."""

    schools: int
    terms: int
    year_groups: int = 1

    def __str__(self) -> str:
        text = f"{self.schools:,} x {self.terms}"
        return text if self.year_groups == 1 else f"{text} x {self.year_groups}"

    @property
    def cells(self) -> int:
        return self.schools * self.terms * self.year_groups

    @property
    def after(self) -> NDArray[np.bool_]:
        last: NDArray[np.bool_] = np.arange(self.terms) >= self.terms - max(1, self.terms // 3)
        return last


Long = dict[str, NDArray[np.generic]]
"""A long table: columns school, term, year_group, count, pupils, programme, log_pupils."""


def draw_long(shape: Shape) -> Long:
    """A long table in which programme schools have exp(-0.1) times the rate after the start; seeded."""
    rng = np.random.default_rng(SEED)
    size = (shape.schools, shape.terms, shape.year_groups)
    pupils = rng.integers(60, 240, size) if shape.year_groups > 1 else rng.integers(200, 1500, size)
    treated = np.arange(shape.schools) % 2 == 0
    programme = np.broadcast_to((treated[:, None] & shape.after)[:, :, None], size)
    logs = (
        np.log(0.01)
        + rng.normal(0, 0.4, shape.schools)[:, None, None]
        + rng.normal(0, 0.1, shape.terms)[None, :, None]
        + rng.normal(0, 0.2, shape.year_groups)[None, None, :]
        + TRUE_LOG_RATIO * programme
    )
    school, term, group = np.indices(size, dtype=np.int32)
    columns = {
        "school": school,
        "term": term,
        "year_group": group,
        "count": rng.poisson(pupils * np.exp(logs)),
        "pupils": pupils,
        "programme": programme.astype(np.int8),
        "log_pupils": np.log(pupils),
    }
    return {name: np.ascontiguousarray(column).reshape(-1) for name, column in columns.items()}


def draw_comparison(shape: Shape) -> Comparison:
    """The same panel as a comparison, without year groups."""
    long = draw_long(shape)
    size = (shape.schools, shape.terms)
    terms = tuple(f"term {number}" for number in range(shape.terms))
    return Comparison(
        outcome="section_47_enquiries",
        schools=tuple(f"school {number}" for number in range(shape.schools)),
        terms=terms,
        count=long["count"].reshape(size).astype(float),
        pupils=long["pupils"].reshape(size).astype(float),
        intervention=np.asarray(long["programme"].reshape(size).any(axis=1)),
        reference=terms[int(np.flatnonzero(~shape.after)[-1])],
        after=tuple(np.array(terms)[shape.after]),
    )


def write_csv(long: Long, path: Path) -> None:
    """The long table as a CSV file, as an analyst would have it."""
    names = ("school", "term", "count", "pupils", "programme")
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        writer.writerows(zip(*(long[name].tolist() for name in names), strict=True))
