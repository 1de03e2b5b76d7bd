"""What a review looks back on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from service.reviews.models import Review, State
from service.schools.open_days import half_term_of, half_terms_of

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """From the day after the last meeting of the kind, to the day of this one."""

    first: date
    last: date

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """The beginning of the first day, and of the day after the last."""
        first, after = (timezone.make_aware(datetime.combine(day, time())) for day in (self.first, self.last + DAY))
        return first, after


def period_of(review: Review, *, today: date) -> Period:
    """What a review looks back on: from the day after the last closed one of its kind at the school.

    The first one looks back to the beginning of its half-term. It ends on the day of the review, or today if that is earlier.
    """
    last = min(review.day, today)
    before = Review.objects.filter(school=review.school_id, kind=review.kind, state=State.CLOSED, day__lt=review.day)
    previous = before.order_by("-day").values_list("day", flat=True).first()
    first = previous + DAY if previous else _begins(review)
    return Period(min(first, last), last)


def _begins(review: Review) -> date:
    authority = review.school.authority
    if review.is_half_termly:
        wanted = (review.school_year, review.half_term)
        halves = [half for half in half_terms_of(authority) if (half.school_year, half.number) == wanted]
        return halves[0].starts if halves else review.day
    half = half_term_of(authority, review.day)
    return half.starts if half else review.day
