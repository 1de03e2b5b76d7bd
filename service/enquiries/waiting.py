"""How long enquiries have waited, in days on which their school was open."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from service.diary.school_days import open_days_of
from service.enquiries.models import Enquiry, State

LONG = 3  # school days after which a manager is told, unless asked for another number
MOST_WAITING = 500


def school_days_waited(enquiries: Iterable[Enquiry]) -> dict[int, int]:
    """For each enquiry, by primary key: the days since it was asked on which its school was open, without the day itself.

    Where the authority has entered no term dates, every weekday counts. The questions to the database do not grow with the
    number of enquiries, only with that of authorities.
    """
    asked = {enquiry.pk: (enquiry.school, timezone.localdate(enquiry.waiting_since)) for enquiry in enquiries}
    if not asked:
        return {}
    first, today = min(day for _, day in asked.values()), timezone.localdate()
    opened = open_days_of([school for school, _ in asked.values()], first=first, last=today, without_terms=True)
    return {pk: sum(day > since for day in opened[school.pk]) for pk, (school, since) in asked.items()}


def waiting_longer(user: Any, *, days: int = LONG) -> list[tuple[Enquiry, int]]:
    """The enquiries that wait for an answer of this person's schools beyond a number of school days, the longest first."""
    rows = Enquiry.objects.visible_to(user).filter(state=State.WAITING).select_related("school__authority", "asked_by")
    waiting = list(rows.order_by("waiting_since", "pk")[:MOST_WAITING])
    waited = school_days_waited(waiting)
    return [(enquiry, waited[enquiry.pk]) for enquiry in waiting if waited[enquiry.pk] > days]


def age_in_words(days: int) -> str:
    """A number of school days as people say it."""
    return {0: "since today", 1: "1 school day"}.get(days, f"{days} school days")
