"""Recording, correcting and withdrawing contacts, and what became of referrals."""

from __future__ import annotations

import datetime
from typing import Any, Unpack
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from service.accounts.models import User
from service.audit.models import Action
from service.audit.record import record
from service.pages.typed import without_nul
from service.permissions import Permission, holds, require, scope_of
from service.practice.actions.contact_details import (
    CheckedDetails,
    ContactDetails,
    check_date,
    check_details,
)
from service.practice.actions.repeated_forms import require_same, require_same_reason
from service.practice.core_codes import CORE, CodeList
from service.practice.models import ONLY_WHEN_ACCEPTED, Contact, Draft, LedTo, ReferralOutcome, State
from service.schools.models import School

LONGEST_REFERENCE = 40


@transaction.atomic
def record_contact(
    *,
    by: User,
    school: School,
    date: datetime.date,
    worker: User | None = None,
    submission: UUID | None = None,
    **details: Unpack[ContactDetails],
) -> Contact:
    """Record a piece of work for a school.

    `worker` is who did it, when recorded on somebody's behalf; `date` may lie in the past, as long as the worker covered the
    school then. `submission` is the id of the form: a form that was sent twice as it was gives back the contact it made, and
    its draft is gone. Raises `PermissionDenied`, or `ValidationError`: one that names the fields, or one of the code
    `SAVED_OTHERWISE` when the form was saved before and any detail differs now.
    """
    require(by, Permission.RECORD_CONTACT, school=school)
    worker = worker or by
    check_date(worker, school, date)
    checked = check_details(school, details, by=by)
    fields = {"school": school, "authority": school.authority, "date": date, "worker": worker, "recorded_by": by}
    if held := _saved_before(by, submission):
        return require_same(held, checked, **fields)
    try:
        with transaction.atomic():
            contact = _save_contact(checked, **fields, submission=submission)
    except IntegrityError:  # the same form, sent twice at the same time
        made = _saved_before(by, submission)
        if made is None:
            raise
        return require_same(made, checked, **fields)
    _drop_draft(by, submission)
    late = (timezone.localdate() - date).days
    told = {"fields": fields_told(contact), "days_late": late, "on_behalf": worker != by}
    record(Action.CREATE, by=by, subject=contact, child=contact.child, details=told)
    return contact


@transaction.atomic
def correct_contact(
    *,
    by: User,
    contact: Contact,
    reason: str,
    date: datetime.date,
    submission: UUID | None = None,
    **details: Unpack[ContactDetails],
) -> Contact:
    """Supersede a contact by a corrected version, which takes all details anew. The one before stays, with the reason.

    The worker, the recorder and managers of the authority may correct. A form that was sent twice as it was gives back the
    correction it made. Raises `ValidationError` when the contact was superseded or withdrawn in the meantime, and of the
    code `SAVED_OTHERWISE` when the form was saved before and any detail differs now.
    """
    reason = _said(reason)
    if made := _saved_before(by, submission):
        require_same_reason(made, reason)
        return require_same(made, check_details(made.school, details, by=by, held_child=made.child), date=date)
    held = _lock_current(contact, by=by)
    if date > timezone.localdate() or (held.worker is not None and date != held.date):
        check_date(held.worker or by, held.school, date)
    checked = check_details(held.school, details, by=by, held_child=held.child)
    _end(held, by=by, reason=reason, state=State.SUPERSEDED)
    after = _save_contact(
        checked, authority=held.authority, school=held.school, date=date, worker=held.worker, recorded_by=by,
        submission=submission, entry=held.entry, version=held.version + 1, supersedes=held,
        log_import=held.log_import, imported_row=held.imported_row,
    )  # fmt: skip
    _drop_draft(by, submission)
    told = {"fields": fields_changed(held, after), "version": after.version, "supersedes": str(held.public_id)}
    record(Action.SUPERSEDE, by=by, subject=after, child=after.child, details=told)
    return after


@transaction.atomic
def withdraw_contact(*, by: User, contact: Contact, reason: str) -> Contact:
    """Take a contact out of what is counted, with a reason. It stays, and can be read as withdrawn."""
    held = _lock_current(contact, by=by)
    reason = _said(reason)
    _end(held, by=by, reason=reason, state=State.WITHDRAWN)
    record(Action.CHANGE, by=by, subject=held, child=held.child, details={"fields": ["end_reason", "state"]})
    return held


