"""Work in the background, with its progress: a panel that is built or published, an evaluation that is run."""

from __future__ import annotations

from typing import Any, ClassVar, Self
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils import timezone

from service.accounts.models import User
from service.permissions import Permission, Scoped, ScopedQuerySet, classify, scope_of
from service.schools.models import Authority


class JobKind(models.TextChoices):
    BUILD = "build", "Building a panel from returns"
    PUBLISH = "publish", "Publishing figures of a panel"
    EVALUATE = "evaluate", "Running an evaluation"


class JobState(models.TextChoices):
    WAITING = "waiting", "Waiting"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"


LIVE = (JobState.WAITING, JobState.RUNNING)
OF_PANELS = (JobKind.BUILD, JobKind.PUBLISH)


class JobQuerySet(ScopedQuerySet):
    """The run of an evaluation is seen by who may run it, not by everybody who sees panels."""

    def visible_to(self, user: Any, permission: Permission | None = None) -> Self:
        runs = self.model._default_manager.within(scope_of(user, Permission.RUN_EVALUATION)).values("pk")
        return super().visible_to(user, permission).filter(~Q(kind=JobKind.EVALUATE) | Q(pk__in=runs))

    def live(self) -> Self:
        """Those that wait or run."""
        return self.filter(state__in=LIVE)


class Job(Scoped):
    """One piece of background work. `authority` is None for an evaluation over several."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=10, choices=JobKind.choices)
    authority = models.ForeignKey(
        Authority, on_delete=models.PROTECT, null=True, blank=True, related_name="evidence_jobs"
    )
    panel = models.ForeignKey(
        "evidence.Panel", on_delete=models.PROTECT, null=True, blank=True, related_name="publishing"
    )
    study = models.ForeignKey("evidence.Study", on_delete=models.PROTECT, null=True, blank=True, related_name="runs")
    choices = models.JSONField(default=dict, help_text="What was chosen, such as how holidays count, or the policy.")
    files = models.JSONField(default=list, help_text="Names and sizes of the files that were uploaded.")
    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.WAITING)
    phase = models.CharField(max_length=120, blank=True, help_text="What is being done.")
    done = models.BigIntegerField(default=0)
    steps = models.BigIntegerField(default=0, help_text="Of how many; 0 before it is known.")
    trouble = models.TextField(blank=True, help_text="Why it failed, in the words of the library.")
    task = models.CharField(max_length=64, blank=True)
    cancel_asked = models.BooleanField(default=False)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    began_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    text_without_children = ("trouble",)
    objects: ClassVar[Any] = models.Manager.from_queryset(JobQuerySet)()
    school_path = None
    authority_path = "authority"
    view_permission = Permission.VIEW_PANEL
    privacy = classify(
        operational="id public_id kind authority panel study choices files state phase done steps trouble task cancel_asked "
        "asked_at began_at ended_at",
        staff="asked_by",
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["-asked_at", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["authority"],
                condition=Q(state__in=LIVE, kind__in=OF_PANELS),
                name="one_panel_at_work_an_authority",
            ),
            models.UniqueConstraint(fields=["study"], condition=Q(state__in=LIVE), name="a_study_runs_once_at_a_time"),
            models.CheckConstraint(
                condition=Q(state__in=LIVE, ended_at=None) | (~Q(state__in=LIVE) & Q(ended_at__isnull=False)),
                name="a_job_that_ended_has_a_time",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["authority", "-asked_at"], name="jobs_asked")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.get_state_display().lower()}"

    @property
    def is_live(self) -> bool:
        return self.state in LIVE

    @property
    def per_cent(self) -> int | None:
        """How much of the phase is done; None before it is known."""
        return min(100, 100 * self.done // self.steps) if self.steps else None
