"""Asking, answering, reopening, closing and withdrawing."""

from __future__ import annotations

from uuid import UUID, uuid5

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from service.accounts.models import User
from service.audit.models import Action
from service.audit.record import record
from service.enquiries.models import Enquiry, EnquiryStep, State, Urgency
from service.permissions import Permission, require
from service.practice.actions.contact_details import ContactDetails
from service.practice.actions.contacts import record_contact
from service.practice.core_codes import CORE, CodeList
from service.practice.models import YEAR_GROUPS, Contact
from service.schools.models import School

LONGEST = 2000  # characters
Kind = EnquiryStep.Kind


@transaction.atomic
def ask(
    *,
    by: User,
    school: School,
    topic: str,
    urgency: Urgency | str,
    question: str,
    year_group: str = "",
    submission: UUID | None = None,
) -> Enquiry:
    """Ask the social worker of a school something, without naming a child.

    `submission` is the id of the form: a form that was sent twice as it was gives back the enquiry it made. The same form with
    other words, as after going back in the browser, asks another question.
    Raises `PermissionDenied` for who may not ask there, `ValidationError` that names the fields.
    """
    require(by, Permission.RAISE_ENQUIRY, school=school)
    _check_codes(topic=topic, urgency=urgency, year_group=year_group)
    asked = {"topic": topic, "urgency": str(urgency), "year_group": year_group}
    asked["question"] = _said(question, field="question", message="Write what you want to ask.")
    sent = sent_as(submission, school=str(school.public_id), **asked) if submission else None
    if held := _asked(by, sent):
        return held
    try:
        with transaction.atomic():
            enquiry = Enquiry.objects.create(
                school=school, asked_by=by, waiting_since=timezone.now(), submission=sent, **asked
            )
    except IntegrityError:  # the same form, sent twice at the same time
        if (held := _asked(by, sent)) is None:
            raise
        return held
    record(Action.CREATE, by=by, subject=enquiry, details={"urgency": str(urgency)})
    return enquiry


def sent_as(form: UUID, *, school: str, topic: str, urgency: str, year_group: str, question: str) -> UUID:
    """The id of what a form was sent with: the same form with the same content has the same, and any other another."""
    return uuid5(form, "\0".join([school, topic, urgency, year_group, question]))


@transaction.atomic
def answer(
    *, by: User, enquiry: Enquiry, text: str, contact: ContactDetails | None = None, steps_seen: int | None = None
) -> EnquiryStep:
    """Answer an enquiry, or add to its answer; with `contact`, the answer enters the contact log in the same transaction.

    The contact has codes and never the text of either side. `steps_seen` is how many steps the person had before them: when
    somebody else was quicker, the answer is refused and nothing is lost.
    Raises `PermissionDenied` for who may not answer there, `ValidationError` for an enquiry that is closed or withdrawn.
    """
    require(by, Permission.ANSWER_ENQUIRY, school=enquiry.school)
    said = _said(text, field="answer", message="Write the answer.")
    held = _lock(enquiry)
    if repeated := _repeated(held, by=by, text=said, contact=contact):
        return repeated
    _check_state(held, {State.WAITING, State.ANSWERED}, seen=steps_seen)
    made = _contact(by, held, contact) if contact is not None else None
    return _step(by, held, kind=Kind.ANSWERED, state=State.ANSWERED, text=said, contact=made)


@transaction.atomic
def reopen(*, by: User, enquiry: Enquiry, text: str) -> EnquiryStep:
    """Ask again, saying what is still open. It waits from now on.

    Raises `PermissionDenied` for who may not ask there, `ValidationError` unless it is answered or closed.
    """
    require(by, Permission.RAISE_ENQUIRY, school=enquiry.school)
    said = _said(text, field="text", message="Say what is still open.")
    held = _lock(enquiry)
    _check_state(held, {State.ANSWERED, State.CLOSED})
    held.waiting_since = timezone.now()
    return _step(by, held, kind=Kind.REOPENED, state=State.WAITING, text=said)


@transaction.atomic
def close(*, by: User, enquiry: Enquiry) -> EnquiryStep:
    """Close an enquiry whose answer is enough.

    Raises `PermissionDenied` for who may not ask there, `ValidationError` unless it is answered.
    """
    require(by, Permission.RAISE_ENQUIRY, school=enquiry.school)
    held = _lock(enquiry)
    _check_state(held, {State.ANSWERED})
    return _step(by, held, kind=Kind.CLOSED, state=State.CLOSED)


