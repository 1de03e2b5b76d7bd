"""Who is placed in which school, how, on which days, and from when until when."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Self
from uuid import uuid4

from django.db import models
from django.db.models import F, Q

from service.accounts.models import Membership, User
from service.permissions import Permission, Scoped, ScopedQuerySet, classify
from service.schools.models import School

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")


class Mode(models.TextChoices):
    OWN_OFFICE = "own office", "Own office in the school"
    SHARED_OFFICE = "shared office", "Shared office in the school"
    DROP_INS = "scheduled drop-ins", "Scheduled drop-ins"
    VISITS = "regular visits", "Regular visits"


class PlacementQuerySet(ScopedQuerySet):
    def on(self, day: date) -> PlacementQuerySet:
        """Those that hold on a day."""
        return self.within_days(day, day)

    def within_days(self, first: date, last: date) -> PlacementQuerySet:
        """Those that hold on any day from `first` to `last`."""
        return self.filter(starts__lte=last).exclude(ends__lt=first).exclude(ends__lt=F("starts"))


class Placement(Scoped):
    """A social worker in a school on agreed weekdays. Other terms are another placement that follows this one.

    `covers` names the placement of an absent colleague; `anchor` the placement at the secondary school to whose feeder
    primaries this one belongs. The membership is what lets the worker see the school, and ends with the placement.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    worker = models.ForeignKey(User, on_delete=models.PROTECT, related_name="placements")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="placements")
    mode = models.CharField(max_length=20, choices=Mode.choices)
    shares_with = models.CharField(max_length=100, blank=True, help_text="With whom the office is shared.")
    base = models.CharField(max_length=100, help_text="Where the worker is to be found: a room, a time, an office.")
    weekdays = models.JSONField(help_text="The agreed weekdays, 0 Monday to 4 Friday.")
    share_of_time = models.PositiveSmallIntegerField(
        help_text="Per cent of a full working week; of a feeder primary, within that of its secondary."
    )
    starts = models.DateField()
    ends = models.DateField(null=True, blank=True, help_text="The last day.")
    covers = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="covered_by")
    follows = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="followed_by")
    anchor = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="feeders")
    end_reason = models.CharField(max_length=200, blank=True)
    placed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    placed_at = models.DateTimeField(auto_now_add=True)
    membership = models.OneToOneField(Membership, on_delete=models.PROTECT, null=True, related_name="placement")

    objects: ClassVar[Any] = models.Manager.from_queryset(PlacementQuerySet)()
    school_path = "school"
    authority_path = "school__authority"
    view_permission = Permission.VIEW_PLACEMENTS
    privacy = classify(
        operational="id public_id school mode",
        staff="worker shares_with base weekdays share_of_time starts ends covers follows anchor end_reason placed_by "
        "placed_at membership",
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["school__name", "-starts"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(share_of_time__range=(1, 100)), name="share_of_time_is_a_percentage"),
            models.CheckConstraint(
                condition=Q(ends=None) | Q(ends__gte=F("starts")) | ~Q(end_reason=""),
                name="placement_ends_after_start_or_was_called_off",
            ),
            models.CheckConstraint(condition=Q(covers=None) | Q(ends__isnull=False), name="cover_has_a_last_day"),
            models.CheckConstraint(
                condition=Q(shares_with="") | Q(mode="shared office"), name="only_a_shared_office_is_shared"
            ),
            models.UniqueConstraint(
                fields=["worker", "school"], condition=Q(ends=None), name="one_open_placement_in_a_school"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["school", "starts", "ends"]),
            models.Index(fields=["worker", "starts", "ends"]),
        ]

    def __str__(self) -> str:
        return f"{self.worker} in {self.school}"

    @property
    def days_in_words(self) -> str:
        """The agreed weekdays, such as "Monday, Tuesday and Thursday"."""
        names = [WEEKDAYS[day] for day in self.weekdays]
        return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"

    @property
    def was_called_off(self) -> bool:
        """It was ended before it began, and never held."""
        return self.ends is not None and self.ends < self.starts

    def holds_on(self, day: date) -> bool:
        return self.starts <= day and (self.ends is None or day <= self.ends)


class Strength(models.TextChoices):
    """What a school may need and a worker may bring."""

    ASSERTIVE = "assertiveness", "Assertiveness: challenges the school's practice and holds the line on the role"
    ADOLESCENTS = "adolescents", "Experience with adolescents"
    PRIMARY = "younger children", "Experience with primary-age children"
    SEMH = "SEMH", "Social, emotional and mental health"
    SEND = "SEND", "Special educational needs and disabilities"
    EXPLOITATION = "exploitation", "Exploitation and youth offending"
    GROUP_WORK = "group work", "Group work and drop-ins"
    FAMILIES = "families", "Work with parents and families"
    COMMUNITY = "community", "Knows the languages or communities of the school"


