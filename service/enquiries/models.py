"""What schools ask, what they were answered, and who wants to be told by e-mail that something waits."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils import timezone

from service.accounts.models import User
from service.diary.models.feeds import OwnRowsQuerySet
from service.permissions import Permission, Scoped, classify
from service.practice.core_codes import CORE, CodeList
from service.practice.models import YEAR_GROUPS, Contact
from service.schools.models import School


class Urgency(models.TextChoices):
    """When the school needs an answer. What cannot wait for one is told whom to ring and not taken here."""

    TODAY = "today", "Today or tomorrow"
    THIS_WEEK = "this week", "Within a week"
    NO_HURRY = "no hurry", "When you are next in school"


class State(models.TextChoices):
    WAITING = "waiting", "Waiting for an answer"
    ANSWERED = "answered", "Answered"
    CLOSED = "closed", "Closed"
    WITHDRAWN = "withdrawn", "Withdrawn"


class Enquiry(Scoped):
    """A question of a school to its social worker. What was asked and answered stands in its steps, and none is taken away."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="enquiries")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="enquiries_asked")
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    topic = models.CharField(max_length=40, choices=list(CORE[CodeList.TOPIC].items()))
    year_group = models.CharField(max_length=2, choices=[(year, f"Year {year}") for year in YEAR_GROUPS], blank=True)
    urgency = models.CharField(max_length=12, choices=Urgency.choices)
    question = models.TextField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    waiting_since = models.DateTimeField(help_text="When it was asked or, if it was reopened, when it was last.")
    submission = models.UUIDField(
        null=True, unique=True, editable=False, help_text="The form it came from, so that one form is saved once."
    )

    school_path = "school"
    authority_path = "school__authority"
    view_permission = Permission.VIEW_ENQUIRIES
    privacy = classify(
        operational="id public_id school asked_at urgency state waiting_since submission",
        staff="asked_by",
        child="topic year_group",
        case_text="question",
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["-waiting_since", "id"]
        verbose_name_plural = "enquiries"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(question=""), name="enquiry_asks_something"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="enquiry_has_a_known_state"),
            models.CheckConstraint(
                condition=Q(year_group="") | Q(year_group__in=YEAR_GROUPS), name="enquiry_year_group"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["school", "state", "waiting_since"], name="enquiries_of_a_school"),
            models.Index(fields=["state", "waiting_since"], name="enquiries_by_state"),
        ]

    def __str__(self) -> str:
        return f"Enquiry about {self.get_topic_display().lower()}"

    @property
    def last_answer(self) -> EnquiryStep | None:
        """The answer that stands: the last one given."""
        answers = [step for step in self.steps.all() if step.kind == EnquiryStep.Kind.ANSWERED]
        return answers[-1] if answers else None

    @property
    def answer(self) -> str:
        return self.last_answer.text if self.last_answer else ""

    @property
    def answered_by(self) -> User | None:
        return self.last_answer.by if self.last_answer else None

    @property
    def contact(self) -> Contact | None:
        """The entry in the contact log that was made with the last answer."""
        return self.last_answer.contact if self.last_answer else None


class EnquiryStep(Scoped):
    """One thing that happened to an enquiry after it was asked. Appended, never changed."""

    class Kind(models.TextChoices):
        ANSWERED = "answered", "Answered"
        REOPENED = "reopened", "Reopened"
        CLOSED = "closed", "Closed"
        WITHDRAWN = "withdrawn", "Withdrawn"

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    enquiry = models.ForeignKey(Enquiry, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now, editable=False)
    text = models.TextField(blank=True, help_text="The answer, what is still open, or why it was withdrawn.")
    contact = models.ForeignKey(
        Contact, on_delete=models.PROTECT, null=True, blank=True, related_name="enquiry_steps",
        help_text="The entry in the contact log that was made with the answer.",
    )  # fmt: skip

    school_path = "enquiry__school"
    authority_path = "enquiry__school__authority"
    view_permission = Permission.VIEW_ENQUIRIES
    privacy = classify(operational="id public_id enquiry kind at contact", staff="by", case_text="text")

    class Meta:
        ordering: ClassVar[list[str]] = ["enquiry", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(kind="closed") | ~Q(text=""), name="step_of_an_enquiry_has_words"),
            models.CheckConstraint(
                condition=Q(contact__isnull=True) | Q(kind="answered"), name="only_an_answer_makes_a_contact"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.enquiry}"


class KeptText(Scoped):
    """What was written of an enquiry and came after the session had ended, kept for its writer alone until it is sent."""

    class Kind(models.TextChoices):
        ASK = "ask", "Question"
        ANSWER = "answer", "Answer"
        REOPEN = "reopen", "What is still open"
        WITHDRAW = "withdraw", "Why it is withdrawn"

    public_id = models.UUIDField(unique=True, editable=False, help_text="The form that it was typed into.")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="kept_texts")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    enquiry = models.ForeignKey(Enquiry, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    content = models.JSONField(default=dict, help_text="The fields of the form, as they were typed.")
    kept_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[Any] = models.Manager.from_queryset(OwnRowsQuerySet)()
    school_path = None
    authority_path = None
    view_permission = Permission.VIEW_ENQUIRIES
    privacy = classify(operational="id public_id kind kept_at", staff="user enquiry", case_text="content")

    class Meta:
        ordering: ClassVar[list[str]] = ["-kept_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(kind="ask", enquiry__isnull=True) | (~Q(kind="ask") & Q(enquiry__isnull=False)),
                name="kept_text_names_its_enquiry",
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class Frequency(models.TextChoices):
    DAILY = "daily", "Every working day, when something waits"
    WEEKLY = "weekly", "Once a week, when something waits"
    NEVER = "never", "Never"


class DigestChoice(Scoped):
    """How often a person wants the e-mail that says how much waits, and when it was sent last. Without a row: every day."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="digest_choice")
    frequency = models.CharField(max_length=8, choices=Frequency.choices, default=Frequency.DAILY)
    sent_on = models.DateField(null=True, blank=True)

    objects: ClassVar[Any] = models.Manager.from_queryset(OwnRowsQuerySet)()
    school_path = None
    authority_path = None
    view_permission = Permission.VIEW_DIARY
    privacy = classify(operational="id public_id", staff="user frequency sent_on")

    def __str__(self) -> str:
        return f"{self.get_frequency_display()}: {self.user}"
