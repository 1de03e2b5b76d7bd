"""The protocol of a cluster randomised trial, as read from trial.toml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, TypeAlias

from swis.costs.claim import MoneySettings
from swis.estimate.trial.model import Estimand
from swis.estimate.trial.robust import Variance
from swis.study.protocol import Literature, Note, Programme

OutcomeKind: TypeAlias = Literal["events", "days", "sessions", "scores"]
ChangeKind: TypeAlias = Literal["closed", "merged", "new_urn", "withdrew"]
Covariate: TypeAlias = Literal["baseline", "pupils", "free_school_meals"]
Multiplicity: TypeAlias = Literal["holm", "romano-wolf"]

DAYS_IN_YEAR = 365


@dataclass(frozen=True)
class FollowUp:
    """A follow-up by its name and the terms that are added up in it."""

    name: str
    terms: tuple[str, ...]


@dataclass(frozen=True)
class TrialTerms:
    """The terms in their order, those before the draw, and those of each follow-up."""

    order: tuple[str, ...]
    baseline: tuple[str, ...]
    follow_ups: tuple[FollowUp, ...]
    starts: Mapping[str, str]
    """The month in which a term begins, as "2020-09"; may lack."""
    days: Mapping[str, int]
    """The length of a term in days, holidays that belong to it included; may lack."""
    terms_in_year: int

    @property
    def follow_up(self) -> tuple[str, ...]:
        """Every term of every follow-up, in the order of the follow-ups."""
        return tuple(term for follow_up in self.follow_ups for term in follow_up.terms)

    def years(self, term: str) -> float:
        """The length of a term in years: its days over 365, or its equal part of a year where days are not given."""
        days = self.days.get(term)
        return 1 / self.terms_in_year if days is None else days / DAYS_IN_YEAR


@dataclass(frozen=True)
class TrialOutcome:
    """An outcome of the trial. `possible` is the code under which the sessions possible are, for the kind `sessions`."""

    code: str
    name: str
    kind: OutcomeKind
    per: int
    unit_of_count: Decimal
    possible: str | None
    primary: bool


@dataclass(frozen=True)
class Subgroup:
    """A subgroup that was named before the draw: the column of trial_schools.csv that says who is in which."""

    name: str
    column: str


@dataclass(frozen=True)
class DeclaredChange:
    """What became of a school after the draw. `into` is its new number or the school that it merged into."""

    school: str
    kind: ChangeKind
    reason: str
    into: str | None
    merged_arm_is_that_of: str | None
    on: str | None
    """The month, as "2021-03"; may lack."""

    def __str__(self) -> str:
        what = {"closed": "closed", "merged": "merged", "new_urn": "was given a new number", "withdrew": "withdrew"}
        into = f" ({self.into})" if self.kind == "new_urn" else f" into {self.into}" if self.into else ""
        return f"{self.school} {what[self.kind]}{into}: {self.reason}"


@dataclass(frozen=True)
class TrialOptions:
    """The options of the analysis, all with a default.

    `main_follow_up` is the follow-up that the planned analysis is of; None: all of them added up. `looks` are shares of
    information, the last of them 1; `look` is the one that this is, from 1.
    """

    seed: int
    variance: Variance
    estimand: Estimand
    covariates: tuple[Covariate, ...]
    draws: int
    worthwhile_rate_ratio: float
    worthwhile_effect_size: float
    multiplicity: Multiplicity
    looks: tuple[float, ...]
    look: int | None
    main_follow_up: str | None


@dataclass(frozen=True)
class Tidier:
    """The twelve items that describe an intervention (Hoffmann and others 2014, BMJ 348, g1687); None where not told."""

    brief_name: str | None
    why: str | None
    materials: str | None
    procedures: str | None
    provider: str | None
    how: str | None
    where: str | None
    when_and_how_much: str | None
    tailoring: str | None
    modifications: str | None
    how_well_planned: str | None
    how_well_actual: str | None


@dataclass(frozen=True)
class Consort:
    """Items of CONSORT for cluster trials that no other part of the folder tells; None where not told.

    Campbell, Piaggio, Elbourne and Altman 2012, BMJ 345, e5661: items 7a, 10a, 10c, 14b and 25.
    """

    sample_size: str | None = None
    who_drew: str | None = None
    consent: str | None = None
    why_ended: str | None = None
    funding: str | None = None


@dataclass(frozen=True)
class TrialMoney:
    """How the money of a trial is weighed. Prices of `price_year`: "2019", or "2019-20" for a financial year.

    `worths` are what one of the primary outcome averted could be worth. `schools_affected` a year for `horizon_years` are those
    that the decision is about, `rollout` the schools in each year of a budget. `claims` says how claims become a cost; None
    where no period of claims is named.
    """

    price_year: str
    worths: tuple[float, ...]
    discount_rate: float
    horizon_years: int
    draws: int
    synthetic: bool = False
    """Whether the costs are made up."""
    perspective: str | None = None
    source: str | None = None
    schools_affected: int | None = None
    rollout: tuple[int, ...] = ()
    claims: MoneySettings | None = None


@dataclass(frozen=True)
class DeclaredPilots:
    """The folders of the pilots that came before, and the trial that they are held against."""

    folders: tuple[str, ...]
    trial: Literal["this", "published"]


@dataclass(frozen=True)
class TrialProtocol:
    """All that trial.toml says."""

    title: str
    authorities: tuple[str, ...]
    launched: str
    primary: str
    certificate: str | None
    registration: str
    summary: str
    source: str
    terms: TrialTerms
    outcomes: tuple[TrialOutcome, ...]
    options: TrialOptions
    subgroups: tuple[Subgroup, ...]
    changes: tuple[DeclaredChange, ...]
    tidier: Tidier
    consort: Consort
    programme: Programme
    money: TrialMoney | None
    pilots: DeclaredPilots | None
    notes: tuple[Note, ...]
    literature: tuple[Literature, ...]

    def outcome(self, code: str) -> TrialOutcome:
        """The outcome of that code."""
        return next(one for one in self.outcomes if one.code == code)
