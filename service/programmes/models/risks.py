"""What may go wrong, and what has."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q

from service.accounts.models import User
from service.permissions import Permission, Scoped, classify
from service.schools.models import Authority

LEVELS = ((1, "1 very low"), (2, "2 low"), (3, "3 medium"), (4, "4 high"), (5, "5 very high"))


class RiskKind(models.TextChoices):
    RISK = "risk", "Risk: it may happen"
    ISSUE = "issue", "Issue: it has happened"


class Risk(Scoped):
    """A risk or an issue as it is judged now; how it was judged before stands in its reviews."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="risks")
    kind = models.CharField(max_length=10, choices=RiskKind.choices)
    what = models.CharField(max_length=200)
    likelihood = models.PositiveSmallIntegerField(choices=LEVELS)
    impact = models.PositiveSmallIntegerField(choices=LEVELS)
    mitigation = models.CharField(max_length=500)
    owner = models.CharField(max_length=100)
    raised_on = models.DateField()
    raised_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    closed_on = models.DateField(null=True, blank=True)
    closed_because = models.CharField(max_length=200, blank=True)

    school_path = None
    authority_path = "authority"
    view_permission = Permission.VIEW_PROGRAMME
    privacy = classify(
        operational="id public_id authority kind what likelihood impact mitigation raised_on closed_on closed_because",
        staff="owner raised_by",
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["closed_on", "-impact", "-likelihood", "what"]
        verbose_name = "risk or issue"
        verbose_name_plural = "risks and issues"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(likelihood__range=(1, 5)) & Q(impact__range=(1, 5)), name="risks_are_judged_from_1_to_5"
            ),
            models.CheckConstraint(condition=Q(kind="risk") | Q(likelihood=5), name="an_issue_has_happened"),
            models.CheckConstraint(
                condition=Q(closed_on=None, closed_because="") | (Q(closed_on__isnull=False) & ~Q(closed_because="")),
                name="a_closed_risk_has_a_reason",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["authority", "closed_on"])]

    def __str__(self) -> str:
        return self.what

    @property
    def score(self) -> int:
        """Likelihood times impact, from 1 to 25."""
        return self.likelihood * self.impact


class RiskReview(Scoped):
    """How a risk was judged on a day."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    risk = models.ForeignKey(Risk, on_delete=models.PROTECT, related_name="reviews")
    kind = models.CharField(max_length=10, choices=RiskKind.choices)
    likelihood = models.PositiveSmallIntegerField(choices=LEVELS)
    impact = models.PositiveSmallIntegerField(choices=LEVELS)
    mitigation = models.CharField(max_length=500)
    owner = models.CharField(max_length=100)
    remark = models.CharField(max_length=300, blank=True)
    reviewed_on = models.DateField()
    reviewed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    school_path = None
    authority_path = "risk__authority"
    view_permission = Permission.VIEW_PROGRAMME
    privacy = classify(
        operational="id public_id risk kind likelihood impact mitigation remark reviewed_on", staff="owner reviewed_by"
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["risk", "-id"]

    def __str__(self) -> str:
        return f"{self.risk}, judged on {self.reviewed_on}"
