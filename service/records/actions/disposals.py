"""Disposal by two people: one proposes a list, another confirms it, and then the rows are gone."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from service.accounts.models import User
from service.audit.models import Action
from service.audit.record import record
from service.permissions import Permission, require
from service.records.actions.retention import lock_disposal, said
from service.records.deleting import delete_under
from service.records.due import due_under, keys_of
from service.records.models import Category, Disposal, DisposalItem, DisposalState
from service.records.plans import WHOLE, Plan
from service.records.retention import rules_of
from service.schools.models import Authority

BATCH = 1_000


@dataclass(frozen=True)
class Comparison:
    """What was proposed, against what is due now."""

    chosen: tuple[tuple[Plan, list[UUID]], ...]
    left_out: int  # proposed, and since held, spoken of again, or gone
    new: int  # due now, and not proposed

    @property
    def going(self) -> int:
        return sum(len(keys) for _, keys in self.chosen)


@transaction.atomic
def propose_disposal(*, by: User, authority: Authority, category: Category) -> Disposal:
    """Draw up the list of what is due in a category, for somebody else to confirm."""
    require(by, Permission.MANAGE_RETENTION, authority=authority)
    rule = rules_of(authority).get(category)
    if rule is None:
        raise ValidationError("The authority has not decided how long this is kept. Set the rule first.")
    if Disposal.objects.filter(authority=authority, category=category, state=DisposalState.PROPOSED).exists():
        raise ValidationError("A disposal in this category waits already.")
    due = [(plan, key) for plan, rows in due_under(rule) for key in keys_of(plan, rows)]
    if not due:
        raise ValidationError("Nothing is due in this category.")
    disposal = Disposal.objects.create(
        authority=authority, category=category, rule=rule, proposed_by=by, proposed=len(due)
    )
    items = (DisposalItem(disposal=disposal, kind=plan.model._meta.label_lower, subject=key) for plan, key in due)
    DisposalItem.objects.bulk_create(items, batch_size=BATCH)
    details = {"step": "proposed", "category": category.value, "things": len(due)}
    record(Action.DISPOSE, by=by, subject=disposal, details=details)
    return disposal


def compare_with_now(disposal: Disposal) -> Comparison:
    """What of the frozen list is still due, what is not any more, and what has come due since."""
    listed: dict[str, set[UUID]] = {}
    for kind, subject in disposal.items.values_list("kind", "subject"):
        listed.setdefault(kind, set()).add(subject)
    chosen, new, total = [], 0, sum(len(subjects) for subjects in listed.values())
    due = due_under(disposal.rule)
    for plan, rows in due:
        now, wanted = set(keys_of(plan, rows)), listed.get(plan.model._meta.label_lower, set())
        chosen.append((plan, sorted(now & wanted)))
        new += len(now - wanted)
    return Comparison(tuple(chosen), left_out=total - sum(len(keys) for _, keys in chosen), new=new)


@transaction.atomic
def confirm_disposal(*, by: User, disposal: Disposal) -> Disposal:
    """Delete what was proposed and is still due. It cannot be brought back but from a backup.

    Refused for who proposed it. What has since come under a hold, or been spoken of again, stays and is counted as left out.
    """
    disposal = _waiting(by, disposal)
    if disposal.proposed_by_id == by.pk:
        raise PermissionDenied("You proposed this disposal: another person confirms it.")
    compared = compare_with_now(disposal)
    if Category(disposal.category) in WHOLE and (compared.left_out or compared.new):
        raise ValidationError(
            "The records have changed since. They go in one piece: withdraw this, and propose it anew."
        )
    if not compared.going:
        raise ValidationError("Nothing of the list is due any more. Withdraw it.")
    rows = delete_under(disposal, compared.chosen)
    DisposalItem.objects.filter(disposal=disposal).delete()
    disposal.state, disposal.decided_by, disposal.decided_at = DisposalState.CONFIRMED, by, timezone.now()
    disposal.left_out, disposal.rows = compared.left_out, dict(sorted((+rows).items()))
    disposal.save(update_fields=["state", "decided_by", "decided_at", "left_out", "rows"])
    details = {"step": "confirmed", "category": disposal.category, "rows": disposal.rows, "left_out": compared.left_out}
    record(Action.DISPOSE, by=by, subject=disposal, details=details)
    return disposal


@transaction.atomic
def withdraw_disposal(*, by: User, disposal: Disposal, reason: str) -> Disposal:
    """Take a proposal back, or turn it down. Nothing is deleted but the list."""
    disposal = _waiting(by, disposal)
    disposal.state, disposal.reason = DisposalState.WITHDRAWN, said(reason)
    disposal.decided_by, disposal.decided_at = by, timezone.now()
    disposal.save(update_fields=["state", "reason", "decided_by", "decided_at"])
    DisposalItem.objects.filter(disposal=disposal).delete()
    record(Action.DISPOSE, by=by, subject=disposal, details={"step": "withdrawn", "category": disposal.category})
    return disposal


def _waiting(by: User, disposal: Disposal) -> Disposal:
    require(by, Permission.MANAGE_RETENTION, authority=disposal.authority)
    lock_disposal(disposal.authority)
    locked = Disposal.objects.select_for_update(of=("self",)).select_related("rule", "authority").get(pk=disposal.pk)
    if locked.state != DisposalState.PROPOSED:
        raise ValidationError("This was decided already.")
    return locked
