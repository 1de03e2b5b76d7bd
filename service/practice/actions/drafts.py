"""Keeping what was begun: by hand, by itself, and at the door when the session had ended."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from service.accounts.models import User
from service.audit.models import Action
from service.audit.record import record
from service.pages.typed import without_nul
from service.permissions import Permission, require
from service.practice.kept_pages import MOST_FIELDS, PAGES, words_of
from service.practice.left_drafts import drafts_left_to
from service.practice.models import Contact, Draft
from service.practice.models.drafts import may_keep
from service.practice.tickets import FIELD, Ticket, issue_ticket

KEPT_FIELDS = (
    "school", "date_day", "date_month", "date_year", "worker", "raised_by", "kind_of_work", "role", "topic", "time_band",
    "minutes", "mode", "action", "outcome", "pathway", "year_group", "child", "known_to_social_care", "sharing",
    "shared_with", "sharing_reason", "account", "reason",
)  # fmt: skip
TYPED = ("account", "sharing_reason", "shared_with", "reason")
NOT_KEPT = frozenset({FIELD, "csrfmiddlewaretoken"})
LONGEST = 50_000  # characters in all: five times the longest account
DRAFTS_EACH = 100

Content = dict[str, list[str]]


def content_of(data: Mapping[str, list[str]]) -> Content:
    """What a form holds that is worth keeping: its known fields that are not empty, in characters that can be kept."""
    kept = {name: [without_nul(value) for value in data.get(name, [])] for name in KEPT_FIELDS}
    return {name: values for name, values in kept.items() if any(value.strip() for value in values)}


@transaction.atomic
def save_draft(*, by: User, ticket: Ticket, content: Content) -> Draft | None:
    """Keep what was typed so far. Gives back None when the form was saved as a contact before: then there is nothing to keep.

    The audit tells that a draft was begun, not each time it is kept.
    """
    require(by, Permission.RECORD_CONTACT)
    if ticket.user != by.public_id:
        raise PermissionDenied("This form belongs to somebody else.")
    if Contact.every_version.filter(submission=ticket.form).exists():
        return None
    return _keep(by, ticket, content)


@transaction.atomic
def keep_at_the_door(*, ticket: Ticket, content: Content) -> Draft | None:
    """Keep a form that came after its writer's session had ended, for the writer alone.

    Only what was typed makes it worth keeping; a form that was saved in the meantime is kept anew when its text differs.
    """
    by = User.objects.filter(public_id=ticket.user, is_active=True).first()
    if by is None or not any(content.get(name) for name in TYPED):
        return None
    saved = Contact.every_version.filter(submission=ticket.form).first()
    if saved is not None:
        if all(getattr(saved, name) == _text(content, name).strip() for name in TYPED if name != "reason"):
            return None
        ticket = issue_ticket(by, ticket.kind, subject=ticket.subject)
    return _keep(by, ticket, content, at_the_door=True)


@transaction.atomic
def keep_page(*, ticket: Ticket, data: Mapping[str, list[str]]) -> Draft | None:
    """Keep another form that came too late (`kept_pages`), for its writer alone. Without a word written it is none."""
    by = User.objects.filter(public_id=ticket.user, is_active=True).first()
    content = {name: [without_nul(value) for value in values] for name, values in data.items() if name not in NOT_KEPT}
    if by is None or ticket.kind not in PAGES or not words_of(content):
        return None
    if len(content) > MOST_FIELDS:
        raise ValidationError(f"A form with more than {MOST_FIELDS} fields is none of ours.")
    return _keep(by, ticket, content, at_the_door=True)


def drop_sent(*, by: User, form: UUID) -> None:
    """Let go of what was kept of a form, now that it is sent."""
    Draft.objects.filter(public_id=form, user=by).delete()


@transaction.atomic
def take_over_draft(*, by: User, draft: Draft) -> Draft:
    """Take over the draft of somebody who no longer covers its school, to record it in that person's name.

    It is the manager's from then on, and tells who began it. Raises `PermissionDenied` unless it is one of `drafts_left_to`.
    """
    held = Draft.objects.select_for_update(of=("self",)).select_related("user").filter(pk=draft.pk).first()
    if held is None or held not in drafts_left_to(by):
        raise PermissionDenied("This draft is not yours to take over.")
    if Draft.objects.filter(user=by).count() >= DRAFTS_EACH:
        raise ValidationError(f"You have {DRAFTS_EACH} drafts. Save or discard some first.")
    writer = held.began_by or held.user
    if held.kind == Draft.Kind.CONTACT and not _text(held.content, "worker"):
        held.content["worker"] = [str(writer.public_id)]
    held.user, held.began_by = by, writer
    held.save(update_fields=["user", "began_by", "content"])
    record(Action.CHANGE, by=by, subject=held, details={"fields": ["user"], "began_by": str(writer.public_id)})
    return held


@transaction.atomic
def discard_draft(*, by: User, draft: Draft) -> None:
    """Delete a draft for good. The audit keeps that there was one."""
    if draft.user_id != by.pk or not may_keep(by):
        raise PermissionDenied("This draft belongs to somebody else.")
    record(Action.DISPOSE, by=by, subject=draft, details={"kind": draft.kind})
    draft.delete()


def _keep(by: User, ticket: Ticket, content: Content, *, at_the_door: bool = False) -> Draft:
    if ticket.kind not in PAGES and ticket.kind not in Draft.Kind.values:
        raise ValidationError("There are no drafts of this kind.")
    if sum(len(value) for values in content.values() for value in values) > LONGEST:
        raise ValidationError(f"A draft holds at most {LONGEST:,} characters.")
    held = Draft.objects.select_for_update(of=("self",)).filter(public_id=ticket.form).first()
    if held is not None and held.user_id != by.pk:
        if held.began_by_id != by.pk:
            raise PermissionDenied("This draft belongs to somebody else.")
        held, ticket = None, issue_ticket(by, ticket.kind, subject=ticket.subject)  # taken over in the meantime
    draft = held or _new_draft(by, ticket)
    draft.content, draft.saved_at, draft.kept_at_the_door = content, timezone.now(), at_the_door
    draft.save()
    if held is None:
        told = {"kind": draft.kind, "at_the_door": at_the_door} | ({"page": draft.page} if draft.page else {})
        record(Action.CREATE, by=by, subject=draft, details=told)
    return draft


def _new_draft(by: User, ticket: Ticket) -> Draft:
    if Draft.objects.filter(user=by).count() >= DRAFTS_EACH:
        raise ValidationError(f"You have {DRAFTS_EACH} drafts. Save or discard some first.")
    page = ticket.kind if ticket.kind in PAGES else ""
    kind = Draft.Kind.FORM if page else ticket.kind
    return Draft(public_id=ticket.form, user=by, kind=kind, page=page, subject=ticket.subject)


def _text(content: Content, name: str) -> str:
    return next(iter(content.get(name, [])), "")
