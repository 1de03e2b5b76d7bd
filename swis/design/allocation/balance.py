"""Are the two arms alike in what was known before the draw? Means and standardised differences."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import nan, sqrt
from statistics import mean, variance

import numpy as np
from numpy.typing import NDArray

from swis.design.allocation.measures import MEASURES, value_of
from swis.design.allocation.nominations import Nominations


@dataclass(frozen=True)
class ArmBalance:
    """One measure in the two arms. The standardised difference is that of the means (intervention less comparison) over the
    standard deviation (divisor n - 1) of all schools of the draw of which the measure is known. NaN where there is no spread.
    """

    measure: str
    known: int
    intervention_mean: float
    comparison_mean: float
    standardised_difference: float


def measure_arms(nominations: Nominations, intervention: NDArray[np.bool_]) -> tuple[ArmBalance, ...]:
    """The balance of every measure that is known of a school in each arm, whether or not it was balanced on.

    `intervention` follows `nominations.drawn`. A school of which a measure is not known is left out of that measure.
    """
    rows = []
    for name in MEASURES:
        values = [value_of(school, name) for school in nominations.drawn]
        arms: tuple[list[Fraction], list[Fraction]] = ([], [])
        for value, arm in zip(values, intervention, strict=True):
            if value is not None:
                arms[0 if arm else 1].append(value)
        if all(arms):
            rows.append(_balance(name, *arms))
    return tuple(rows)


def _balance(name: str, intervention: list[Fraction], comparison: list[Fraction]) -> ArmBalance:
    # In exact numbers, rounded once at the end: the certificate has the same digits on every machine.
    known = [*intervention, *comparison]
    first, second = mean(intervention), mean(comparison)
    spread = sqrt(variance(known))
    return ArmBalance(name, len(known), float(first), float(second), float(first - second) / spread if spread else nan)
