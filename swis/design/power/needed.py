"""How many schools a trial would need for what is known of schools from few of them: a range, not a number."""

from __future__ import annotations

from dataclasses import dataclass
from math import isinf

from swis.design.power.assumptions import MOST_SCHOOLS
from swis.design.power.formula import Setting, schools_needed
from swis.design.power.scatter import PanelScatter
from swis.errors import NotEstimable


@dataclass(frozen=True)
class NeededSchools:
    """Schools in both arms for a rate ratio, at the low end, the estimate and the high end of k's 95% interval.

    None where no number of schools up to 10,000 is enough, or k has no upper limit. `terms` is the follow-up.
    """

    ratio: float
    power: float
    terms: int
    rate: float
    events: float
    k: tuple[float, float, float]
    schools: tuple[int | None, int | None, int | None]

    def __repr__(self) -> str:
        low, middle, high = ("beyond any" if number is None else f"{number:,}" for number in self.schools)
        return f"NeededSchools({middle} for {self.ratio:g} over {self.terms} terms; {low} to {high})"


def needed_schools(scatter: PanelScatter, *, ratio: float, terms: int, power: float = 0.8) -> NeededSchools:
    """The schools of a trial with equal arms and schools like those of the panel, for each end of what k may be.

    By formula (Hayes and Bennett), every school weighing the same, with no use of terms before. The rate is taken as
    known, which with few schools it is not. Raises NotEstimable for a ratio of 1 or no terms.
    """
    whole = scatter.whole
    k = (whole.low, whole.k, whole.high)

    def number(between: float) -> int | None:
        if isinf(between):
            return None
        setting = Setting(rate=scatter.rate, exposure=scatter.harmonic_pupils * terms, k=between)
        try:
            found = schools_needed(setting, ratio, power=power)
        except NotEstimable:
            return None
        return found if found <= MOST_SCHOOLS else None

    Setting(rate=scatter.rate, exposure=scatter.harmonic_pupils * terms, k=0)  # refuses what no trial can have
    if ratio == 1 or ratio <= 0:
        raise NotEstimable(f"A rate ratio to plan for is positive and not 1; {ratio:g} was given.")
    return NeededSchools(
        ratio=ratio,
        power=power,
        terms=terms,
        rate=scatter.rate,
        events=whole.events,
        k=k,
        schools=(number(k[0]), number(k[1]), number(k[2])),
    )
