"""Which schools lack a review of this half-term, and what waits for a person in reviews."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils.timezone import localdate

from service.accounts.models import User
from service.permissions import Permission, holds
from service.programmes.models import Placement
from service.programmes.waiting import Waiting
from service.reviews.models import ActionState, KeptForm, Kind, Review, ReviewAction, State
from service.schools.models import Authority, School
from service.schools.open_days import HalfTerm, half_term_of

MOST = 5  # of a kind; the page behind it has them all
CLOSING = timedelta(days=14)  # the last two weeks of a half-term
TO_COME = timedelta(days=14)


@dataclass(frozen=True)
class SchoolDue:
    """A school that had a worker in a half-term, and its review of it: None when none is planned."""

    school: School
    half: HalfTerm
    review: Review | None
    last: date | None  # the day of the last closed review

    @property
    def is_missing(self) -> bool:
        return self.review is None

    def is_late_on(self, today: date) -> bool:
        """Not planned near the end of the half-term, or planned, past and not closed."""
        if self.review is None:
            return today > self.half.ends - CLOSING
        return self.review.is_planned and self.review.day < today


def schools_due(user: Any, *, today: date) -> list[SchoolDue]:
    """The schools of this person with a worker in the half-term, each with its review: those that lack one first.

    A school counts when a placement holds on any day of the half-term up to today; one that has not had a worker needs no
    review. In the holidays it is the half-term before. The questions to the database grow with the number of authorities alone.
    """
    found: list[SchoolDue] = []
    for authority in Authority.objects.filter(pk__in=_schools(user).values("authority")).order_by("name"):
        half = half_term_of(authority, today)
        if half is not None:
            found += _of_authority(user, authority, half, today)
    return sorted(found, key=lambda each: (not each.is_missing, not each.is_late_on(today), each.school.name))


def waiting_for(user: User, today: date) -> list[Waiting]:
    """What waits in reviews: what a person did not send, is to prepare, close or plan, and actions of theirs that are due."""
    return [*_not_sent(user), *_to_prepare(user, today), *_to_plan(user, today), *_own_actions(user, today)]


def _not_sent(user: User) -> Iterator[Waiting]:
    for kept in KeptForm.objects.visible_to(user)[:MOST]:
        day = localdate(kept.kept_at)
        yield Waiting(
            "What you wrote was not sent",
            "Reviews",
            day,
            f"{reverse('review-kept')}?kept={kept.public_id}",
            late=False,
        )


def _schools(user: Any) -> Any:
    return School.objects.visible_to(user, Permission.VIEW_REVIEW)


def _of_authority(user: Any, authority: Authority, half: HalfTerm, today: date) -> Iterator[SchoolDue]:
    last_day = min(half.ends, max(today, half.starts))
    placed = Placement.objects.within_days(half.starts, last_day).values("school")
    schools = list(_schools(user).filter(authority=authority, pk__in=placed).select_related("authority"))
    reviews = (
        Review.objects.visible_to(user).filter(school__in=schools, kind=Kind.HALF_TERMLY).exclude(state=State.CANCELLED)
    )
    this = {each.school_id: each for each in reviews.filter(school_year=half.school_year, half_term=half.number)}
    closed = reviews.filter(state=State.CLOSED).order_by("day").values_list("school", "day")
    last = dict(closed)
    return (SchoolDue(school, half, this.get(school.pk), last.get(school.pk)) for school in schools)


def _to_prepare(user: User, today: date) -> Iterator[Waiting]:
    if not holds(user, Permission.PREPARE_REVIEW):
        return
    planned = Review.objects.visible_to(user).filter(state=State.PLANNED, day__lte=today + TO_COME)
    for review in planned.select_related("school", "chair").order_by("day", "pk")[:MOST]:
        if review.day >= today:
            what, late = f"Prepare: {review}", False
        elif review.chair_id == user.pk:
            what, late = f"Close: {review}", True
        else:
            continue
        url = reverse("review", kwargs={"public_id": review.public_id})
        yield Waiting(what, str(review.school), review.day, url, late=late)


def _to_plan(user: User, today: date) -> Iterator[Waiting]:
    if not holds(user, Permission.PLAN_REVIEW):
        return
    missing = [each for each in schools_due(user, today=today) if each.is_missing]
    for each in missing[:MOST]:
        url = f"{reverse('review-plan')}?school={each.school.public_id}"
        yield Waiting(
            "Plan the review of this half-term", str(each.school), each.half.ends, url, late=each.is_late_on(today)
        )


def _own_actions(user: User, today: date) -> Iterator[Waiting]:
    if not holds(user, Permission.VIEW_REVIEW):
        return
    own = ReviewAction.objects.visible_to(user).filter(owner=user, state=ActionState.OPEN, due__lte=today + TO_COME)
    for action in own.select_related("school").order_by("due", "pk")[:MOST]:
        url = reverse("review-action", kwargs={"public_id": action.public_id})
        yield Waiting("Action of a review", str(action.school), action.due, url, late=action.is_late_on(today))
