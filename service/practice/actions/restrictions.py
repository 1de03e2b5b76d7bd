"""Closing a child's record, granting access to it, opening it with a reason, and the review of that."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from service.accounts.models import User
from service.audit.models import Action
from service.audit.record import record
from service.permissions import Permission, holds, require, scope_of
from service.practice.actions.children import lock_child, require_open
from service.practice.core_codes import CORE, CodeList
from service.practice.models import (
    BreakGlass,
    ChildReference,
    ConflictOfInterest,
    RestrictedAccess,
    Restriction,
)
from service.practice.models.children import conflicts_of

OPEN_FOR = datetime.timedelta(hours=24)
LONGEST_UNTIL_REVIEW = datetime.timedelta(days=90)


@transaction.atomic
def restrict_child(
    *,
    by: User,
    child: ChildReference,
    category: str,
    reason: str,
    review_by: datetime.date,
    access: Sequence[User] = (),
) -> Restriction:
    """Close a child's record to everybody but the people named, who keep access until the day of the review.

    Who restricts is not among them: somebody else grants that person access. Each access is in the audit by itself.
    """
    require_open(by, child, Permission.MANAGE_RESTRICTION)
    if category not in CORE[CodeList.RESTRICTION]:
        raise ValidationError({"category": "Select why the record is restricted."})
    _check_review_day(review_by)
    if by in access:
        raise ValidationError(
            {"access": "Somebody else must grant you access. In an emergency open the record with a reason."}
        )
    if lock_child(child).restricted:
        raise ValidationError("This record is restricted already.")
    restriction = Restriction.objects.create(
        child=child, category=category, reason=_said(reason), placed_by=by, review_by=review_by
    )
    ChildReference.objects.filter(pk=child.pk).update(restricted=True)
    child.restricted = True
    for user in access:
        _grant(by, child, user, ends=_end_of(review_by))
    record(Action.CHANGE, by=by, subject=child, child=child, details={"fields": ["restricted"], "access": len(access)})
    return restriction


@transaction.atomic
def review_restriction(
    *, by: User, restriction: Restriction, review_by: datetime.date, note: str, prolong: Sequence[User] = ()
) -> Restriction:
    """Keep a restriction, with the reason and the day of the next review.

    Those named in `prolong`, of `people_to_prolong`, keep their access until then. Nobody prolongs their own.
    """
    restriction = _lock_standing(by, restriction)
    _check_review_day(review_by)
    note = _said(note, field="note")
    if not set(prolong) <= set(people_to_prolong(by=by, restriction=restriction)):
        raise ValidationError({"prolong": "Select others who had access until this review."})
    restriction.review_by = review_by
    said = f"{timezone.localdate():%d/%m/%Y}, {by.name}: {note}"
    restriction.review_notes = "\n\n".join(filter(None, (restriction.review_notes, said)))
    restriction.save(update_fields=["review_by", "review_notes"])
    record(
        Action.CHANGE, by=by, subject=restriction, child=restriction.child,
        details={"fields": ["review_by", "review_notes"], "access": len(prolong)},
    )  # fmt: skip
    for user in prolong:
        _grant(by, restriction.child, user, ends=_end_of(review_by))
    return restriction


def people_to_prolong(*, by: User, restriction: Restriction) -> list[User]:
    """The others whose access holds, or ran out with the day of the review that is due."""
    held = Q(ends__gt=timezone.now()) | Q(ends=_end_of(restriction.review_by))
    access = RestrictedAccess.objects.filter(held, child=restriction.child, starts__gte=restriction.placed_at)
    people = User.objects.filter(pk__in=access.values("user")).exclude(pk=by.pk).order_by("name", "pk")
    return [each for each in people if holds(each, Permission.VIEW_CHILD, school=restriction.child.school)]


@transaction.atomic
def lift_restriction(*, by: User, restriction: Restriction, reason: str) -> Restriction:
    """Open the record again to everybody whose work it is. Access that was granted ends with the restriction."""
    restriction = _lock_standing(by, restriction)
    now = timezone.now()
    restriction.lifted_by, restriction.lifted_at, restriction.lift_reason = by, now, _said(reason)
    restriction.save(update_fields=["lifted_by", "lifted_at", "lift_reason"])
    RestrictedAccess.objects.filter(child=restriction.child, ends__gt=now).update(ends=now)
    ChildReference.objects.filter(pk=restriction.child_id).update(restricted=False)
    record(
        Action.CHANGE, by=by, subject=restriction.child, child=restriction.child,
        details={"fields": ["restricted"]},
    )  # fmt: skip
    return restriction


@transaction.atomic
def grant_access(*, by: User, restriction: Restriction, user: User, until: datetime.date) -> RestrictedAccess:
    """Let one person see a restricted record until the end of a day, at most until its review. Nobody grants it to themselves.

    A person has one access at a time: an earlier one, if it still holds, ends with the new one.
    """
    restriction = _lock_standing(by, restriction)
    if user == by:
        raise ValidationError(
            {"user": "Somebody else must grant you access. In an emergency open the record with a reason."}
        )
    if not timezone.localdate() <= until <= restriction.review_by:
        raise ValidationError({"until": "The last day must lie between today and the review of the restriction."})
    return _grant(by, restriction.child, user, ends=_end_of(until))


@transaction.atomic
def end_access(*, by: User, access: RestrictedAccess) -> RestrictedAccess:
    """End the access of one person now."""
    _require_impartial(by, access.child, Permission.MANAGE_RESTRICTION)
    access = RestrictedAccess.objects.select_for_update(of=("self",)).get(pk=access.pk)
    if access.ends <= timezone.now():
        raise ValidationError("This access ended already.")
    access.ends = max(timezone.now(), access.starts)
    access.save(update_fields=["ends"])
    record(Action.CHANGE, by=by, subject=access, child=access.child, details={"user": str(access.user.public_id)})
    return access


@transaction.atomic
def break_glass(*, by: User, reference: str, reason: str) -> BreakGlass:
    """Open a restricted record of one's schools for a day, by its reference and with a reason that a manager reviews.

    A reference that does not exist, is not restricted or is not theirs is refused in the same words. A conflict of interest
    keeps the record closed.
    """
    reason = _said(reason)
    if len(reason) < 10:
        raise ValidationError({"reason": "Give a reason that somebody else can judge, in at least ten characters."})
    child = _restricted_child(by, reference)
    if child is None:
        raise ValidationError({"reference": "There is no restricted record with this reference that you may open."})
    now = timezone.now()
    opening = BreakGlass.objects.create(child=child, by=by, reason=reason, opened_at=now, ends=now + OPEN_FOR)
    record(Action.BREAK_GLASS, by=by, subject=opening, child=child, reason=reason)
    return opening


@transaction.atomic
def review_opening(*, by: User, opening: BreakGlass, finding: str, note: str = "") -> BreakGlass:
    """Say whether a restricted record was opened with good reason. Access that was not justified ends at once."""
    _require_impartial(by, opening.child, Permission.REVIEW_BREAK_GLASS)
    opening = BreakGlass.objects.select_for_update(of=("self",)).get(pk=opening.pk)
    if opening.by_id == by.pk:
        raise PermissionDenied("Somebody else reviews what you opened.")
    if opening.reviewed_at is not None:
        raise ValidationError("This was reviewed already.")
    if finding not in BreakGlass.Finding.values:
        raise ValidationError({"finding": "Select what the review found."})
    if finding == BreakGlass.Finding.NOT_JUSTIFIED:
        note = _said(note, field="note")
        opening.ends = max(min(opening.ends, timezone.now()), opening.opened_at + datetime.timedelta(microseconds=1))
    opening.finding, opening.review_note = finding, note.strip()
    opening.reviewed_by, opening.reviewed_at = by, timezone.now()
    opening.save(update_fields=["finding", "review_note", "reviewed_by", "reviewed_at", "ends"])
    details = {"fields": ["finding", "review_note"]}
    record(Action.CHANGE, by=by, subject=opening, child=opening.child, details=details)
    return opening


@transaction.atomic
def declare_conflict(*, by: User, child: ChildReference, note: str = "") -> ConflictOfInterest:
    """Say that a child is a relative or somebody close. The record closes to the person who says so, at once."""
    require_open(by, child, Permission.VIEW_CHILD)
    lock_child(child)
    held: ConflictOfInterest | None = child.conflicts.filter(worker=by, settled_at=None).first()
    if held is not None:
        return held  # the same form, sent twice at the same time
    conflict = ConflictOfInterest.objects.create(child=child, worker=by, note=note.strip())
    record(Action.CREATE, by=by, subject=conflict, child=child)
    return conflict


@transaction.atomic
def settle_conflict(*, by: User, conflict: ConflictOfInterest, settlement: str) -> ConflictOfInterest:
    """End a conflict of interest, with the reason why the worker may see the record again."""
    require(by, Permission.MANAGE_RESTRICTION, school=conflict.child.school)
    if conflict.worker_id == by.pk:
        raise PermissionDenied("Somebody else settles what you declared.")
    _require_impartial(by, conflict.child, Permission.MANAGE_RESTRICTION)
    conflict = ConflictOfInterest.objects.select_for_update(of=("self",)).get(pk=conflict.pk)
    if conflict.settled_at is not None:
        raise ValidationError("This conflict of interest was settled already.")
    conflict.settled_by, conflict.settled_at = by, timezone.now()
    conflict.settlement = _said(settlement, field="settlement")
    conflict.save(update_fields=["settled_by", "settled_at", "settlement"])
    record(Action.CHANGE, by=by, subject=conflict, child=conflict.child, details={"fields": ["settlement"]})
    return conflict


def _restricted_child(by: User, reference: str) -> ChildReference | None:
    """A restricted child within the person's scope, unless they have a conflict of interest."""
    within = ChildReference.objects.within(scope_of(by, Permission.BREAK_GLASS))
    found: ChildReference | None = (
        within.filter(reference=reference.strip().upper(), restricted=True).exclude(pk__in=conflicts_of(by)).first()
    )
    return found