@transaction.atomic
def withdraw(*, by: User, enquiry: Enquiry, reason: str) -> EnquiryStep:
    """Withdraw an enquiry that waits, with a reason. It stays, and can be read as withdrawn.

    Raises `PermissionDenied` for who may not ask there, `ValidationError` unless it waits.
    """
    require(by, Permission.RAISE_ENQUIRY, school=enquiry.school)
    said = _said(reason, field="text", message="Say why it is withdrawn.")
    held = _lock(enquiry)
    _check_state(held, {State.WAITING})
    return _step(by, held, kind=Kind.WITHDRAWN, state=State.WITHDRAWN, text=said)


def contact_of(enquiry: Enquiry) -> ContactDetails:
    """The codes with which an answer enters the contact log unless somebody chooses others; never a text."""
    return ContactDetails(
        kind_of_work="advice",
        raised_by="safeguarding lead",
        role="statutory",
        topic=enquiry.topic,
        time_band="5 to 30 minutes",
        mode="message",
        action="advised",
        outcome="advice given",
        year_group=enquiry.year_group,
    )


def _lock(enquiry: Enquiry) -> Enquiry:
    held = Enquiry.objects.select_for_update(of=("self",)).select_related("school__authority")
    return held.get(pk=enquiry.pk)


def _check_state(enquiry: Enquiry, allowed: set[State], *, seen: int | None = None) -> None:
    if enquiry.state not in allowed:
        raise ValidationError(
            f"This enquiry is {enquiry.get_state_display().lower()}. Open it again to see how it stands."
        )
    if seen is not None and enquiry.steps.count() != seen:
        raise ValidationError(
            "Somebody answered or reopened this enquiry in the meantime. Read it again, then send yours."
        )


def _asked(by: User, sent: UUID | None) -> Enquiry | None:
    return Enquiry.objects.filter(submission=sent, asked_by=by).first() if sent else None


def _repeated(enquiry: Enquiry, *, by: User, text: str, contact: ContactDetails | None) -> EnquiryStep | None:
    """The answer that this very form gave before, when it was sent twice with the same words and codes."""
    last = enquiry.steps.order_by("id").last()
    if last is None or (last.by_id, last.kind, last.text) != (by.pk, Kind.ANSWERED, text):
        return None
    recorded = last.contact.submission if last.contact else None
    asked_for = _entry(enquiry, contact, number=enquiry.steps.count() - 1) if contact else None
    return last if recorded == asked_for else None


def _entry(enquiry: Enquiry, details: ContactDetails, *, number: int) -> UUID:
    """The id of what an answer puts into the contact log: the same codes for the same step have the same."""
    codes = sorted((name, str(value)) for name, value in details.items() if name != "account")
    return uuid5(enquiry.public_id, f"{number} {codes}")


def _step(
    by: User, enquiry: Enquiry, *, kind: str, state: State, text: str = "", contact: Contact | None = None
) -> EnquiryStep:
    step = EnquiryStep.objects.create(enquiry=enquiry, kind=kind, by=by, text=text, contact=contact)
    before, enquiry.state = enquiry.state, state
    enquiry.save(update_fields=["state", "waiting_since"])
    details = {"step": str(kind), "before": before, "after": str(state), "contact": contact is not None}
    record(Action.CHANGE, by=by, subject=enquiry, details=details)
    return step


def _contact(by: User, enquiry: Enquiry, details: ContactDetails) -> Contact:
    codes_only = ContactDetails(**{**details, "account": ""})
    entry = _entry(enquiry, details, number=enquiry.steps.count())
    return record_contact(by=by, school=enquiry.school, date=timezone.localdate(), submission=entry, **codes_only)


def _check_codes(*, topic: str, urgency: str, year_group: str) -> None:
    wrong = {}
    if topic not in CORE[CodeList.TOPIC]:
        wrong["topic"] = "Select what it is about."
    if urgency not in Urgency.values:
        wrong["urgency"] = "Select when you need an answer."
    if year_group and year_group not in YEAR_GROUPS:
        wrong["year_group"] = "Select a year group from R to 14."
    if wrong:
        raise ValidationError(wrong)


def _said(text: str, *, field: str, message: str) -> str:
    said = text.strip()
    if not said:
        raise ValidationError({field: message})
    if len(said) > LONGEST:
        raise ValidationError({field: f"Use at most {LONGEST:,} characters."})
    return said
