"""Planning, moving and cancelling a review; who is asked to it."""

from __future__ import annotations

import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from service.accounts.models import User
from service.audit.models import Action
from service.audit.record import record
from service.permissions import Permission, holds, require
from service.reviews.actions.checks import lock_planned, said, said_why
from service.reviews.models import Attendee, AttendeeRole, Kind, Review, State
from service.schools.models import School
from service.schools.open_days import HalfTerm, half_term_of, half_terms_of

LONGEST_NAME = 100
A_YEAR = datetime.timedelta(days=366)


@transaction.atomic
def plan_review(
    *,
    by: User,
    school: School,
    day: datetime.date,
    kind: Kind | str = Kind.HALF_TERMLY,
    chair: User | None = None,
    half_term: HalfTerm | None = None,
    place: str = "",
) -> Review:
    """Plan a half-termly review, or a Team Around the School meeting.

    A half-termly review is chaired by a manager and belongs to the half-term in which its day lies, or to the one that is given;
    there is one for each. Without `chair`, who plans takes the chair. A form that was sent twice gives back what it planned.
    Raises `PermissionDenied`, or `ValidationError` that names the fields.
    """
    require(by, Permission.PLAN_REVIEW, school=school)
    if kind not in Kind.values:
        raise ValidationError({"kind": "Select what is planned."})
    School.objects.select_for_update(of=("self",), no_key=True).get(pk=school.pk)  # one plan at a time for a school
    _check_day(day)
    half = _half_term(school, day, half_term) if kind == Kind.HALF_TERMLY else None
    facts = {
        "school": school,
        "kind": kind,
        "school_year": half.school_year if half else "",
        "half_term": half.number if half else None,
        "day": day,
        "place": _place(place),
        "chair": _chair(chair or by, school, kind),
        "planned_by": by,
    }
    if held := Review.objects.filter(state=State.PLANNED, **facts).first():
        return held  # the same form, sent twice
    _check_none_is_planned(school, half)
    review: Review = Review.objects.create(**facts)
    record(Action.CREATE, by=by, subject=review, details={"kind": str(kind), "day": day.isoformat()})
    return review


@transaction.atomic
def move_review(*, by: User, review: Review, day: datetime.date, chair: User, reason: str, place: str = "") -> Review:
    """Move a planned review to another day or place, or give it another chair. It stays that of its half-term."""
    require(by, Permission.PLAN_REVIEW, school=review.school)
    held = lock_planned(review)
    why = said_why(reason)
    before = held.day
    if day != before:
        _check_day(day)
        _check_half_term_has_begun(held, day)
    held.day, held.place, held.chair = day, _place(place), _chair(chair, held.school, held.kind)
    held.save(update_fields=["day", "place", "chair"])
    record(
        Action.CHANGE,
        by=by,
        subject=held,
        details={"day": day.isoformat(), "before": before.isoformat(), "chair": str(chair.public_id)},
        reason=why,
    )
    return held


@transaction.atomic
def cancel_review(*, by: User, review: Review, reason: str) -> Review:
    """Cancel a planned review, with a reason that the school reads. Another one can then be planned for its half-term."""
    require(by, Permission.PLAN_REVIEW, school=review.school)
    held = lock_planned(review)
    if held.actions.exists():
        raise ValidationError("Actions were agreed at this review. Close it instead.")
    held.state, held.cancelled_reason = State.CANCELLED, said_why(reason)
    held.save(update_fields=["state", "cancelled_reason"])
    record(Action.CHANGE, by=by, subject=held, details={"cancelled": True}, reason=held.cancelled_reason)
    return held


@transaction.atomic
def ask_attendee(*, by: User, review: Review, role: AttendeeRole | str, name: str) -> Attendee:
    """Note that a member of staff is asked to a review. The school may do so too."""
    require(by, Permission.PREPARE_REVIEW, school=review.school)
    held = lock_planned(review)
    if role not in AttendeeRole.values:
        raise ValidationError({"role": "Select who it is."})
    who = said(name, field="name", message="Enter the name.", longest=LONGEST_NAME)
    attendee, made = Attendee.objects.get_or_create(review=held, role=role, name=who)
    if made:
        record(Action.CREATE, by=by, subject=attendee, details={"role": str(role)})
    return attendee


@transaction.atomic
def take_off_attendee(*, by: User, attendee: Attendee) -> None:
    """Take somebody off the list of a planned review. The audit keeps that they stood there."""
    require(by, Permission.PREPARE_REVIEW, school=attendee.review.school)
    lock_planned(attendee.review)
    record(Action.CHANGE, by=by, subject=attendee, details={"taken_off": True, "role": attendee.role})
    attendee.delete()


def _half_term(school: School, day: datetime.date, wanted: HalfTerm | None) -> HalfTerm:
    half = wanted or half_term_of(school.authority, day)
    if half is None or half not in half_terms_of(school.authority):
        raise ValidationError({"day": "The day must lie in a half-term whose dates the authority has entered."})
    _check_begun(half, day)
    return half


def _check_half_term_has_begun(review: Review, day: datetime.date) -> None:
    wanted = (review.school_year, review.half_term)
    for half in half_terms_of(review.school.authority):
        if review.is_half_termly and (half.school_year, half.number) == wanted:
            _check_begun(half, day)


def _check_begun(half: HalfTerm, day: datetime.date) -> None:
    if day < half.starts:
        raise ValidationError(
            {"day": f"The day must not lie before the half-term, which begins on {half.starts:%d/%m/%Y}."}
        )


def _check_day(day: datetime.date) -> None:
    """Refuse a day that is more than a year away: a slip of the pen, by which a half-term would stay without its review."""
    if abs(day - timezone.localdate()) > A_YEAR:
        raise ValidationError({"day": "The day must lie within a year from today."})


def _check_none_is_planned(school: School, half: HalfTerm | None) -> None:
    if half is None:
        return
    held = Review.objects.filter(
        school=school, school_year=half.school_year, half_term=half.number, kind=Kind.HALF_TERMLY
    ).exclude(state=State.CANCELLED)
    if held.exists():
        raise ValidationError(f"{school} has a review for {half} already. Move that one, or choose another half-term.")


def _chair(chair: User, school: School, kind: str) -> User:
    permission = Permission.CHAIR_REVIEW if kind == Kind.HALF_TERMLY else Permission.PLAN_REVIEW
    if not holds(chair, permission, school=school):
        who = "a team manager of the school’s authority" if kind == Kind.HALF_TERMLY else "somebody of the team"
        raise ValidationError({"chair": f"Select {who} to take the chair."})
    return chair


def _place(place: str) -> str:
    if len(place.strip()) > 60:
        raise ValidationError({"place": "Use at most 60 characters."})
    return place.strip()