@transaction.atomic
def add_referral_outcome(
    *,
    by: User,
    contact: Contact,
    outcome: str,
    heard_on: datetime.date,
    led_to: str = "",
    external_reference: str = "",
    note: str = "",
) -> ReferralOutcome:
    """Add what became of a referral. Earlier outcomes stay; the last one heard is the one that holds.

    `led_to` is what the answer began, or where the family was sent instead; `external_reference` the number of the referral
    where it was sent. The same form sent twice adds one outcome.
    """
    require(by, Permission.RECORD_CONTACT, school=contact.school)
    if contact.outcome != "referral" or contact.state != State.CURRENT:
        raise ValidationError("This contact is not a referral.")
    if outcome not in CORE[CodeList.REFERRAL_OUTCOME]:
        raise ValidationError({"outcome": "Select what became of the referral."})
    if not contact.date <= heard_on <= timezone.localdate():
        raise ValidationError({"heard_on": "The date must lie between the contact and today."})
    _check_led_to(outcome, led_to)
    told = {"outcome": outcome, "heard_on": heard_on, "led_to": led_to, "note": without_nul(note).strip()}
    told["external_reference"] = reference = without_nul(external_reference).strip()
    if len(reference) > LONGEST_REFERENCE:
        raise ValidationError({"external_reference": f"Use at most {LONGEST_REFERENCE} characters."})
    last = ReferralOutcome.objects.filter(contact__entry=contact.entry).order_by("pk").last()
    if last is not None and all(getattr(last, name) == value for name, value in (told | {"recorded_by": by}).items()):
        return last
    row: ReferralOutcome = ReferralOutcome.objects.create(contact=contact, recorded_by=by, **told)
    fields = sorted(name for name, value in told.items() if value)
    record(Action.CREATE, by=by, subject=row, child=contact.child, details={"fields": fields})
    return row


def may_see_reference(user: User, contact: Contact) -> bool:
    """Tell whether a person may see the number of a referral where it was sent: who did or recorded the work, and managers."""
    if user.pk in {contact.worker_id, contact.recorded_by_id}:
        return holds(user, Permission.RECORD_CONTACT, school=contact.school)
    return holds(user, Permission.VIEW_CASE_IDENTIFIER, school=contact.school)


def _check_led_to(outcome: str, led_to: str) -> None:
    if led_to and led_to not in LedTo.values:
        raise ValidationError({"led_to": "Select what it led to."})
    if led_to and outcome == "no reply":
        raise ValidationError({"led_to": "Without a reply it has led to nothing yet."})
    if led_to in ONLY_WHEN_ACCEPTED and outcome != "accepted":
        raise ValidationError(
            {"led_to": "A section 17 assessment or a section 47 enquiry follows a referral that was accepted."}
        )


def may_correct(user: User, contact: Contact) -> bool:
    """Tell whether a person may correct or withdraw an entry: who did or recorded it, and managers of the authority."""
    scope = scope_of(user, Permission.RECORD_CONTACT)
    if user.pk in {contact.worker_id, contact.recorded_by_id}:
        return scope.reaches(school=contact.school)
    return scope.everywhere or contact.authority_id in scope.authorities


def fields_told(contact: Contact) -> list[str]:
    """The names of the fields that say something."""
    return sorted(name for name in TOLD if getattr(contact, name) not in (None, ""))


def fields_changed(before: Contact, after: Contact) -> list[str]:
    """The names of the fields that differ between two versions."""
    changed = [name for name in TOLD if getattr(before, name) != getattr(after, name)]
    changed += [name for name in ("topics", "local_codes") if _codes(before, name) != _codes(after, name)]
    return sorted(changed)


TOLD = (
    "account", "action", "child", "date", "kind_of_work", "known_to_social_care", "minutes", "mode", "outcome", "pathway",
    "raised_by", "role", "shared_with", "sharing", "sharing_reason", "time_band", "worker", "year_group",
)  # fmt: skip


def _codes(contact: Contact, name: str) -> set[str]:
    return set(getattr(contact, name).values_list("code", flat=True))


def _save_contact(checked: CheckedDetails, **fields: Any) -> Contact:
    contact = Contact.objects.create(**fields, **checked.fields)
    contact.topics.set(checked.topics)
    contact.local_codes.set(checked.local_codes)
    return contact


def _saved_before(by: User, submission: UUID | None) -> Contact | None:
    """What this person saved from a form before."""
    return Contact.every_version.filter(submission=submission, recorded_by=by).first() if submission else None


def _lock_current(contact: Contact, *, by: User) -> Contact:
    """The contact as it stands now, locked until the transaction ends; refused unless it is current and theirs to correct."""
    held = Contact.every_version.select_for_update().get(pk=contact.pk)
    visible = Contact.every_version.visible_to(by, Permission.RECORD_CONTACT).filter(pk=held.pk).exists()
    if not (visible and may_correct(by, held)):
        raise PermissionDenied("You may not correct or withdraw this contact.")
    if held.state != State.CURRENT:
        raise ValidationError(
            "This contact was corrected or withdrawn in the meantime. Open it again to see how it stands."
        )
    return held


def _end(contact: Contact, *, by: User, reason: str, state: State) -> None:
    contact.state, contact.ended_by, contact.ended_at, contact.end_reason = state, by, timezone.now(), reason
    contact.save(update_fields=["state", "ended_by", "ended_at", "end_reason"])


def _said(reason: str) -> str:
    if not (said := without_nul(reason).strip()):
        raise ValidationError({"reason": "Say why."})
    return said


def _drop_draft(by: User, submission: UUID | None) -> None:
    if submission:
        Draft.objects.filter(user=by, public_id=submission).delete()
