"""What the authority claimed for the programme, by quarter."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from service.accounts.models import User
from service.permissions import Permission, Scoped, classify
from service.schools.models import Authority


class Category(models.TextChoices):
    STAFFING = "staffing", "Staffing: team managers and social workers"
    ANCILLARY = "ancillary", "Ancillary: equipment, rooms, training"
    OTHER = "other", "Anything else"


class Basis(models.TextChoices):
    PERIOD = "period", "The cost of the quarter"
    PURCHASE = "purchase", "A purchase that lasts for years"


class Claim(Scoped):
    """One sum of one quarter. A correction supersedes it with a reason; the earlier sum stays to be read."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="claims")
    quarter = models.CharField(
        max_length=10, validators=[RegexValidator(r"^\d{4}-\d{2} Q[1-4]$", "For example 2026-27 Q3.")],
        help_text="Of the financial year: Q1 is April to June.",
    )  # fmt: skip
    item = models.CharField(max_length=100)
    category = models.CharField(max_length=10, choices=Category.choices)
    basis = models.CharField(max_length=10, choices=Basis.choices)
    useful_life_years = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    amount = models.DecimalField(max_digits=10, decimal_places=2)
    source = models.CharField(max_length=200, blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    supersedes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )
    superseded = models.BooleanField(default=False)
    reason = models.CharField(max_length=200, blank=True, help_text="Why it was corrected.")

    school_path = None
    authority_path = "authority"
    view_permission = Permission.VIEW_CLAIMS
    privacy = classify(
        operational="id public_id authority quarter item category basis useful_life_years amount source recorded_at "
        "supersedes superseded reason",
        staff="recorded_by",
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["authority", "-quarter", "item", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["authority", "quarter", "item"], condition=Q(superseded=False), name="one_claim_for_an_item"
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="claims_are_not_negative"),
            models.CheckConstraint(
                condition=Q(useful_life_years=None) | Q(basis="purchase", useful_life_years__gt=0),
                name="only_a_purchase_lasts",
            ),
            models.CheckConstraint(
                condition=Q(supersedes=None, reason="") | (Q(supersedes__isnull=False) & ~Q(reason="")),
                name="a_corrected_claim_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item}, {self.quarter}"
