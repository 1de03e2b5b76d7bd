"""What returns say of a case beyond its days: source, need, factors, category. None of it bears on a count."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from swis.synthetic.authority import Authority
from swis.synthetic.outcomes import FROM_SCHOOL

NOTES_STREAM = 100
_SCHOOLS = "2A"
_SOURCES = ("6", "1A", "1D", "3A", "3B", "3E", "3F", "4", "5A", "5B", "5D", "7", "8", "9")
_SOURCE_SHARES = (0.36, 0.07, 0.04, 0.04, 0.05, 0.05, 0.06, 0.03, 0.05, 0.05, 0.06, 0.05, 0.05, 0.04)
_NEEDS, _NEED_SHARES = ("N1", "N2", "N3", "N4", "N5", "N6", "N8"), (0.57, 0.08, 0.03, 0.1, 0.15, 0.05, 0.02)
_FACTORS = ("3B", "4B", "2B", "1B", "16A", "17A", "18C", "4A", "5A", "15A")
_CATEGORIES, _CATEGORY_SHARES = ("NEG", "EMO", "PHY", "SAB"), (0.5, 0.37, 0.09, 0.04)


@dataclass(frozen=True, eq=False)
class CaseNotes:
    """Arrays over the cases of an authority."""

    source: list[str]
    need: list[str]
    first_factor: list[str]
    second_factor: list[str]
    category: list[str]


def draw_case_notes(authority: Authority) -> CaseNotes:
    """The notes, the same whichever return they are written into."""
    rng, n = np.random.default_rng([authority.seed, NOTES_STREAM]), authority.cases.count
    others = rng.choice(_SOURCES, n, p=_SOURCE_SHARES)
    first = rng.integers(0, len(_FACTORS), n)
    second = (first + rng.integers(1, len(_FACTORS), n)) % len(_FACTORS)
    return CaseNotes(
        source=np.where(authority.cases.happened[FROM_SCHOOL], _SCHOOLS, others).tolist(),
        need=rng.choice(_NEEDS, n, p=_NEED_SHARES).tolist(),
        first_factor=np.array(_FACTORS)[first].tolist(),
        second_factor=np.array(_FACTORS)[second].tolist(),
        category=rng.choice(_CATEGORIES, n, p=_CATEGORY_SHARES).tolist(),
    )