class SchoolNeeds(Scoped):
    """What a school asks of its worker. A new statement supersedes the last one."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="needs")
    strengths = models.JSONField(help_text="Codes of Strength, the most important first.")
    years_qualified = models.PositiveSmallIntegerField(default=2, help_text="At least.")
    remark = models.CharField(max_length=500, blank=True)
    stated_on = models.DateField()
    stated_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    superseded = models.BooleanField(default=False)

    school_path = "school"
    authority_path = "school__authority"
    view_permission = Permission.STATE_NEEDS
    privacy = classify(
        operational="id public_id school strengths years_qualified remark stated_on superseded", staff="stated_by"
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["school__name", "-id"]
        verbose_name_plural = "school needs"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["school"], condition=Q(superseded=False), name="one_statement_of_needs_holds"
            ),
            models.CheckConstraint(condition=Q(years_qualified__range=(2, 40)), name="two_years_qualified_at_least"),
        ]

    def __str__(self) -> str:
        return f"Needs of {self.school}"


class WorkerProfile(Scoped):
    """What a worker brings, as the manager and the worker put it. A new one supersedes the last."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    worker = models.ForeignKey(User, on_delete=models.PROTECT, related_name="profiles")
    authority = models.ForeignKey("schools.Authority", on_delete=models.PROTECT, related_name="worker_profiles")
    strengths = models.JSONField(help_text="Codes of Strength.")
    years_qualified = models.PositiveSmallIntegerField()
    share_of_time = models.PositiveSmallIntegerField(default=100, help_text="Per cent of a full week that is free.")
    remark = models.CharField(max_length=500, blank=True)
    stated_on = models.DateField()
    stated_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    superseded = models.BooleanField(default=False)

    school_path = None
    authority_path = "authority"
    view_permission = Permission.MANAGE_PLACEMENTS
    privacy = classify(
        operational="id public_id authority superseded",
        staff="worker strengths years_qualified share_of_time remark stated_on stated_by",
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["worker__name", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["worker", "authority"], condition=Q(superseded=False), name="one_profile_holds"
            ),
            models.CheckConstraint(condition=Q(years_qualified__range=(0, 60)), name="years_qualified_in_a_life"),
            models.CheckConstraint(condition=Q(share_of_time__range=(1, 100)), name="free_time_is_a_percentage"),
        ]

    def __str__(self) -> str:
        return f"Profile of {self.worker}"


class Decision(models.TextChoices):
    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    SUPERSEDED = "superseded"


class SchoolView(models.TextChoices):
    WELCOME = "welcome", "We welcome this"
    CONCERN = "concern", "We have a concern"


class FitProposalQuerySet(ScopedQuerySet):
    """A school's people see a proposal once it is shown to them."""

    def visible_to(self, user: Any, permission: Permission | None = None) -> Self:
        rows = super().visible_to(user, permission)
        return rows.filter(shown_to_school=True) if permission is Permission.SAY_WHO_FITS else rows


class FitProposal(Scoped):
    """A worker proposed for a school, with the reasons in words. People decide; the school may say its view once it is shown."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="fit_proposals")
    worker = models.ForeignKey(User, on_delete=models.PROTECT, related_name="fit_proposals")
    score = models.DecimalField(max_digits=5, decimal_places=2)
    reasons = models.JSONField(help_text="Sentences for and against.")
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    shown_to_school = models.BooleanField(default=False)
    school_view = models.CharField(max_length=10, choices=SchoolView.choices, blank=True)
    school_remark = models.CharField(max_length=500, blank=True)
    school_view_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decision = models.CharField(max_length=10, choices=Decision.choices, default=Decision.OPEN)
    decided_on = models.DateField(null=True, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    note = models.CharField(max_length=500, blank=True)

    objects: ClassVar[Any] = models.Manager.from_queryset(FitProposalQuerySet)()
    school_path = "school"
    authority_path = "school__authority"
    view_permission = Permission.MANAGE_PLACEMENTS
    privacy = classify(
        operational="id public_id school made_at shown_to_school",
        staff="worker score reasons made_by school_view school_remark school_view_by decision decided_on decided_by note",
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["-made_at", "school__name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["school", "worker"], condition=Q(decision="open"), name="one_open_proposal_for_a_pair"
            ),
            models.CheckConstraint(
                condition=Q(decision="open", decided_on=None) | (~Q(decision="open") & Q(decided_on__isnull=False)),
                name="a_decision_has_a_day",
            ),
            models.CheckConstraint(
                condition=Q(school_view="") | Q(shown_to_school=True), name="a_school_views_what_it_was_shown"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.worker} for {self.school}"
