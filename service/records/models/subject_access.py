"""Requests for what is recorded of a child: the clock, what is taken out with a reason, and the second pair of eyes."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from service.accounts.models import User
from service.permissions import Permission, Scoped, classify
from service.practice.models import ChildReference
from service.practice.models.children import RestrictedManager


class RequestState(models.TextChoices):
    OPEN = "open", "Open"
    SIGNED = "signed off", "Signed off, to be sent"
    ANSWERED = "answered", "Answered"
    CLOSED = "closed", "Closed without a pack"


class Requester(models.TextChoices):
    CHILD = "child", "The child"
    PARENT = "parent", "A parent or carer, for the child"
    OTHER = "other", "Somebody else who may act for the child"


class SubjectRequest(Scoped):
    """A request for what is recorded of one child. Who asked is in the case system; here stands only as what."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    child = models.ForeignKey(ChildReference, on_delete=models.PROTECT, related_name="subject_requests")
    requester = models.CharField(max_length=10, choices=Requester.choices)
    received_on = models.DateField()
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=timezone.now, editable=False)
    extended_at = models.DateTimeField(null=True, blank=True)
    extension_reason = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=12, choices=RequestState.choices, default=RequestState.OPEN)
    signed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_digest = models.CharField(
        max_length=64, blank=True, help_text="What was signed off, so that nothing else goes out."
    )
    ended_on = models.DateField(null=True, blank=True, help_text="When it was answered or closed.")
    closing_reason = models.CharField(max_length=300, blank=True)

    objects: ClassVar[Any] = RestrictedManager()
    school_path = "child__school"
    authority_path = "child__authority"
    child_path = "child"
    view_permission = Permission.ANSWER_SUBJECT_ACCESS
    privacy = classify(
        operational="id public_id received_on opened_at extended_at state signed_at signed_digest ended_on",
        staff="opened_by signed_by",
        child="child requester",
        case_text="extension_reason closing_reason",
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["received_on", "id"]
        verbose_name = "subject access request"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["child"],
                condition=Q(state__in=[RequestState.OPEN, RequestState.SIGNED]),
                name="one_subject_request_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(extended_at__isnull=True, extension_reason="")
                | (Q(extended_at__isnull=False) & ~Q(extension_reason="")),
                name="request_is_extended_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(signed_by__isnull=True) | ~Q(signed_by=F("opened_by")),
                name="nobody_signs_off_their_own_pack",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[RequestState.SIGNED, RequestState.ANSWERED])
                | (Q(signed_by__isnull=False, signed_at__isnull=False) & ~Q(signed_digest="")),
                name="pack_is_signed_off_before_it_goes",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[RequestState.OPEN, RequestState.SIGNED], ended_on__isnull=True)
                | (Q(state=RequestState.ANSWERED, ended_on__isnull=False))
                | (Q(state=RequestState.CLOSED, ended_on__isnull=False) & ~Q(closing_reason="")),
                name="request_ends_on_a_day",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["state", "received_on"])]

    def __str__(self) -> str:
        return f"Request received {self.received_on:%d/%m/%Y}"

    @property
    def is_running(self) -> bool:
        return self.state in {RequestState.OPEN, RequestState.SIGNED}


class ClockPause(Scoped):
    """A time in which the clock of a request stands, because something was asked of the requester."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    request = models.ForeignKey(SubjectRequest, on_delete=models.PROTECT, related_name="pauses")
    starts = models.DateField()
    ends = models.DateField(null=True, blank=True, help_text="The day on which what was asked came.")
    reason = models.CharField(max_length=300)
    paused_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[Any] = RestrictedManager()
    school_path = "request__child__school"
    authority_path = "request__child__authority"
    child_path = "request__child"
    view_permission = Permission.ANSWER_SUBJECT_ACCESS
    privacy = classify(operational="id public_id request starts ends", staff="paused_by", case_text="reason")

    class Meta:
        ordering: ClassVar[list[str]] = ["starts", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["request"], condition=Q(ends__isnull=True), name="one_pause_at_a_time"),
            models.CheckConstraint(
                condition=Q(ends__isnull=True) | Q(ends__gte=F("starts")), name="pause_ends_after_it_begins"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="pause_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"Pause from {self.starts:%d/%m/%Y}"


class Redaction(Scoped):
    """A field, or a passage of its text, that is taken out of a pack. The passage is kept as a place, not as words."""

    class Why(models.TextChoices):
        THIRD_PARTY = "third party", "It is about another person"
        SERIOUS_HARM = "serious harm", "It would be likely to cause serious harm"
        OTHER = "other", "Another reason"

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    request = models.ForeignKey(SubjectRequest, on_delete=models.PROTECT, related_name="redactions")
    kind = models.CharField(max_length=60, help_text="The table, as app.model.")
    subject = models.UUIDField(help_text="The public id of the row.")
    field = models.CharField(max_length=60)
    start = models.PositiveIntegerField(null=True, help_text="Where the passage begins; empty for the whole field.")
    end = models.PositiveIntegerField(null=True)
    text_hash = models.CharField(max_length=64, blank=True, help_text="Of the text in which the place was found.")
    why = models.CharField(max_length=12, choices=Why.choices)
    note = models.CharField(max_length=300, blank=True)
    marked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    marked_at = models.DateTimeField(default=timezone.now, editable=False)
    lifted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    lifted_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[Any] = RestrictedManager()
    school_path = "request__child__school"
    authority_path = "request__child__authority"
    child_path = "request__child"
    view_permission = Permission.ANSWER_SUBJECT_ACCESS
    privacy = classify(
        operational="id public_id request kind subject field start end text_hash why marked_at lifted_at",
        staff="marked_by lifted_by",
        case_text="note",
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["kind", "subject", "field", "start"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(start__isnull=True, end__isnull=True, text_hash="")
                | (Q(start__isnull=False, end__gt=F("start")) & ~Q(text_hash="")),
                name="redaction_has_a_place",
            ),
            models.CheckConstraint(condition=~Q(why="other") | ~Q(note=""), name="other_redaction_says_why"),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="redaction_says_who_lifted_it",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_why_display()}: {self.field}"