def _grant(by: User, child: ChildReference, user: User, *, ends: datetime.datetime) -> RestrictedAccess:
    if not holds(user, Permission.VIEW_CHILD, school=child.school):
        raise ValidationError({"user": "This person’s role does not cover the child’s school."})
    now = timezone.now()
    RestrictedAccess.objects.filter(child=child, user=user, ends__gt=now).update(ends=now)
    access = RestrictedAccess.objects.create(child=child, user=user, granted_by=by, starts=now, ends=ends)
    record(Action.CREATE, by=by, subject=access, child=child, details={"user": str(user.public_id)})
    return access


def _lock_standing(by: User, restriction: Restriction) -> Restriction:
    """The restriction as it stands, locked; refused when it was lifted, or the person has a conflict of interest."""
    _require_impartial(by, restriction.child, Permission.MANAGE_RESTRICTION)
    held = Restriction.objects.select_for_update(of=("self",)).get(pk=restriction.pk)
    if held.lifted_at is not None:
        raise ValidationError("This restriction was lifted already.")
    return held


def _require_impartial(by: User, child: ChildReference, permission: Permission) -> None:
    """Refuse who lacks the permission at the child's school, or has a conflict of interest over the child."""
    require(by, permission, school=child.school)
    if conflicts_of(by).filter(child=child).exists():
        raise PermissionDenied("You declared a conflict of interest over this child.")


def _check_review_day(day: datetime.date) -> None:
    today = timezone.localdate()
    if not today < day <= today + LONGEST_UNTIL_REVIEW:
        raise ValidationError({"review_by": "The review must be within the next 90 days."})


def _end_of(day: datetime.date) -> datetime.datetime:
    """The first moment after a day."""
    return timezone.make_aware(datetime.datetime.combine(day + datetime.timedelta(days=1), datetime.time()))


def _said(reason: str, *, field: str = "reason") -> str:
    if not reason.strip():
        raise ValidationError({field: "Say why."})
    return reason.strip()
