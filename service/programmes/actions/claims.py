"""Recording what was claimed, and correcting it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from service.accounts.models import User
from service.audit.models import Action
from service.audit.record import record
from service.permissions import Permission, require
from service.programmes.models import Basis, Claim
from service.schools.models import Authority


@transaction.atomic
def record_claim(
    *, by: User, authority: Authority, quarter: str, item: str, category: str, amount: Decimal, **facts: Any
) -> Claim:
    """Record a sum of a quarter. `facts`: basis (the cost of the quarter unless said), useful_life_years, source."""
    require(by, Permission.RECORD_CLAIMS, authority=authority)
    claim = _settle(
        Claim(
            authority=authority,
            quarter=quarter,
            item=item.strip(),
            category=category,
            amount=amount,
            recorded_by=by,
            **facts,
        )
    )
    if Claim.objects.filter(authority=authority, quarter=quarter, item=claim.item, superseded=False).exists():
        raise ValidationError({"item": "This item is claimed for the quarter already. Correct that claim."})
    claim.save(force_insert=True)
    record(Action.CREATE, by=by, subject=claim, details={"quarter": quarter, "category": category})
    return claim


@transaction.atomic
def correct_claim(*, by: User, claim: Claim, reason: str, **facts: Any) -> Claim:
    """Correct a claim: another supersedes it, with the reason. `facts` are those that change."""
    old = Claim.objects.select_for_update(of=("self",)).get(pk=claim.pk)
    require(by, Permission.RECORD_CLAIMS, authority=old.authority)
    if old.superseded:
        raise ValidationError("The claim is corrected already. Correct the one that holds.")
    if not reason.strip():
        raise ValidationError({"reason": "Say why the claim is corrected."})
    names = ("quarter", "item", "category", "basis", "useful_life_years", "amount", "source")
    kept = {name: getattr(old, name) for name in names} | facts
    same = Claim.objects.filter(authority=old.authority, quarter=kept["quarter"], item=kept["item"], superseded=False)
    if same.exclude(pk=old.pk).exists():
        raise ValidationError({"item": "Another claim of the quarter has this item."})
    corrected = _settle(Claim(authority=old.authority, recorded_by=by, supersedes=old, reason=reason.strip(), **kept))
    old.superseded = True
    old.save(update_fields=["superseded"])
    corrected.save(force_insert=True)
    changed = sorted(name for name in names if getattr(old, name) != getattr(corrected, name))
    record(Action.SUPERSEDE, by=by, subject=corrected, details={"changed": changed}, reason=reason.strip())
    return corrected


def _settle(claim: Claim) -> Claim:
    """The claim, checked against the rules of its fields."""
    if claim.basis == Basis.PERIOD:
        claim.useful_life_years = None
    claim.basis = claim.basis or Basis.PERIOD
    claim.clean_fields(exclude=["authority", "recorded_by", "supersedes"])
    if claim.amount < 0:
        raise ValidationError({"amount": "Enter a sum that is not negative."})
    if claim.useful_life_years is not None and claim.useful_life_years <= 0:
        raise ValidationError({"useful_life_years": "Enter years above 0."})
    return claim
