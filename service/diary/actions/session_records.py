"""What came of a session: how many attended and what was done, and with it an entry in the contact log."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from service.accounts.models import User
from service.audit.models import Action
from service.audit.record import record
from service.diary.models import Audience, Done, Session, SessionKind, SessionRecord
from service.permissions import Permission, require
from service.practice.actions.contact_details import ContactDetails, band_of
from service.practice.actions.contacts import record_contact
from service.practice.models import Contact

MOST_ATTENDED = 2000
KIND_OF_WORK = {
    SessionKind.DROP_IN: "group work",
    SessionKind.GROUP: "group work",
    SessionKind.TRAINING: "training",
    SessionKind.TEAM_AROUND_THE_SCHOOL: "meeting",
}
RAISED_BY = {
    Audience.PARENTS: "parent",
    Audience.CHILDREN: "child",
    Audience.STAFF: "pastoral staff",
    Audience.PROFESSIONALS: "other professional",
}


@transaction.atomic
def record_session(
    *,
    by: User,
    session: Session,
    attended: int,
    done: Sequence[str],
    contact: ContactDetails | None = None,
    reason: str = "",
) -> SessionRecord:
    """Record how many attended a session that has begun and what was done; with `contact`, in the contact log as well.

    A session that was recorded before is corrected: that takes a reason, keeps the earlier record, and makes no second contact.
    Raises `PermissionDenied` for who may not plan there, `ValidationError` for a session to come, a cancelled one, or values that
    cannot be.
    """
    require(by, Permission.PLAN_DIARY, school=session.school)
    held = (
        Session.objects.select_for_update(of=("self",)).select_related("school__authority", "worker").get(pk=session.pk)
    )
    _check(held, attended, done)
    before = held.records.filter(superseded_at=None).first()
    if before is not None:
        _supersede(before, reason)
    row = SessionRecord.objects.create(
        session=held,
        attended=attended,
        done=list(done),
        contact=_contact(by, held, before=before, details=contact),
        recorded_by=by,
        replaces=before,
        reason=reason.strip() if before else "",
    )
    action = Action.SUPERSEDE if before else Action.CREATE
    record(
        action, by=by, subject=row, details={"done": list(done), "contact": row.contact is not None}, reason=row.reason
    )
    return row


def contact_of(session: Session) -> ContactDetails:
    """The codes with which a session enters the contact log unless somebody chooses others; never a text."""
    minutes = round((session.ends_at - session.starts_at).total_seconds() / 60)
    return ContactDetails(
        kind_of_work=KIND_OF_WORK[SessionKind(session.kind)],
        raised_by=RAISED_BY[Audience(session.audience)],
        role="preventative",
        time_band=band_of(minutes),
        mode="in person",
    )


def _check(session: Session, attended: int, done: Sequence[str]) -> None:
    if session.is_cancelled:
        raise ValidationError("This session was cancelled. There is nothing to record.")
    if session.starts_at > timezone.now():
        raise ValidationError("This session has not begun. Record it afterwards.")
    if not 0 <= attended <= MOST_ATTENDED:
        raise ValidationError({"attended": f"The number who attended lies between 0 and {MOST_ATTENDED:,}."})
    unknown = [code for code in done if code not in Done.values]
    if unknown or len(set(done)) != len(done):
        raise ValidationError({"done": "Choose what was done from the list."})


def _supersede(before: SessionRecord, reason: str) -> None:
    if not reason.strip():
        raise ValidationError({"reason": "Say why the record is corrected."})
    before.superseded_at = timezone.now()
    before.save(update_fields=["superseded_at"])


def _contact(
    by: User, session: Session, *, before: SessionRecord | None, details: ContactDetails | None
) -> Contact | None:
    if before is not None and before.contact is not None:
        return before.contact
    if details is None:
        return None
    day = timezone.localdate(session.starts_at)
    return record_contact(by=by, school=session.school, date=day, worker=session.worker, **details)
