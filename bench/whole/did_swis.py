"""CSV to printed answer with SWIS."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import numpy as np

import swis

with Path(sys.argv[1]).open(newline="", encoding="utf-8") as file:
    rows = list(csv.DictReader(file))
schools = sorted({row["school"] for row in rows}, key=int)
terms = sorted({row["term"] for row in rows}, key=int)
cells = {(row["school"], row["term"]): row for row in rows}
treated = {row["school"] for row in rows if row["programme"] == "1"}
after = tuple(sorted({row["term"] for row in rows if row["programme"] == "1"}, key=int))
comparison = swis.Comparison(
    outcome="section_47_enquiries",
    schools=tuple(schools),
    terms=tuple(terms),
    count=np.array([[float(cells[school, term]["count"]) for term in terms] for school in schools]),
    pupils=np.array([[float(cells[school, term]["pupils"]) for term in terms] for school in schools]),
    intervention=np.array([school in treated for school in schools]),
    reference=terms[0],
    after=after,
)
result = swis.poisson_did(comparison, variance="CR1")
print([result.log_ratio, result.standard_error])
