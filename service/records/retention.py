"""The retention schedule: what the authority decided, or what is suggested until it does; and the days that follow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Max
from django.utils import timezone

from service.programmes.models import Placement
from service.records.models import Category, RetentionRule, Trigger
from service.schools.models import Authority

TRIGGERS: dict[Category, tuple[Trigger, ...]] = {
    Category.CONTACTS: (Trigger.LAST_CONTACT, Trigger.CLOSURE),
    Category.CHILDREN: (Trigger.CLOSURE, Trigger.LAST_CONTACT),
    Category.ENQUIRIES: (Trigger.SCHOOL_YEAR, Trigger.PROGRAMME),
    Category.SESSIONS: (Trigger.SCHOOL_YEAR, Trigger.PROGRAMME),
    Category.REVIEWS: (Trigger.SCHOOL_YEAR, Trigger.PROGRAMME),
    Category.PROGRAMME: (Trigger.PROGRAMME,),
    Category.EVIDENCE: (Trigger.PROGRAMME,),
}


@dataclass(frozen=True)
class Suggestion:
    """What the service suggests until an authority decides. Periods differ between authorities, and none of these is law."""

    trigger: Trigger
    years: int
    reason: str


_WITH_THE_CASE = (
    "A copy of work that the case system records: to be confirmed by the authority against its own schedule."
)
_OF_THE_PROGRAMME = "Long enough for claims and questions about the programme: to be confirmed by the authority."
SUGGESTIONS: dict[Category, Suggestion] = {
    Category.CONTACTS: Suggestion(Trigger.LAST_CONTACT, 6, _WITH_THE_CASE),
    Category.CHILDREN: Suggestion(Trigger.CLOSURE, 6, _WITH_THE_CASE),
    Category.ENQUIRIES: Suggestion(Trigger.SCHOOL_YEAR, 3, _OF_THE_PROGRAMME),
    Category.SESSIONS: Suggestion(Trigger.SCHOOL_YEAR, 3, _OF_THE_PROGRAMME),
    Category.REVIEWS: Suggestion(Trigger.SCHOOL_YEAR, 6, _WITH_THE_CASE),
    Category.PROGRAMME: Suggestion(Trigger.PROGRAMME, 6, _OF_THE_PROGRAMME),
    Category.EVIDENCE: Suggestion(
        Trigger.PROGRAMME,
        10,
        "So that the findings can be checked: to be confirmed by the authority and the evaluator.",
    ),
}


def rules_of(authority: Authority) -> dict[Category, RetentionRule]:
    """The rules that stand, by category. A category without one is not disposed of."""
    rules = RetentionRule.objects.filter(authority=authority, superseded_at=None).select_related("set_by")
    return {Category(rule.category): rule for rule in rules}


def latest_day(rule: RetentionRule, today: date) -> date | None:
    """The latest day from which a row is due today: of what happened, or of the last contact or closure.

    None where nothing is due whatever its day: the programme has not ended, or not long enough ago.
    """
    reached = years_before(today, rule.years)
    if rule.trigger == Trigger.SCHOOL_YEAR:
        return end_of_school_year_by(reached)
    if rule.trigger == Trigger.PROGRAMME:
        end = programme_ended_on(rule.authority, today)
        return end if end is not None and end <= reached else None
    return reached


def end_of_school_year_by(day: date) -> date:
    """The last 31 August on or before a day."""
    end = date(day.year, 8, 31)
    return end if end <= day else date(day.year - 1, 8, 31)


def programme_ended_on(authority: Authority, today: date | None = None) -> date | None:
    """The last day of the last placement; None while one goes on, is still to end, or there was none."""
    placements = Placement._base_manager.filter(school__authority=authority)
    if placements.filter(ends=None).exists():
        return None
    last: date | None = placements.aggregate(last=Max("ends"))["last"]
    return last if last is not None and last < (today or timezone.localdate()) else None


def years_before(day: date, years: int) -> date:
    """The same day, years before; of 29 February the day before it where there was none."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return (day - timedelta(days=1)).replace(year=day.year - years)
