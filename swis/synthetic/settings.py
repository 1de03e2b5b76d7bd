"""What a synthetic authority is made from: its size, its rates, what is planted, and what is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Literal, TypeAlias, get_args

from swis.errors import SettingError
from swis.synthetic.outcomes import (
    ASSESSMENTS,
    CONFERENCES,
    ENQUIRIES,
    ENTRIES,
    FOLLOWS,
    FROM_SCHOOL,
    NO_FURTHER_ACTION,
    PERMANENT_EXCLUSIONS,
    PLANS,
    PLANTABLE,
    REFERRALS,
)
from swis.synthetic.rates import Rates
from swis.tables.nearest import did_you_mean
from swis.terms import THREE_TERMS

Unit: TypeAlias = Literal["school", "cluster"]
ChosenBy: TypeAlias = Literal["chance", "need"]

_MOST_CHILDREN = 20_000_000
_MOST_IN_SCHOOL = 5_000
_LAST_YEAR = 2090
_LARGEST_RATIO = 5.0
_LAST_CODE, _FIRST_URN, _URNS_OF_ONE, _MOST_AUTHORITIES = 999, 900_001, 2_000, 40


@dataclass(frozen=True)
class Settings:
    """What an authority is made from.

    `schools` with on average `pupils` each, one in five of them secondary, over `years` academic years from `first_year`. `k` is
    the coefficient of variation of true rates between schools, `between_terms` that of a school's rate from term to term,
    `trend` the standard deviation of schools' slopes on the log scale for a year, `season` the weights of autumn, spring, summer.
    `rate_ratios` are planted from the term `start` on in the schools (or clusters) that have a social worker: a share of them
    (`intervention_share`), chosen by chance, or by need: those with the most section 47 enquiries for a pupil in the three terms
    before. `academies` schools change their number during the study. Authorities of another `number` have other codes, schools
    and pupils, so that several make one programme. Raises SettingError for what cannot be.
    """

    schools: int = 40
    years: int = 4
    pupils: int = 300
    first_year: int = 2017
    intervention_share: float = 0.5
    unit: Unit = "school"
    chosen_by: ChosenBy = "chance"
    start: str = ""
    rate_ratios: Mapping[str, float] = field(default_factory=dict)
    k: float = 0.3
    between_terms: float = 0.2
    trend: float = 0.0
    season: tuple[float, float, float] = (1.05, 1.0, 0.95)
    academies: int | None = None
    number: int = 1
    rates: Rates = field(default_factory=Rates)

    def __post_init__(self) -> None:
        _check_size(self)
        _check_choices(self)
        _check_ratios(self)

    @property
    def authority_code(self) -> str:
        """The three digits of the authority, which no authority of England has."""
        return str(_LAST_CODE + 1 - self.number)

    @property
    def authority_name(self) -> str:
        """Its name in the register."""
        return "Synthshire" if self.number == 1 else f"Synthshire {self.number}"

    @property
    def first_urn(self) -> int:
        """The number of its first school."""
        return _FIRST_URN + (self.number - 1) * _URNS_OF_ONE

    @property
    def academies_made(self) -> int:
        """How many schools change their number: one in twenty unless it is said."""
        return self.schools // 20 if self.academies is None else self.academies

    @property
    def terms(self) -> tuple[str, ...]:
        """The names of the terms of the study in their order."""
        years = range(self.first_year, self.first_year + self.years)
        return tuple(f"{part} {year + (part != 'autumn')}" for year in years for part in THREE_TERMS)

    @property
    def first_term_after(self) -> str:
        """The first term in which there is an effect: as set, else the autumn of the middle (of one year, its spring)."""
        if self.start:
            return self.start
        return self.terms[1] if self.years == 1 else f"autumn {self.first_year + (self.years + 1) // 2}"

    def ratio_of(self, outcome: str) -> float:
        """The planted ratio of an outcome: as set, else that of the outcome which it follows from, else 1."""
        if outcome in self.rate_ratios:
            return self.rate_ratios[outcome]
        return self.ratio_of(FOLLOWS[outcome]) if outcome in FOLLOWS else 1.0


def _check_size(settings: Settings) -> None:
    rules = (
        ("schools", settings.schools, 2, 30_000),
        ("years", settings.years, 1, 30),
        ("pupils", settings.pupils, 10, _MOST_IN_SCHOOL),
        ("first_year", settings.first_year, 1990, _LAST_YEAR - settings.years),
        ("academies", settings.academies_made, 0, settings.schools),
        ("number", settings.number, 1, _MOST_AUTHORITIES),
    )
    for name, value, least, most in rules:
        if not least <= value <= most:
            raise SettingError(f"{name} is {value:,}; it must lie between {least:,} and {most:,}.")
    if settings.number > 1 and 2 * settings.schools > _URNS_OF_ONE:
        raise SettingError(f"One of several authorities can have {_URNS_OF_ONE // 2:,} schools at most.")
    if settings.schools * settings.pupils > _MOST_CHILDREN:
        raise SettingError(f"That is more than {_MOST_CHILDREN:,} pupils. Ask for fewer schools or smaller ones.")


def _check_choices(settings: Settings) -> None:
    for name, value, kind in (("unit", settings.unit, Unit), ("chosen_by", settings.chosen_by, ChosenBy)):
        if value not in get_args(kind):
            raise SettingError(f"{name} is {value!r}; choose from: {', '.join(get_args(kind))}.")
    if settings.first_term_after not in settings.terms[1:]:
        raise SettingError(
            f"{settings.first_term_after!r} cannot be the first term after; choose from: {', '.join(settings.terms[1:])}."
        )
    if not 0 <= settings.intervention_share <= 1:
        raise SettingError("intervention_share must lie between 0 and 1.")
    for name, most in (("k", 2.0), ("between_terms", 2.0), ("trend", 1.0)):
        value = getattr(settings, name)
        if not (isfinite(value) and 0 <= value <= most):
            raise SettingError(f"{name} is {value}; it must lie between 0 and {most:g}.")
    if len(settings.season) != len(THREE_TERMS) or not all(isfinite(w) and w > 0 for w in settings.season):
        raise SettingError("season needs three weights above 0, for autumn, spring and summer.")


def _check_ratios(settings: Settings) -> None:
    for outcome, ratio in settings.rate_ratios.items():
        if outcome not in PLANTABLE:
            raise SettingError(
                f"No ratio can be planted for {outcome!r}; choose from: {', '.join(PLANTABLE)}."
                f"{did_you_mean(outcome, PLANTABLE)}"
            )
        if not (isfinite(ratio) and 0 < ratio <= _LARGEST_RATIO):
            raise SettingError(f"{outcome}: the ratio is {ratio}; it must be above 0 and at most {_LARGEST_RATIO:g}.")
    _check_shares(settings)


def _check_shares(settings: Settings) -> None:
    """No planted ratio may ask for a share above one of what goes before, not even of a child who changes schools between."""
    rates = settings.rates
    later = {
        ENQUIRIES: rates.enquiries_per_assessment,
        CONFERENCES: rates.conferences_per_enquiry,
        ENTRIES: rates.entries_per_assessment,
    }
    for outcome, share in later.items():
        before = settings.ratio_of(FOLLOWS[outcome])
        _refuse_above_one(outcome, share * max(1.0, settings.ratio_of(outcome)) / min(1.0, before))
    of_referral = settings.ratio_of(REFERRALS)
    decided = rates.share_no_further_action * settings.ratio_of(NO_FURTHER_ACTION)
    decided += rates.assessments_per_referral * settings.ratio_of(ASSESSMENTS)
    _refuse_above_one(
        ASSESSMENTS, max(decided / of_referral, rates.share_no_further_action + rates.assessments_per_referral)
    )
    _refuse_above_one(PLANS, rates.plans_per_conference * settings.ratio_of(PLANS) / settings.ratio_of(CONFERENCES))
    _refuse_above_one(FROM_SCHOOL, 2 * rates.share_from_school * settings.ratio_of(FROM_SCHOOL) / of_referral)
    for phase in ("primary", "secondary"):
        share = getattr(rates, f"permanent_exclusions_{phase}") / rates.moves
        _refuse_above_one(PERMANENT_EXCLUSIONS, share * settings.ratio_of(PERMANENT_EXCLUSIONS))


def _refuse_above_one(outcome: str, share: float) -> None:
    if share > 1 + 1e-12:
        raise SettingError(
            f"{outcome}: {share:.0%} of what they follow from would have to lead to one. Plant another ratio there too, or "
            "choose one nearer to 1."
        )
