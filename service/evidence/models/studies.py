"""Studies, what came of running them, and to whom a report was released."""

from __future__ import annotations

from typing import Any, ClassVar, Self
from uuid import uuid4

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from service.accounts.models import User
from service.evidence.models.archives import Archive
from service.evidence.models.jobs import Job
from service.evidence.models.panels import Panel
from service.pages.tables import cell_text
from service.permissions import Permission, Role, Scoped, ScopedQuerySet, classify, memberships_of, scope_of
from service.programmes.models import Allocation
from service.schools.models import Authority, School


class StudyKind(models.TextChoices):
    COMPARISON = "comparison", "Schools with and without a social worker, before and after"
    TRIAL = "trial", "The trial of a published allocation"


class StudyQuerySet(ScopedQuerySet):
    """A study over several authorities is seen by who may see it in each of them."""

    authorities_path = "authorities"

    def visible_to(self, user: Any, permission: Permission | None = None) -> Self:
        scope = scope_of(user, permission or self.model.view_permission)
        if scope.everywhere:
            return self
        outside = Authority.objects.exclude(pk__in=scope.authorities)
        inside = super().visible_to(user, permission)
        beyond = self.model._default_manager.filter(**{f"{self.authorities_path}__in": outside})
        return self.filter(pk__in=inside.values("pk")).exclude(pk__in=beyond.values("pk"))


