"""The contact log: versions of entries, and what became of referrals."""

from __future__ import annotations

from typing import Any, ClassVar, Self
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils import timezone

from service.accounts.models import User
from service.permissions import Permission, Scoped, classify
from service.practice.core_codes import CORE, CodeList
from service.practice.models.children import YEAR_GROUPS, ChildReference, Known, RestrictedManager, RestrictedQuerySet
from service.practice.models.codes import Code
from service.practice.models.imports import LogImport
from service.schools.models import Authority, School


class State(models.TextChoices):
    """What has become of a version of an entry. Only current ones are counted."""

    CURRENT = "current", "Current"
    SUPERSEDED = "superseded", "Superseded by a correction"
    WITHDRAWN = "withdrawn", "Withdrawn"


class Sharing(models.TextChoices):
    """Whether information was shared with somebody outside the team; the reason is kept either way."""

    SHARED = "shared", "Information was shared"
    NOT_SHARED = "not shared", "It was decided not to share"


class LedTo(models.TextChoices):
    """What an answer to a referral began, or sent the family to instead."""

    SECTION_17 = "section 17", "Section 17 assessment"
    SECTION_47 = "section 47", "Section 47 enquiry"
    OPEN_CASE = "open case", "Passed to the worker of an open case"
    EARLY_HELP = "early help", "Early help"
    SIGNPOSTED = "signposted", "Signposted to another service"


ONLY_WHEN_ACCEPTED = frozenset({LedTo.SECTION_17, LedTo.SECTION_47})


class CountedQuerySet(RestrictedQuerySet):
    """Entries as they stand: without superseded and withdrawn versions."""

    def counted(self) -> Self:
        """The versions that are counted, whoever may see them: for figures over an authority or the programme."""
        return self.filter(state=State.CURRENT)

    def visible_to(self, user: Any, permission: Permission | None = None) -> Self:
        return super().visible_to(user, permission).filter(state=State.CURRENT)


def _codes(list_name: CodeList) -> list[tuple[str, str]]:
    return list(CORE[list_name].items())


