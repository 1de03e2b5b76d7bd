"""Deciding how long what is kept, and holding what must not go."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from service.accounts.models import User
from service.audit.models import Action
from service.audit.record import record
from service.permissions import Permission, require
from service.practice.models import ChildReference
from service.records.models import Category, Disposal, DisposalState, LegalHold, RetentionRule, Trigger
from service.records.retention import TRIGGERS, rules_of
from service.schools.models import Authority, School


@transaction.atomic
def set_rule(
    *, by: User, authority: Authority, category: Category, trigger: Trigger, years: int, reason: str
) -> RetentionRule:
    """Decide how long a category is kept. The rule before stays, superseded; what waits under it must be withdrawn first."""
    require(by, Permission.MANAGE_RETENTION, authority=authority)
    if trigger not in TRIGGERS[category]:
        raise ValidationError({"trigger": "This is not counted from that day."})
    if not 1 <= years <= 100:
        raise ValidationError({"years": "Enter a number of years from 1 to 100."})
    if Disposal.objects.filter(authority=authority, category=category, state=DisposalState.PROPOSED).exists():
        raise ValidationError("A disposal under the present rule waits. Withdraw or confirm it first.")
    before = rules_of(authority).get(category)
    if before is not None:
        RetentionRule.objects.filter(pk=before.pk).update(superseded_at=timezone.now())
    rule = RetentionRule.objects.create(
        authority=authority,
        category=category,
        version=before.version + 1 if before else 1,
        trigger=trigger,
        years=years,
        reason=said(reason),
        set_by=by,
    )
    details = {"category": category.value, "trigger": trigger.value, "years": years, "version": rule.version}
    record(Action.SUPERSEDE if before else Action.CREATE, by=by, subject=rule, details=details)
    return rule


@transaction.atomic
def place_hold(
    *,
    by: User,
    authority: Authority,
    reason: str,
    review_by: date,
    child: ChildReference | None = None,
    school: School | None = None,
    first: date | None = None,
    last: date | None = None,
) -> LegalHold:
    """Keep from disposal what is about a child, of a school, or in a period; without any of these, all of an authority."""
    require(by, Permission.MANAGE_RETENTION, authority=authority)
    lock_disposal(authority, child)
    if child is not None and child.authority_id != authority.pk:
        raise ValidationError({"child": "Enter a child of this authority."})
    if school is not None and school.authority_id != authority.pk:
        raise ValidationError({"school": "Select a school of this authority."})
    if first and last and last < first:
        raise ValidationError({"last": "The last day must not lie before the first."})
    _check_review_day(review_by)
    hold = LegalHold.objects.create(
        authority=authority, child=child, school=school, first=first, last=last, reason=said(reason),
        review_by=review_by, placed_by=by,
    )  # fmt: skip
    named = [name for name in ("child", "school", "first", "last") if getattr(hold, name) is not None]
    record(
        Action.CREATE, by=by, subject=hold, child=child, school=school, authority=authority, details={"fields": named}
    )
    return hold


@transaction.atomic
def review_hold(*, by: User, hold: LegalHold, review_by: date) -> LegalHold:
    """Keep a hold, and say when it is looked at next."""
    _require_standing(by, hold)
    _check_review_day(review_by)
    hold.review_by = review_by
    hold.save(update_fields=["review_by"])
    record(Action.CHANGE, by=by, subject=hold, child=hold.child, details={"fields": ["review_by"]})
    return hold


@transaction.atomic
def release_hold(*, by: User, hold: LegalHold, reason: str) -> LegalHold:
    """Let what was held come due again by the schedule."""
    _require_standing(by, hold)
    hold.released_by, hold.released_at, hold.release_reason = by, timezone.now(), said(reason)
    hold.save(update_fields=["released_by", "released_at", "release_reason"])
    record(Action.CHANGE, by=by, subject=hold, child=hold.child, details={"fields": ["released_at"]})
    return hold


def lock_disposal(authority: Authority, child: ChildReference | None = None) -> None:
    """Let what holds records and what disposes of them come one after the other: a hold is placed before, or is told so."""
    Authority.objects.select_for_update(no_key=True).get(pk=authority.pk)
    if child is not None and not ChildReference._base_manager.filter(pk=child.pk).exists():
        raise ValidationError("What was recorded of this child has just been disposed of.")


def said(reason: str, *, field: str = "reason") -> str:
    """A reason without the spaces around it. Raises `ValidationError` when there is none."""
    if not reason.strip():
        raise ValidationError({field: "Enter a reason."})
    return reason.strip()


def _require_standing(by: User, hold: LegalHold) -> None:
    require(by, Permission.MANAGE_RETENTION, authority=hold.authority)
    hold.refresh_from_db()
    if hold.released_at is not None:
        raise ValidationError("This hold was released already.")


def _check_review_day(review_by: date) -> None:
    if review_by <= timezone.localdate():
        raise ValidationError({"review_by": "The day of the review must lie in the future."})
