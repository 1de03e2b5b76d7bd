import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "__first__"),
        ("practice", "0001_initial"),
        ("schools", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="RetentionRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("contacts", "Contacts, with every version and what became of referrals"),
                            (
                                "children",
                                "Children’s references, with places, involvement, restrictions and case identifiers",
                            ),
                            ("enquiries", "Enquiries of schools and their answers"),
                            ("sessions", "Sessions, days of presence and absences"),
                            ("reviews", "Reviews and Team Around the School meetings, with items, records and actions"),
                            ("programme", "Records of the programme"),
                            ("evidence", "Panels, studies, evaluations and released figures"),
                        ],
                        max_length=20,
                    ),
                ),
                ("version", models.PositiveSmallIntegerField(default=1)),
                (
                    "trigger",
                    models.CharField(
                        choices=[
                            ("last contact", "The last contact recorded, of the child where there is one"),
                            (
                                "closure",
                                "The end of the last involvement with the child, or the last contact if that is later",
                            ),
                            ("school year", "The end of the school year (31 August) in which it was"),
                            ("programme", "The end of the programme: the last day of the authority’s last placement"),
                        ],
                        max_length=20,
                    ),
                ),
                ("years", models.PositiveSmallIntegerField()),
                (
                    "reason",
                    models.TextField(
                        help_text="Why this long: the authority's own schedule, or the law that it follows."
                    ),
                ),
                ("set_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("superseded_at", models.DateTimeField(blank=True, null=True)),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="retention_rules",
                        to="schools.authority",
                    ),
                ),
                (
                    "set_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["authority", "category", "-version"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("authority", "category", "version"), name="one_rule_of_each_version"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at__isnull", True)),
                        fields=("authority", "category"),
                        name="one_rule_stands",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("years__range", (1, 100))), name="rule_keeps_for_one_to_a_hundred_years"
                    ),
                    models.CheckConstraint(condition=models.Q(("reason", ""), _negated=True), name="rule_has_a_reason"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Disposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("contacts", "Contacts, with every version and what became of referrals"),
                            (
                                "children",
                                "Children’s references, with places, involvement, restrictions and case identifiers",
                            ),
                            ("enquiries", "Enquiries of schools and their answers"),
                            ("sessions", "Sessions, days of presence and absences"),
                            ("reviews", "Reviews and Team Around the School meetings, with items, records and actions"),
                            ("programme", "Records of the programme"),
                            ("evidence", "Panels, studies, evaluations and released figures"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "Waits for a second person"),
                            ("confirmed", "Disposed of"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="proposed",
                        max_length=10,
                    ),
                ),
                ("proposed_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "proposed",
                    models.PositiveIntegerField(help_text="How many were proposed, each with what hangs on it."),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                (
                    "left_out",
                    models.PositiveIntegerField(
                        default=0, help_text="Of those proposed, how many were no longer due when it was confirmed."
                    ),
                ),
                ("rows", models.JSONField(default=dict, help_text="How many rows of each table were deleted.")),
                ("reason", models.CharField(blank=True, help_text="Why it was withdrawn.", max_length=200)),
                (
                    "wiped_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="When the database was last cleared of what deleted rows leave behind.",
                        null=True,
                    ),
                ),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="disposals", to="schools.authority"
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "rule",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="disposals",
                        to="records.retentionrule",
                    ),
                ),
            ],
            options={
                "ordering": ["-proposed_at", "-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "proposed")),
                        fields=("authority", "category"),
                        name="one_disposal_waits_in_a_category",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at__isnull", True), ("decided_by__isnull", True), ("state", "proposed")),
                            models.Q(
                                models.Q(("state", "proposed"), _negated=True),
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="disposal_says_who_decided",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "confirmed"), _negated=True),
                            models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="nobody_confirms_their_own_disposal",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "withdrawn"), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="disposal_is_withdrawn_for_a_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SubjectRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "requester",
                    models.CharField(
                        choices=[
                            ("child", "The child"),
                            ("parent", "A parent or carer, for the child"),
                            ("other", "Somebody else who may act for the child"),
                        ],
                        max_length=10,
                    ),
                ),
                ("received_on", models.DateField()),
                ("opened_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("extended_at", models.DateTimeField(blank=True, null=True)),
                ("extension_reason", models.CharField(blank=True, max_length=300)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("signed off", "Signed off, to be sent"),
                            ("answered", "Answered"),
                            ("closed", "Closed without a pack"),
                        ],
                        default="open",
                        max_length=12,
                    ),
                ),
                ("signed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "signed_digest",
                    models.CharField(
                        blank=True, help_text="What was signed off, so that nothing else goes out.", max_length=64
                    ),
                ),
                ("ended_on", models.DateField(blank=True, help_text="When it was answered or closed.", null=True)),
                ("closing_reason", models.CharField(blank=True, max_length=300)),
                (
                    "child",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="subject_requests",
                        to="practice.childreference",
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "signed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "subject access request",
                "ordering": ["received_on", "id"],
                "indexes": [models.Index(fields=["state", "received_on"], name="records_sub_state_90bc91_idx")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["open", "signed off"])),
                        fields=("child",),
                        name="one_subject_request_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("extended_at__isnull", True), ("extension_reason", "")),
                            models.Q(("extended_at__isnull", False), models.Q(("extension_reason", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="request_is_extended_for_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("signed_by__isnull", True),
                            models.Q(("signed_by", models.F("opened_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="nobody_signs_off_their_own_pack",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["signed off", "answered"]), _negated=True),
                            models.Q(
                                ("signed_at__isnull", False),
                                ("signed_by__isnull", False),
                                models.Q(("signed_digest", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="pack_is_signed_off_before_it_goes",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_on__isnull", True), ("state__in", ["open", "signed off"])),
                            models.Q(("ended_on__isnull", False), ("state", "answered")),
                            models.Q(
                                ("ended_on__isnull", False),
                                ("state", "closed"),
                                models.Q(("closing_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="request_ends_on_a_day",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Redaction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("kind", models.CharField(help_text="The table, as app.model.", max_length=60)),
                ("subject", models.UUIDField(help_text="The public id of the row.")),
                ("field", models.CharField(max_length=60)),
                (
                    "start",
                    models.PositiveIntegerField(
                        help_text="Where the passage begins; empty for the whole field.", null=True
                    ),
                ),
                ("end", models.PositiveIntegerField(null=True)),
                (
                    "text_hash",
                    models.CharField(blank=True, help_text="Of the text in which the place was found.", max_length=64),
                ),
                (
                    "why",
                    models.CharField(
                        choices=[
                            ("third party", "It is about another person"),
                            ("serious harm", "It would be likely to cause serious harm"),
                            ("other", "Another reason"),
                        ],
                        max_length=12,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300)),
                ("marked_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("lifted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "lifted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "marked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="redactions",
                        to="records.subjectrequest",
                    ),
                ),
            ],
            options={
                "ordering": ["kind", "subject", "field", "start"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("end__isnull", True), ("start__isnull", True), ("text_hash", "")),
                            models.Q(
                                ("end__gt", models.F("start")),
                                ("start__isnull", False),
                                models.Q(("text_hash", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="redaction_has_a_place",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("why", "other"), _negated=True),
                            models.Q(("note", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="other_redaction_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("lifted_at__isnull", True), ("lifted_by__isnull", True)),
                            models.Q(("lifted_at__isnull", False), ("lifted_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="redaction_says_who_lifted_it",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ClockPause",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("starts", models.DateField()),
                ("ends", models.DateField(blank=True, help_text="The day on which what was asked came.", null=True)),
                ("reason", models.CharField(max_length=300)),
                (
                    "paused_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="pauses", to="records.subjectrequest"
                    ),
                ),
            ],
            options={
                "ordering": ["starts", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ends__isnull", True)), fields=("request",), name="one_pause_at_a_time"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends__isnull", True), ("ends__gte", models.F("starts")), _connector="OR"),
                        name="pause_ends_after_it_begins",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="pause_has_a_reason"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Tombstone",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(help_text="The table, as app.model.", max_length=60)),
                ("subject", models.UUIDField(help_text="The public id that the row had.")),
                ("disposed_at", models.DateTimeField()),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="schools.authority"
                    ),
                ),
                (
                    "disposal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="tombstones", to="records.disposal"
                    ),
                ),
                (
                    "rule",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.retentionrule"
                    ),
                ),
            ],
            options={
                "ordering": ["-disposed_at", "-id"],
                "constraints": [models.UniqueConstraint(fields=("kind", "subject"), name="one_tombstone_of_a_row")],
            },
        ),
        migrations.CreateModel(
            name="DisposalItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(help_text="The table, as app.model.", max_length=60)),
                ("subject", models.UUIDField()),
                (
                    "disposal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="items", to="records.disposal"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("disposal", "kind", "subject"), name="disposal_names_a_thing_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Export",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "with_identifiers",
                    models.BooleanField(
                        default=False, help_text="Whether it holds the identifiers of the case system."
                    ),
                ),
                ("reason", models.CharField(max_length=200)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "Waits for a second person"),
                            ("declined", "Turned down or withdrawn"),
                            ("lapsed", "Nobody approved it in time"),
                            ("waiting", "Being written"),
                            ("ready", "Ready to take"),
                            ("failed", "Failed"),
                            ("removed", "Removed"),
                        ],
                        default="asked",
                        max_length=10,
                    ),
                ),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("declined_because", models.CharField(blank=True, max_length=200)),
                ("ready_at", models.DateTimeField(blank=True, null=True)),
                ("taken_at", models.DateTimeField(blank=True, help_text="When it was first taken.", null=True)),
                ("rows", models.PositiveIntegerField(blank=True, null=True)),
                ("size", models.PositiveBigIntegerField(blank=True, help_text="In bytes.", null=True)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("sealed_key", models.CharField(blank=True, max_length=300)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="exports", to="schools.authority"
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-asked_at", "-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "ready"), _negated=True),
                            models.Q(
                                ("ready_at__isnull", False),
                                ("rows__isnull", False),
                                ("size__isnull", False),
                                models.Q(("sealed_key", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="ready_export_says_what_it_holds",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="export_has_a_reason"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("decided_at__isnull", True),
                                ("decided_by__isnull", True),
                                ("state__in", ("asked", "lapsed")),
                            ),
                            models.Q(
                                models.Q(("state__in", ("asked", "lapsed")), _negated=True),
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="export_says_who_decided",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ("waiting", "ready", "failed", "removed")), _negated=True),
                            models.Q(("decided_by", models.F("asked_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="nobody_approves_their_own_export",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "declined"), _negated=True),
                            models.Q(("declined_because", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="export_is_declined_for_a_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LegalHold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("first", models.DateField(blank=True, help_text="The first day that it covers.", null=True)),
                ("last", models.DateField(blank=True, help_text="The last day that it covers.", null=True)),
                ("reason", models.TextField()),
                ("review_by", models.DateField()),
                ("placed_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("released_at", models.DateTimeField(blank=True, null=True)),
                ("release_reason", models.TextField(blank=True)),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="legal_holds", to="schools.authority"
                    ),
                ),
                (
                    "child",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="legal_holds",
                        to="practice.childreference",
                    ),
                ),
                (
                    "placed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "released_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="legal_holds",
                        to="schools.school",
                    ),
                ),
            ],
            options={
                "ordering": ["review_by", "id"],
                "indexes": [models.Index(fields=["authority", "released_at"], name="holds_of_an_authority")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("reason", ""), _negated=True), name="hold_has_a_reason"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("first__isnull", True),
                            ("last__isnull", True),
                            ("last__gte", models.F("first")),
                            _connector="OR",
                        ),
                        name="hold_ends_after_it_begins",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("release_reason", ""), ("released_at__isnull", True), ("released_by__isnull", True)
                            ),
                            models.Q(
                                ("released_at__isnull", False),
                                ("released_by__isnull", False),
                                models.Q(("release_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="hold_is_released_with_a_reason",
                    ),
                ],
            },
        ),
    ]