class Study(Scoped):
    """A plan of an evaluation over panels. Once it is locked, the plan stays; only newer panels may take the place of older.

    `with_worker` and `compared` are the schools of a comparison; those of a trial follow from its allocation.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=10, choices=StudyKind.choices)
    title = models.CharField(max_length=150)
    authorities = models.ManyToManyField(Authority, related_name="studies")
    panels = models.ManyToManyField(Panel, related_name="studies")
    allocation = models.ForeignKey(Allocation, on_delete=models.PROTECT, null=True, blank=True, related_name="studies")
    with_worker = models.ManyToManyField(School, blank=True, related_name="studied_with_worker")
    compared = models.ManyToManyField(School, blank=True, related_name="studied_in_comparison")
    launched = models.CharField(
        max_length=7, validators=[RegexValidator(r"^\d{4}-(0[1-9]|1[0-2])$", "For example 2026-09.")],
        help_text="The month in which the programme started.",
    )  # fmt: skip
    exposure = models.CharField(max_length=30, default="census day")
    outcomes = models.JSONField(help_text="Codes; the first is the primary outcome.")
    starts = models.CharField(max_length=20, help_text="The term in which the programme starts.")
    reference = models.CharField(max_length=20, help_text="The term that others are compared with.")
    after_from = models.CharField(max_length=20, help_text="The first term in which an effect is looked for.")
    last_term = models.CharField(max_length=20)
    begun_at = models.DateTimeField(default=timezone.now, editable=False)
    begun_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    locked_on = models.DateField(null=True, blank=True)
    locked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    counts_were_there = models.BooleanField(
        null=True, help_text="Whether counts of terms after the start were there when the plan was locked."
    )
    protocol = models.TextField(blank=True, help_text="study.toml or trial.toml as it was locked.")
    lock = models.TextField(blank=True, help_text="The lock as the library wrote it.")

    text_without_children = ("protocol", "lock")
    objects: ClassVar[Any] = models.Manager.from_queryset(StudyQuerySet)()
    school_path = None
    authority_path = "panels__authority"  # the same authorities, by a way that leads to single rows
    view_permission = Permission.COMPOSE_STUDY
    privacy = classify(
        operational="id public_id kind title authorities panels allocation with_worker compared launched exposure outcomes "
        "starts reference after_from last_term begun_at locked_on counts_were_there protocol lock",
        staff="begun_by locked_by",
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["-begun_at", "-id"]
        verbose_name_plural = "studies"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(locked_on=None, locked_by=None, counts_were_there=None, protocol="", lock="")
                | (
                    Q(locked_on__isnull=False, locked_by__isnull=False, counts_were_there__isnull=False)
                    & ~Q(protocol="")
                    & ~Q(lock="")
                ),
                name="a_locked_study_has_its_lock",
            ),
            models.CheckConstraint(
                condition=Q(kind="comparison", allocation=None) | Q(kind="trial", allocation__isnull=False),
                name="only_a_trial_has_an_allocation",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_locked(self) -> bool:
        return self.locked_on is not None

    @property
    def is_trial(self) -> bool:
        return self.kind == StudyKind.TRIAL


class Audience(models.TextChoices):
    """To whom the evaluator may release a report."""

    STEERING = Role.STEERING.value, "The steering group"
    PROGRAMME_LEAD = Role.PROGRAMME_LEAD.value, "Programme leads"
    ANALYST = Role.ANALYST.value, "Authority analysts"


class EvaluationQuerySet(StudyQuerySet):
    """Evaluators see every report; others one that was released to their role in an authority of the study."""

    authorities_path = "study__authorities"

    def visible_to(self, user: Any, permission: Permission | None = None) -> Self:
        running = super().visible_to(user, Permission.RUN_EVALUATION).values("pk")
        if permission not in (None, Permission.VIEW_REPORT):
            return self.filter(pk__in=running) if scope_of(user, permission) else self.none()
        told = Q(pk__in=[])
        for membership in memberships_of(user):
            if membership.school_id is None and membership.role in Audience.values:
                released = EvaluationRelease._base_manager.filter(audience=membership.role, withdrawn_on=None)
                if membership.authority_id is not None:
                    released = released.filter(evaluation__study__authorities=membership.authority_id)
                told |= Q(pk__in=released.values("evaluation"))
        return self.filter(Q(pk__in=running) | told)


class Evaluation(Scoped):
    """One run of a study: its report, and the very folder that it was run on."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="evaluations")
    job = models.OneToOneField(Job, on_delete=models.PROTECT, related_name="evaluated")
    report = models.OneToOneField(Archive, on_delete=models.PROTECT, related_name="+")
    folder = models.OneToOneField(Archive, on_delete=models.PROTECT, related_name="+")
    run_at = models.DateTimeField(default=timezone.now, editable=False)
    run_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    swis_version = models.CharField(max_length=20)
    plan_state = models.CharField(max_length=30, help_text="Not locked, as locked, or changed since the lock.")
    verdicts = models.JSONField(help_text="For each outcome its name, estimate, interval and verdict in words.")
    warnings = models.PositiveIntegerField()

    objects: ClassVar[Any] = models.Manager.from_queryset(EvaluationQuerySet)()
    school_path = None
    authority_path = "study__panels__authority"
    view_permission = Permission.VIEW_REPORT
    privacy = classify(
        operational="id public_id study job report folder run_at swis_version plan_state verdicts warnings",
        staff="run_by",
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["-run_at", "-id"]

    def __str__(self) -> str:
        return f"{self.study}, run on {cell_text(timezone.localdate(self.run_at))}"


class EvaluationRelease(Scoped):
    """The evaluator's decision that an audience may read a report."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    evaluation = models.ForeignKey(Evaluation, on_delete=models.PROTECT, related_name="releases")
    audience = models.CharField(max_length=30, choices=Audience.choices)
    released_on = models.DateField()
    released_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    withdrawn_on = models.DateField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_because = models.CharField(max_length=300, blank=True)

    school_path = None
    authority_path = "evaluation__study__panels__authority"
    view_permission = Permission.RUN_EVALUATION
    privacy = classify(
        operational="id public_id evaluation audience released_on withdrawn_on withdrawn_because",
        staff="released_by withdrawn_by",
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["released_on", "audience"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["evaluation", "audience"],
                condition=Q(withdrawn_on=None),
                name="released_once_to_an_audience",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on=None, withdrawn_because="")
                | (Q(withdrawn_on__isnull=False) & ~Q(withdrawn_because="")),
                name="withdrawing_a_report_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.evaluation} for {self.get_audience_display()}"
