"""SWIS: run a Social Workers in Schools programme, and find out whether it works.

study = swis.read_study("studies/stockport")
evaluation = swis.evaluate([study])
print(evaluation)
"""

from __future__ import annotations

from swis.errors import NotEstimable, SwisError
from swis.estimate.comparison import Comparison
from swis.estimate.did import RateRatio, poisson_did
from swis.study.read import read_study
from swis.study.study import Study
from swis.study.together import Evaluation, evaluate

__all__ = [
    "Comparison",
    "Evaluation",
    "NotEstimable",
    "RateRatio",
    "Study",
    "SwisError",
    "evaluate",
    "poisson_did",
    "read_study",
]
