"""The protocol of a study, as read from study.toml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, TypeAlias

from swis.costs.claim import MoneySettings
from swis.study.finding import Severity
from swis.tables.printed import Printed

Arm: TypeAlias = Literal["intervention", "comparison"]


@dataclass(frozen=True)
class Terms:
    """The terms in their order, which of them is the reference, and which lie after the start."""

    order: tuple[str, ...]
    reference: str
    after: tuple[str, ...]
    starts: Mapping[str, str]
    """The month in which a term begins, as "2019-09"; may lack."""
    days: Mapping[str, int]
    """The length of a term in days; may lack."""


@dataclass(frozen=True)
class School:
    """A school of the study and its arm; `printed_as` are the labels that the tables have for it."""

    id: str
    arm: Arm
    phase: str
    cluster: str | None
    stratum: str | None
    printed_as: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """An outcome: what is counted, how its rate is shown, and what was published of it."""

    code: str
    name: str
    kind: Literal["events", "days"]
    per: int
    primary: bool
    schools: tuple[str, ...] | None
    constant_school: str | None
    published_claim: Literal["significant", "not significant"] | None
    unit_of_count: Decimal


@dataclass(frozen=True)
class Correction:
    """A printed value that is replaced. The printed value stays in the table; both are shown."""

    outcome: str
    school: str
    term: str | None
    field: Literal["count", "arm"]
    printed: str | int
    corrected: str | int
    kind: Literal["forced by the table", "inferred"]
    reason: str

    def __str__(self) -> str:
        term = f", {self.term}" if self.term else ""
        return (
            f"{self.outcome}, {self.school}{term}: {self.field} {self.printed} replaced by {self.corrected} "
            f"({self.kind}): {self.reason}"
        )


@dataclass(frozen=True)
class Programme:
    """The size of the programme; None where it was not published."""

    schools: int | None
    workers: int | None
    pupils: int | None
    clusters: int | None


@dataclass(frozen=True)
class PublishedCost:
    """A sum that the source prints, to check ours against."""

    what: Literal["staffing", "ancillary", "total"]
    printed: Printed
    source: str


@dataclass(frozen=True)
class AnalysisOptions:
    """The options of the analysis, all with a default."""

    seed: int
    worthwhile_rate_ratio: float
    permutation_unit: Literal["school", "cluster"]
    strata: Literal["none", "phase", "stratum"]


@dataclass(frozen=True)
class Note:
    """Something about the source that no check can see, declared by a person."""

    what: str
    what_to_do: str
    outcome: str
    severity: Severity


@dataclass(frozen=True)
class Literature:
    """A result from elsewhere, as printed. It stands beside ours and enters nothing."""

    what: str
    outcome: str
    rate_ratio: Printed
    ci_low: Printed
    ci_high: Printed
    schools: int | None
    source: str


@dataclass(frozen=True)
class Protocol:
    """All that study.toml says."""

    title: str
    authority: str
    launched: str
    comparison: Literal["matched comparison", "randomised"]
    summary: str
    source: str
    terms: Terms
    schools: tuple[School, ...]
    outcomes: tuple[Outcome, ...]
    corrections: tuple[Correction, ...]
    programme: Programme
    money: MoneySettings | None
    published_costs: tuple[PublishedCost, ...]
    analysis: AnalysisOptions
    notes: tuple[Note, ...]
    literature: tuple[Literature, ...]

    def school(self, school: str) -> School:
        """The school of that ID."""
        return next(one for one in self.schools if one.id == school)

    def outcome(self, code: str) -> Outcome:
        """The outcome of that code."""
        return next(one for one in self.outcomes if one.code == code)
