"""SWIS: run a Social Workers in Schools programme, and find out whether it works.

study = swis.read_study("studies/stockport")
evaluation = swis.evaluate([study])
print(evaluation)

Each name is loaded when it is first asked for, so that one estimate does not wait for frames, figures and documents.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from swis.errors import NotEstimable, SwisError
    from swis.estimate.comparison import Comparison
    from swis.estimate.did import RateRatio, poisson_did
    from swis.study.read import read_study
    from swis.study.study import Study
    from swis.study.together import Evaluation, evaluate

_HOMES = {
    "Comparison": "swis.estimate.comparison",
    "Evaluation": "swis.study.together",
    "NotEstimable": "swis.errors",
    "RateRatio": "swis.estimate.did",
    "Study": "swis.study.study",
    "SwisError": "swis.errors",
    "evaluate": "swis.study.together",
    "poisson_did": "swis.estimate.did",
    "read_study": "swis.study.read",
}

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


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'swis' has no attribute {name!r}")
    value: object = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
