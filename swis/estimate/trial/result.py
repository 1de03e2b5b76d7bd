"""What every analysis of a trial gives back: a ratio with its interval, who was in it, and at what size it holds its level."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, inf
from typing import Literal

from scipy.special import ndtr, ndtri, stdtr, stdtrit

from swis.errors import NotEstimable
from swis.estimate.trial.held_level import HeldLevel, held_level, simulated_analyses
from swis.estimate.trial.model import ESTIMANDS, Estimand
from swis.estimate.trial.trial_table import LeftOut, TrialTable

Label = Literal["intention to treat", "per protocol", "complier average"]

LABELS: dict[Label, str] = {
    "intention to treat": "Intention to treat: every school in the arm it was drawn for",
    "per protocol": "PER PROTOCOL, not randomised: only schools that did what they were drawn for, which may "
    "differ in other ways",
    "complier average": "COMPLIER AVERAGE: the effect in schools that would have a worker if drawn, and not if not",
}


@dataclass(frozen=True)
class TrialEstimate:
    """A ratio of a trial. `log_ratio` and `standard_error` are on the log scale; `df` None means normal quantiles.

    `facts` are further lines to print; `left_out` are randomised schools that are not in it.
    """

    outcome: str
    analysis: str
    label: Label
    estimand: str
    log_ratio: float
    standard_error: float
    df: float | None
    level: float
    schools_with: int
    schools_without: int
    authorities: int
    rows: int
    events: float
    exposure: float
    unit: str
    left_out: tuple[LeftOut, ...]
    held: HeldLevel
    measure: str = "Rate ratio"
    facts: tuple[str, ...] = ()

    @property
    def ratio(self) -> float:
        return bounded_exp(self.log_ratio)

    @property
    def quantile(self) -> float:
        return float(ndtri(0.5 + self.level / 2)) if self.df is None else float(stdtrit(self.df, 0.5 + self.level / 2))

    @property
    def low(self) -> float:
        return bounded_exp(self.log_ratio - self.quantile * self.standard_error)

    @property
    def high(self) -> float:
        return bounded_exp(self.log_ratio + self.quantile * self.standard_error)

    @property
    def p(self) -> float:
        """The two-sided p-value for a ratio of one."""
        statistic = -abs(self.log_ratio) / self.standard_error
        return 2 * float(ndtr(statistic) if self.df is None else stdtr(self.df, statistic))

    @property
    def schools(self) -> int:
        return self.schools_with + self.schools_without

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}({self.outcome}, {self.analysis}: {self.ratio:.3g}, {self.level:.0%} CI {self.low:.3g} to "
            f"{self.high:.3g}; {self.schools} schools)"
        )

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def lines(self) -> list[str]:
        """What a reviewer asks first."""
        change = f"{abs(1 - self.ratio):.0%} {'fewer' if self.ratio < 1 else 'more'} with a social worker"
        quantiles = "normal" if self.df is None else f"t with {self.df:.4g} degrees of freedom"
        return [
            f"Cluster randomised trial, {self.analysis}: {self.outcome}",
            f"{self.measure} {self.ratio:.3g} ({self.level:.0%} CI {self.low:.3g} to {self.high:.3g}): {change}; log "
            f"{self.log_ratio:.4g}, standard error {self.standard_error:.3g}; {quantiles}; p {self.p:.3g}",
            LABELS[self.label],
            f"Estimand: {self.estimand}",
            f"{self.schools} schools ({self.schools_with} with, {self.schools_without} without) in "
            f"{self.authorities} authorities, "
            f"{self.rows} rows, {self.exposure:,.0f} {self.unit}, {self.events:,.0f} counted",
            left_out_line(self.left_out),
            *self.facts,
            str(self.held),
        ]


def bounded_exp(value: float) -> float:
    """The exponential; infinite where no number holds it, as the end of an interval with one degree of freedom may be."""
    return exp(value) if value < 700 else inf


def left_out_line(left_out: tuple[LeftOut, ...]) -> str:
    """How many schools are not in it, by reason."""
    if not left_out:
        return "No randomised school left out"
    reasons = [each.reason for each in left_out]
    counted = "; ".join(f"{reasons.count(reason)} {reason}" for reason in dict.fromkeys(reasons))
    return f"{len(left_out)} randomised schools left out: {counted}"


@dataclass(frozen=True)
class Found:
    """The number that an analysis found: log ratio, standard error and degrees of freedom, under its simulated name."""

    analysis: str
    log_ratio: float
    standard_error: float
    df: float | None
    estimand: Estimand | str = "participant"
    label: Label = "intention to treat"
    facts: tuple[str, ...] = ()
    measure: str = "Rate ratio"


def estimate_of(table: TrialTable, found: Found, *, level: float = 0.95) -> TrialEstimate:
    """A finding together with what was in the table that it came from."""
    if found.df is not None and found.df < 1:
        raise NotEstimable(
            f"{table.outcome}: no degrees of freedom are left: {len(table.names)} schools and too many "
            f"authorities and covariates."
        )
    arm = table.arm_of_school
    estimand = {str(name): words for name, words in ESTIMANDS.items()}.get(found.estimand, found.estimand)
    return TrialEstimate(
        outcome=table.outcome,
        analysis=found.analysis,
        label=found.label,
        estimand=estimand,
        log_ratio=found.log_ratio,
        standard_error=found.standard_error,
        df=found.df,
        level=level,
        schools_with=int(arm.sum()),
        schools_without=int((~arm).sum()),
        authorities=len(table.authority_names),
        rows=len(table.count),
        events=float(table.count.sum()),
        exposure=float(table.exposure.sum()),
        unit=table.unit,
        left_out=table.left_out,
        held=known_level(found.analysis, len(arm)),
        measure=found.measure,
        facts=found.facts,
    )


def known_level(analysis: str, schools: int) -> HeldLevel:
    """The simulated level; where the analysis was not simulated, a level that says so."""
    if analysis in simulated_analyses():
        return held_level(analysis, schools)
    return HeldLevel(analysis, schools, None, None, None, (), 0)
