"""Closing a review with what was agreed, and amending what was recorded."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from service.accounts.models import User
from service.audit.models import Action
from service.audit.record import record
from service.diary.models import SessionKind, SessionRecord
from service.pages.typed import without_nul
from service.permissions import Permission, require
from service.practice.actions.contact_details import ContactDetails
from service.practice.actions.contacts import record_contact
from service.practice.models import Contact
from service.programmes.placements import workers_of
from service.reviews.actions.checks import lock, lock_planned, mark_of, said, said_or_nothing, said_why
from service.reviews.actions.follow_up import come_back
from service.reviews.models import Attendee, Kind, Review, ReviewRecord, State

KIND_OF_WORK = {Kind.HALF_TERMLY: "review", Kind.TEAM_AROUND_THE_SCHOOL: "meeting"}


@dataclass(frozen=True)
class Minutes:
    """What is recorded of a review: what was agreed, which the school reads, and what only the team reads."""

    agreed: str
    team_note: str = ""


@transaction.atomic
def close_review(
    *,
    by: User,
    review: Review,
    minutes: Minutes,
    came: Collection[Attendee],
    contact: ContactDetails | None = None,
    draft_seen: str | None = None,
) -> Review:
    """Close a review that was held: who came, what was agreed. It does not change from then on.

    Open actions of earlier meetings are noted as having come back. With `contact`, the meeting enters the contact log with
    codes alone, as the work of the school's worker. A manager closes a half-termly review; the team closes a Team Around the
    School meeting. A form that was sent twice closes it once. `draft_seen` is the mark of the draft that the person had before
    them: when somebody else wrote there since, closing is refused, and their words are not lost.
    Raises `PermissionDenied`, or `ValidationError` that names the fields.
    """
    require(by, closing_permission(review), school=review.school)
    if closed := _closed_by(by, lock(review), minutes, came):
        return closed
    held = lock_planned(review)
    check_draft(held, minutes, seen=draft_seen)
    if held.day > timezone.localdate():
        raise ValidationError("This review has not been held. Close it on its day or afterwards.")
    _check_attendance(held, came)
    first = _record(by, held, minutes, version=1)
    for attendee in held.attendees.all():
        attendee.came = attendee in came
        attendee.save(update_fields=["came"])
    held.contact = _contact(by, held, contact)
    held.state, held.closed_by, held.closed_at = State.CLOSED, by, timezone.now()
    held.draft_agreed = held.draft_team_note = ""
    held.save(update_fields=["state", "closed_by", "closed_at", "contact", "draft_agreed", "draft_team_note"])
    back = come_back(by=by, review=held) if held.is_half_termly else 0
    told = {"closed": True, "came_back": back, "contact": held.contact is not None, "record": str(first.public_id)}
    record(Action.CHANGE, by=by, subject=held, details=told)
    return held


@transaction.atomic
def amend_review(
    *, by: User, review: Review, minutes: Minutes, reason: str, version_seen: int | None = None
) -> ReviewRecord:
    """Replace what was recorded of a closed review, with a reason. The version before stays.

    `version_seen` is the version that the person had before them: when somebody else was quicker, the amendment is refused.
    """
    require(by, closing_permission(review), school=review.school)
    held = lock(review)
    before = held.records.filter(superseded_at=None).first()
    if held.state != State.CLOSED or before is None:
        raise ValidationError("Only a closed review is amended.")
    if version_seen is not None and before.version != version_seen:
        raise ValidationError("Somebody amended this review in the meantime. Read it again, then send yours.")
    why = said_why(reason)
    before.superseded_at = timezone.now()
    before.save(update_fields=["superseded_at"])
    after = _record(by, held, minutes, version=before.version + 1, reason=why)
    record(Action.SUPERSEDE, by=by, subject=after, details={"version": after.version}, reason=why)
    return after


def closing_permission(review: Review) -> Permission:
    """What it takes to close a review: the chair of a manager, or for Team Around the School being of the team."""
    return Permission.CHAIR_REVIEW if review.is_half_termly else Permission.PLAN_REVIEW


def contact_of(review: Review) -> ContactDetails:
    """The codes with which a review enters the contact log unless somebody chooses others; never a text."""
    return ContactDetails(
        kind_of_work=KIND_OF_WORK[Kind(review.kind)],
        raised_by="safeguarding lead",
        role="statutory" if review.is_half_termly else "preventative",
        time_band="30 to 60 minutes",
        mode="in person",
        action="joined meeting",
    )


def draft_mark(review: Review) -> str:
    """The mark of the draft of a review, by which its form tells whether somebody wrote there since."""
    return mark_of(review.draft_agreed, review.draft_team_note)


def check_draft(review: Review, minutes: Minutes, *, seen: str | None) -> None:
    """Refuse minutes of somebody who has not seen what another person wrote in the draft meanwhile."""
    typed = mark_of(without_nul(minutes.agreed).strip(), without_nul(minutes.team_note).strip())
    if seen is not None and draft_mark(review) not in {seen, typed}:
        name = review.draft_by.name if review.draft_by else "Somebody"
        raise ValidationError(
            f"{name} wrote in this form in the meantime. Both stand below now, yours after theirs: read it, then send it again.",
            code="draft",
        )


def _closed_by(by: User, held: Review, minutes: Minutes, came: Collection[Attendee]) -> Review | None:
    """The review that this very form closed before, when it was sent twice."""
    if held.state != State.CLOSED or held.closed_by_id != by.pk:
        return None
    if set(held.attendees.filter(came=True)) != set(came):
        return None
    agreed, team_note = without_nul(minutes.agreed).strip(), without_nul(minutes.team_note).strip()
    return held if held.records.filter(version=1, agreed=agreed, team_note=team_note).exists() else None


def _check_attendance(review: Review, came: Collection[Attendee]) -> None:
    if not came or any(attendee.review_id != review.pk for attendee in came):
        raise ValidationError({"came": "Tick who came."})


def _record(by: User, review: Review, minutes: Minutes, *, version: int, reason: str = "") -> ReviewRecord:
    made: ReviewRecord = ReviewRecord.objects.create(
        review=review,
        version=version,
        agreed=said(minutes.agreed, field="agreed", message="Say what was agreed."),
        team_note=said_or_nothing(minutes.team_note, field="team_note"),
        reason=reason,
        recorded_by=by,
    )
    return made


def _contact(by: User, review: Review, details: ContactDetails | None) -> Contact | None:
    """The entry in the log, by the worker who was placed in the school on the day; by who closes where there was none."""
    if details is None:
        return None
    if review.kind == Kind.TEAM_AROUND_THE_SCHOOL and _is_in_the_log(review):
        raise ValidationError(
            {"record": "The diary has put this meeting in the contact log already. Leave the tick out."}
        )
    workers = workers_of(review.school, review.day)
    worker = by if not workers or by in workers else workers[0]
    codes_only = ContactDetails(**{**details, "account": ""})
    return record_contact(by=by, school=review.school, date=review.day, worker=worker, **codes_only)


def _is_in_the_log(review: Review) -> bool:
    """Whether a session of the same kind, school and day made a contact."""
    recorded = SessionRecord.objects.filter(superseded_at=None, contact__isnull=False, session__school=review.school)
    return recorded.filter(
        session__kind=SessionKind.TEAM_AROUND_THE_SCHOOL, session__starts_at__date=review.day
    ).exists()