class Contact(Scoped):
    """One version of one entry of the log: a piece of work for a school.

    `entry` stays the same through corrections; a correction adds a version and ends the one before. The codes here are core
    codes; `local_codes` holds the authority's own children of them that were chosen. No field but those of the ending changes.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    entry = models.UUIDField(default=uuid4, editable=False)
    version = models.PositiveSmallIntegerField(default=1, editable=False)
    supersedes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.CURRENT)
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="contacts")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="contacts", db_index=False)
    date = models.DateField()
    worker = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="contacts", db_index=False,
        help_text="Who did the work. Empty only in imported logs that do not tell.",
    )  # fmt: skip
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)
    raised_by = models.CharField(max_length=40, choices=_codes(CodeList.RAISED_BY), blank=True)
    kind_of_work = models.CharField(max_length=40, choices=_codes(CodeList.KIND_OF_WORK))
    role = models.CharField(max_length=40, choices=_codes(CodeList.ROLE), blank=True)
    topics = models.ManyToManyField(Code, related_name="+", blank=True)
    local_codes = models.ManyToManyField(Code, related_name="+", blank=True)
    time_band = models.CharField(max_length=20, choices=_codes(CodeList.TIME_BAND), blank=True)
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    mode = models.CharField(max_length=40, choices=_codes(CodeList.MODE), blank=True)
    action = models.CharField(max_length=40, choices=_codes(CodeList.ACTION), blank=True)
    outcome = models.CharField(max_length=40, choices=_codes(CodeList.OUTCOME), blank=True)
    pathway = models.CharField(max_length=1, choices=_codes(CodeList.PATHWAY), blank=True)
    year_group = models.CharField(max_length=2, choices=[(year, f"Year {year}") for year in YEAR_GROUPS], blank=True)
    child = models.ForeignKey(
        ChildReference, on_delete=models.PROTECT, null=True, blank=True, related_name="contacts", db_index=False
    )
    known_to_social_care = models.CharField(max_length=9, choices=Known.choices, default=Known.NOT_ASKED)
    sharing = models.CharField(max_length=10, choices=Sharing.choices, blank=True)
    shared_with = models.CharField(max_length=100, blank=True)
    sharing_reason = models.TextField(blank=True)
    account = models.TextField(blank=True)
    submission = models.UUIDField(
        null=True, unique=True, editable=False, help_text="The form it came from, so that one form is saved once."
    )
    log_import = models.ForeignKey(
        LogImport, on_delete=models.PROTECT, null=True, blank=True, related_name="contacts", editable=False
    )
    imported_row = models.CharField(max_length=64, blank=True, editable=False)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.TextField(blank=True, help_text="Why it was corrected or withdrawn.")

    objects: ClassVar[Any] = models.Manager.from_queryset(CountedQuerySet)()
    every_version: ClassVar[Any] = RestrictedManager()
    school_path = "school"
    authority_path = "authority"
    child_path = "child"
    view_permission = Permission.VIEW_CONTACTS
    privacy = classify(
        operational="id public_id entry version supersedes state authority school recorded_at topics local_codes submission "
        "log_import imported_row ended_at",
        staff="worker recorded_by raised_by ended_by kind_of_work role time_band minutes mode",
        child="date child year_group known_to_social_care action outcome pathway sharing",
        case_text="account shared_with sharing_reason end_reason",
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["-date", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["entry", "version"], name="one_contact_of_each_version"),
            models.UniqueConstraint(
                fields=["entry"], condition=~Q(state=State.SUPERSEDED), name="one_version_of_a_contact_stands"
            ),
            models.UniqueConstraint(
                fields=["authority", "imported_row"],
                condition=~Q(imported_row="") & Q(supersedes__isnull=True),
                name="a_row_is_imported_once",
            ),
            models.CheckConstraint(
                condition=Q(state=State.CURRENT, ended_at__isnull=True, ended_by__isnull=True, end_reason="")
                | (~Q(state=State.CURRENT) & Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(end_reason="")),
                name="contact_ends_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(version=1, supersedes__isnull=True) | Q(version__gt=1, supersedes__isnull=False),
                name="later_versions_supersede",
            ),
            models.CheckConstraint(
                condition=Q(log_import__isnull=False)
                | (Q(worker__isnull=False) & ~Q(raised_by="") & ~Q(role="") & ~Q(time_band="")),
                name="contact_is_complete_unless_imported",
            ),
            models.CheckConstraint(
                condition=Q(minutes__isnull=True) | Q(minutes__lte=1440), name="contact_within_a_day"
            ),
            models.CheckConstraint(
                condition=(Q(sharing="", shared_with="", sharing_reason="")) | (~Q(sharing="") & ~Q(sharing_reason="")),
                name="sharing_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(year_group="") | Q(year_group__in=YEAR_GROUPS), name="contact_year_group"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["school", "-date", "-id"], name="contacts_of_a_school"),
            models.Index(fields=["authority", "-date", "-id"], name="contacts_of_an_authority"),
            models.Index(fields=["worker", "-date", "-id"], name="contacts_of_a_worker"),
            models.Index(fields=["child", "-date", "-id"], name="contacts_of_a_child"),
            models.Index(
                fields=["school", "-date"],
                condition=Q(outcome="referral", state=State.CURRENT),
                name="contacts_referred",
            ),
        ]

    def __str__(self) -> str:
        return f"Contact of {self.date}"

    @property
    def latest(self) -> Contact:
        """The version that stands, or was withdrawn."""
        if self.state != State.SUPERSEDED:
            return self
        return Contact._base_manager.filter(entry=self.entry).exclude(state=State.SUPERSEDED).get()


class ReferralOutcome(Scoped):
    """What became of a referral, added when it is known. It holds for the entry, through later corrections."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="referral_outcomes")
    outcome = models.CharField(max_length=40, choices=_codes(CodeList.REFERRAL_OUTCOME))
    led_to = models.CharField(max_length=12, choices=LedTo.choices, blank=True)
    external_reference = models.CharField(
        max_length=40, blank=True, help_text="The number of the referral where it was sent."
    )
    heard_on = models.DateField()
    note = models.TextField(blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[Any] = RestrictedManager()
    school_path = "contact__school"
    authority_path = "contact__authority"
    child_path = "contact__child"
    view_permission = Permission.VIEW_CONTACTS
    privacy = classify(
        operational="id public_id contact recorded_at",
        staff="recorded_by",
        child="outcome led_to heard_on",
        case_text="note",
        identifier="external_reference",
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["heard_on", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=~Q(led_to__in=sorted(ONLY_WHEN_ACCEPTED)) | Q(outcome="accepted"),
                name="statutory_work_follows_an_accepted_referral",
            ),
        ]

    def __str__(self) -> str:
        return self.get_outcome_display()
