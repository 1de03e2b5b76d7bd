"""How many schools a trial needs, and what so many schools can find, by formula.

Hayes and Bennett 1999, International Journal of Epidemiology 28, 319-326, for rates: a trial compares the mean rate of schools
with and without the programme, every school weighing the same. The variance of a school's rate is what chance makes of its
events, rate / exposure, and what schools differ by, (k rate)^2.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite, isnan, sqrt
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.special import stdtr, stdtrit

from swis.errors import NotEstimable

LEVEL = 0.05
FEW_SCHOOLS = 15
"""Schools in the smaller arm below which t takes the place of the normal distribution."""
MOST_SCHOOLS = 1_000_000
LARGEST_RATIO = 1e3

Quantiles = Literal["auto", "normal", "t"]
Direction = Literal["reduction", "increase"]


@dataclass(frozen=True)
class Setting:
    """What the formula knows of a trial.

    `rate` is events per unit of exposure without the programme; `exposure` that of one school (pupils times terms or years; the
    harmonic mean where schools differ); `k` the coefficient of variation of schools' true rates, within strata where there are
    several; `share` that of schools with the programme. `quantiles`: normal, with one school an arm added for it (two where
    there are strata); t with schools - strata - 1 degrees of freedom and none added; auto takes t where an arm has fewer than
    15 schools.
    """

    rate: float
    exposure: float
    k: float
    strata: int = 1
    share: float = 0.5
    level: float = LEVEL
    quantiles: Quantiles = "auto"

    def __post_init__(self) -> None:
        check_number("rate", self.rate, above=0)
        check_number("exposure", self.exposure, above=0)
        check_number("k", self.k, least=0)
        check_number("share of schools with the programme", self.share, above=0, below=1)
        check_number("level", self.level, above=0, below=1)
        check_number("number of strata", self.strata, least=1)
        if self.quantiles not in ("auto", "normal", "t"):
            raise NotEstimable(f"quantiles is auto, normal or t; {self.quantiles!r} was given.")

    @property
    def added(self) -> int:
        """Schools an arm that stand for what the normal distribution leaves out."""
        return 1 if self.strata == 1 else 2

    def variance(self, ratio: float) -> float:
        """The variance of the difference of rates, times the schools in the arm without the programme."""
        of_arms = [rate / self.exposure + (self.k * rate) ** 2 for rate in (self.rate, ratio * self.rate)]
        return of_arms[0] + of_arms[1] * (1 - self.share) / self.share


def check_number(
    what: str, number: float, *, above: float | None = None, least: float | None = None, below: float | None = None
) -> None:
    """Raises NotEstimable for a number that is not finite or out of its bounds."""
    bounds = [
        (above is None or number > above, f"above {above:g}" if above is not None else ""),
        (least is None or number >= least, f"at least {least:g}" if least is not None else ""),
        (below is None or number < below, f"below {below:g}" if below is not None else ""),
    ]
    if not isfinite(number) or not all(kept for kept, _ in bounds):
        wanted = " and ".join(words for _, words in bounds if words)
        raise NotEstimable(f"The {what} is a number {wanted}; {number:g} was given.".replace("  ", " "))


def design_effect(rate: float, exposure: float, k: float) -> float:
    """How many times as much the counts of schools vary as chance alone would make them: 1 + k^2 x events a school."""
    return 1 + k**2 * rate * exposure


def harmonic_mean(sizes: ArrayLike) -> float:
    """The size that schools of unequal size are worth in the formula. Raises NotEstimable unless all are above 0."""
    values = np.asarray(sizes, dtype=float)
    if not values.size or not (np.isfinite(values).all() and (values > 0).all()):
        raise NotEstimable("Sizes of schools are numbers above 0.")
    return float(values.size / (1 / values).sum())


def clusters_per_arm(setting: Setting, ratio: float, *, power: float = 0.8) -> float:
    """Schools without the programme that find `ratio` with `power`, unrounded. Those with it: share / (1 - share) times as many.

    With equal arms and normal quantiles: 1 + (z + z)^2 [(l0 + l1)/Y + k^2 (l0^2 + l1^2)] / (l0 - l1)^2, and 2 in the place of 1
    with strata. Raises NotEstimable for a ratio of 1, or where a million schools are too few.
    """
    _check_ratio(ratio, power)
    if setting.quantiles != "t":
        number = _needed(setting, ratio, _normal(setting, power)) + setting.added
        if setting.quantiles == "normal" or number * _smaller(setting) >= FEW_SCHOOLS:
            return _within_reason(number)
    fewest = (setting.strata + 1.001) * (1 - setting.share)

    def missing(clusters: float) -> float:
        df = clusters / (1 - setting.share) - setting.strata - 1
        quantiles = float(stdtrit(df, 1 - setting.level / 2) + stdtrit(df, power))
        return _needed(setting, ratio, quantiles) - clusters

    if missing(fewest) <= 0:
        return fewest
    most = 2 * fewest
    while missing(most) > 0 and most < 2 * MOST_SCHOOLS:
        most *= 2
    if most >= 2 * MOST_SCHOOLS:
        return _within_reason(most)
    return _within_reason(float(brentq(missing, fewest, most, xtol=1e-9)))


def schools_needed(setting: Setting, ratio: float, *, power: float = 0.8) -> int:
    """Schools in both arms together that find `ratio` with `power`: each arm rounded up."""
    without = clusters_per_arm(setting, ratio, power=power)
    with_programme = without * setting.share / (1 - setting.share)
    return _up(without) + _up(with_programme)


def formula_power(setting: Setting, ratio: float, *, schools: float) -> float:
    """The power that so many schools in all have to find `ratio`, both tails; at a ratio of 1 the level.

    0 where there are too few schools to say.
    """
    check_number("number of schools", schools, above=0)
    check_number("rate ratio", ratio, above=0)
    without, uses_t = schools * (1 - setting.share), _uses_t(setting, schools)
    worth = without if uses_t else without - setting.added
    df = schools - setting.strata - 1 if uses_t else np.inf
    if worth <= 0 or df <= 0:
        return 0.0
    away = setting.rate * abs(ratio - 1) / sqrt(setting.variance(ratio) / worth)
    critical = -_quantile(df, setting.level / 2)
    return _below(df, away - critical) + _below(df, -away - critical)


def detectable_ratio(
    setting: Setting, *, schools: float, power: float = 0.8, direction: Direction = "reduction"
) -> float:
    """The rate ratio nearest to 1 that so many schools find with `power`.

    Raises NotEstimable where not even the end of all events would be found, or no increase up to a thousandfold.
    """
    check_number("power", power, above=setting.level, below=1)
    far = 1e-9 if direction == "reduction" else LARGEST_RATIO

    def lacking(ratio: float) -> float:
        return formula_power(setting, ratio, schools=schools) - power

    if lacking(far) < 0:
        least = "an end of all events" if direction == "reduction" else "an increase a thousandfold"
        raise NotEstimable(f"Not even {least} would be found with {power:.0%} power by {schools:,.0f} schools.")
    return float(brentq(lacking, far, 1.0, xtol=1e-12))


def exposure_needed(setting: Setting, ratio: float, *, schools: int, power: float = 0.8) -> float:
    """The exposure of one school that finds `ratio` with so many schools. Raises NotEstimable where none is enough.

    More pupils or terms take away only what chance makes of the events; what schools differ by stays.
    """
    _check_ratio(ratio, power)
    return least_that(
        lambda exposure: formula_power(replace_exposure(setting, exposure), ratio, schools=schools) >= power,
        start=setting.exposure,
        why=f"{schools:,} schools cannot find a rate ratio of {ratio:g} however long they are followed: what schools differ by "
        f"(k {setting.k:.2g}) stays. Take more schools, or adjust for the terms before.",
    )


def replace_exposure(setting: Setting, exposure: float) -> Setting:
    """The same setting with another exposure of a school."""
    return Setting(setting.rate, exposure, setting.k, setting.strata, setting.share, setting.level, setting.quantiles)


def least_that(enough: Callable[[float], bool], *, start: float, why: str) -> float:
    """The least number that is enough, to one part in a million. Raises NotEstimable with `why` where none is."""
    high = start
    while not enough(high):
        high *= 2
        if high > start * 1e9:
            raise NotEstimable(why)
    low = high / 2
    while low > start * 1e-9 and enough(low):
        low, high = low / 2, low
    while high / low > 1 + 1e-6:
        middle = sqrt(low * high)
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def _check_ratio(ratio: float, power: float) -> None:
    check_number("rate ratio", ratio, above=0)
    check_number("power", power, above=0, below=1)
    if ratio == 1:
        raise NotEstimable("A rate ratio of 1 is no effect: no number of schools finds it.")


def _needed(setting: Setting, ratio: float, quantiles: float) -> float:
    return quantiles**2 * setting.variance(ratio) / (setting.rate * (1 - ratio)) ** 2


def _normal(setting: Setting, power: float) -> float:
    return float(-_quantile(np.inf, setting.level / 2) + _quantile(np.inf, power))


def _quantile(df: float, share: float) -> float:
    return float(stdtrit(df, share))


def _below(df: float, value: float) -> float:
    return float(stdtr(df, value))


def _smaller(setting: Setting) -> float:
    """Schools in the smaller arm for one without the programme."""
    return min(1.0, setting.share / (1 - setting.share))


def _uses_t(setting: Setting, schools: float) -> bool:
    few = schools * min(setting.share, 1 - setting.share) < FEW_SCHOOLS
    return setting.quantiles == "t" or (setting.quantiles == "auto" and few)


def _within_reason(clusters: float) -> float:
    if isnan(clusters) or clusters > MOST_SCHOOLS:
        raise NotEstimable("No number of schools up to a million could find so small an effect.")
    return clusters


def _up(number: float) -> int:
    return int(np.ceil(number - 1e-9))
