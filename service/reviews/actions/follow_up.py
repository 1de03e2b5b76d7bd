"""Agreeing actions, and what becomes of them."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from service.accounts.models import User
from service.audit.models import Action
from service.audit.record import record
from service.permissions import Permission, holds, require
from service.practice.actions.contact_details import check_child_is_open_to
from service.practice.models import ChildReference
from service.reviews.actions.checks import is_of_the_team, lock_planned, said
from service.reviews.models import ActionState, ActionStep, Review, ReviewAction, State
from service.reviews.models.reviews import SharedQuerySet

Step = ActionStep.Kind


@dataclass(frozen=True)
class Agreed:
    """An action as it is agreed: by a person of the service, or by somebody else who is named."""

    text: str
    due: datetime.date
    owner: User | None = None
    owner_name: str = ""
    child: ChildReference | None = None
    shared: bool = False


@transaction.atomic
def agree_action(*, by: User, review: Review, action: Agreed) -> ReviewAction:
    """Put down an action of a review that is not closed yet, with who does it and until when.

    The school reads what one of its own people with an account does, and what is shared with it; never the reference of a child.
    Of somebody without an account nobody knows whose they are: what they do is the school's where it is shared.
    Raises `PermissionDenied`, or `ValidationError` that names the fields.
    """
    require(by, Permission.PLAN_REVIEW, school=review.school)
    held = lock_planned(review)
    text = said(action.text, field="text", message="Say what is to be done.")
    _check(action, review=held, by=by)
    of_school = action.shared if action.owner is None else not is_of_the_team(action.owner, held.school)
    fields = {
        "text": text,
        "child": action.child,
        "owner": action.owner,
        "owner_name": action.owner_name.strip(),
        "due": action.due,
        "shared": of_school or action.shared,
    }
    if before := held.actions.filter(agreed_by=by, state=ActionState.OPEN, **fields).first():
        return before  # the same form, sent twice
    made: ReviewAction = ReviewAction.objects.create(
        school=held.school, review=held, of_school=of_school, agreed_by=by, **fields
    )
    details = {"due": made.due.isoformat(), "of_school": of_school, "shared": made.shared}
    record(Action.CREATE, by=by, subject=made, child=made.child, details=details)
    return made


@transaction.atomic
def settle_action(
    *, by: User, action: ReviewAction, state: ActionState | str, note: str, on: datetime.date | None = None
) -> ReviewAction:
    """Say that an action is done, or that it is dropped, with a note. The school settles what it does itself.

    Raises `PermissionDenied` for who does not own it, `ValidationError` when it was settled in the meantime.
    """
    held = _lock(action, by=by)
    if not held.is_open:
        raise ValidationError(f"This action is {held.get_state_display().lower()} already.")
    if state not in {ActionState.DONE, ActionState.DROPPED}:
        raise ValidationError({"state": "Select done or dropped."})
    day = on or timezone.localdate()
    if day > timezone.localdate():
        raise ValidationError({"on": "The day must be today or earlier."})
    if day < timezone.localdate(held.agreed_at):
        raise ValidationError({"on": "The day must not lie before the action was agreed."})
    held.state, held.settled_on = ActionState(state), day
    kind = Step.DONE if state == ActionState.DONE else Step.DROPPED
    return _step(by, held, kind, note=note, fields=["state", "settled_on"])


@transaction.atomic
def postpone_action(*, by: User, action: ReviewAction, due: datetime.date, note: str) -> ReviewAction:
    """Give an open action another day, with a note why. The day before stays in its steps."""
    held = _lock(action, by=by)
    if not held.is_open:
        raise ValidationError(f"This action is {held.get_state_display().lower()}. Reopen it first.")
    if due == held.due or due < timezone.localdate():
        raise ValidationError({"due": "Enter another day, from today on."})
    held.due = due
    return _step(by, held, Step.POSTPONED, note=note, fields=["due"])


@transaction.atomic
def reopen_action(*, by: User, action: ReviewAction, due: datetime.date, note: str) -> ReviewAction:
    """Open an action again that was done or dropped, with a note and a new day."""
    held = _lock(action, by=by)
    if held.is_open:
        raise ValidationError("This action is open.")
    if due < timezone.localdate():
        raise ValidationError({"due": "Enter a day from today on."})
    held.state, held.settled_on, held.due = ActionState.OPEN, None, due
    return _step(by, held, Step.REOPENED, note=note, fields=["state", "settled_on", "due"])


def come_back(*, by: User, review: Review) -> int:
    """Note for each open action of earlier meetings of the school that it came back at this review. Gives back how many.

    Every open action comes back, whether the person who closes the review may see it or not. Part of closing a review.
    """
    held = actions_before(review, ReviewAction.objects.all()).filter(state=ActionState.OPEN)
    steps = [ActionStep(action=each, kind=Step.CAME_BACK, review=review, due=each.due, by=by) for each in held]
    return len(ActionStep.objects.bulk_create(steps))


def actions_before(review: Review, rows: SharedQuerySet) -> SharedQuerySet:
    """Those of some actions that earlier meetings of the school agreed: of an earlier day, closed or not cancelled."""
    earlier = Review.objects.filter(school=review.school_id).exclude(state=State.CANCELLED).exclude(pk=review.pk)
    return rows.filter(review__in=earlier.filter(day__lte=review.day))


def may_settle(person: User, action: ReviewAction) -> bool:
    """Whether somebody may say what became of an action: the team of the school, its owner, and the school for its own."""
    if is_of_the_team(person, action.school) or action.owner_id == person.pk:
        return holds(person, Permission.PREPARE_REVIEW, school=action.school)
    return action.of_school and holds(person, Permission.PREPARE_REVIEW, school=action.school)


def _check(action: Agreed, *, review: Review, by: User) -> None:
    if (action.owner is None) == (not action.owner_name.strip()):
        raise ValidationError({"owner": "Select who does it, or name somebody else; not both."})
    if len(action.owner_name.strip()) > 100:
        raise ValidationError({"owner_name": "Use at most 100 characters."})
    if action.owner is not None and not holds(action.owner, Permission.VIEW_REVIEW, school=review.school):
        raise ValidationError({"owner": "Select somebody of this school or its team."})
    if action.due < min(review.day, timezone.localdate()):
        raise ValidationError({"due": "The day must not lie before the review."})
    if action.child is not None:
        if action.child.school_id != review.school_id:
            raise ValidationError({"child": "Select a child of this school."})
        check_child_is_open_to(by, action.child, school=review.school)


def _lock(action: ReviewAction, *, by: User) -> ReviewAction:
    held: ReviewAction = (
        ReviewAction.objects.select_for_update(of=("self",)).select_related("school__authority").get(pk=action.pk)
    )
    if not may_settle(by, held) or not ReviewAction.objects.visible_to(by).filter(pk=held.pk).exists():
        raise PermissionDenied("You may not say what became of this action.")
    return held


def _step(by: User, action: ReviewAction, kind: Step, *, note: str, fields: list[str]) -> ReviewAction:
    words = said(note, field="note", message="Add a note.")
    action.save(update_fields=fields)
    ActionStep.objects.create(action=action, kind=kind, due=action.due, note=words, by=by)
    record(Action.CHANGE, by=by, subject=action, child=action.child, details={"step": str(kind), "fields": fields})
    return action
