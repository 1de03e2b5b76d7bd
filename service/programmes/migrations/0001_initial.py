import uuid

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("accounts", "__first__"),
        ("schools", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="AgreementText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "audience",
                    models.CharField(
                        choices=[
                            ("every school", "Every school of the programme"),
                            ("with a social worker", "Schools with a social worker"),
                            ("comparison", "Comparison schools"),
                        ],
                        max_length=24,
                    ),
                ),
                ("version", models.PositiveSmallIntegerField()),
                ("text", models.TextField()),
                ("written_on", models.DateField()),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="agreement_texts",
                        to="schools.authority",
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["authority", "audience", "-version"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("authority", "audience", "version"), name="one_text_of_each_version"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("version__gte", 1), models.Q(("text", ""), _negated=True)),
                        name="an_agreement_says_something",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Agreement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("issued_on", models.DateField()),
                ("sign_by", models.DateField(help_text="The day by which both sides should have signed.")),
                ("superseded_on", models.DateField(blank=True, null=True)),
                (
                    "issued_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="agreements", to="schools.school"
                    ),
                ),
                (
                    "text",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="agreements",
                        to="programmes.agreementtext",
                    ),
                ),
            ],
            options={
                "ordering": ["school__name", "-issued_on", "-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_on", None)),
                        fields=("school",),
                        name="one_agreement_holds_for_a_school",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Claim",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "quarter",
                    models.CharField(
                        help_text="Of the financial year: Q1 is April to June.",
                        max_length=10,
                        validators=[
                            django.core.validators.RegexValidator("^\\d{4}-\\d{2} Q[1-4]$", "For example 2026-27 Q3.")
                        ],
                    ),
                ),
                ("item", models.CharField(max_length=100)),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("staffing", "Staffing: team managers and social workers"),
                            ("ancillary", "Ancillary: equipment, rooms, training"),
                            ("other", "Anything else"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "basis",
                    models.CharField(
                        choices=[
                            ("period", "The cost of the quarter"),
                            ("purchase", "A purchase that lasts for years"),
                        ],
                        max_length=10,
                    ),
                ),
                ("useful_life_years", models.DecimalField(blank=True, decimal_places=1, max_digits=4, null=True)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=10)),
                ("source", models.CharField(blank=True, max_length=200)),
                ("recorded_at", models.DateTimeField(auto_now_add=True)),
                ("superseded", models.BooleanField(default=False)),
                ("reason", models.CharField(blank=True, help_text="Why it was corrected.", max_length=200)),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="claims", to="schools.authority"
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "supersedes",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="superseded_by",
                        to="programmes.claim",
                    ),
                ),
            ],
            options={
                "ordering": ["authority", "-quarter", "item", "-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("superseded", False)),
                        fields=("authority", "quarter", "item"),
                        name="one_claim_for_an_item",
                    ),
                    models.CheckConstraint(condition=models.Q(("amount__gte", 0)), name="claims_are_not_negative"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("useful_life_years", None),
                            models.Q(("basis", "purchase"), ("useful_life_years__gt", 0)),
                            _connector="OR",
                        ),
                        name="only_a_purchase_lasts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reason", ""), ("supersedes", None)),
                            models.Q(("supersedes__isnull", False), models.Q(("reason", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="a_corrected_claim_has_a_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Commitment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "sha256",
                    models.CharField(
                        max_length=64,
                        unique=True,
                        validators=[django.core.validators.RegexValidator("^[0-9a-f]{64}$", "64 hexadecimal digits.")],
                    ),
                ),
                ("file", models.TextField(help_text="allocation_commitment.toml as it was published.")),
                ("committed_on", models.DateField()),
                ("registered_at", models.DateTimeField(auto_now_add=True)),
                (
                    "authority",
                    models.ForeignKey(
                        blank=True,
                        help_text="None: every authority.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="schools.authority",
                    ),
                ),
                (
                    "registered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["-registered_at"],
            },
        ),
        migrations.CreateModel(
            name="FitProposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("score", models.DecimalField(decimal_places=2, max_digits=5)),
                ("reasons", models.JSONField(help_text="Sentences for and against.")),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                ("shown_to_school", models.BooleanField(default=False)),
                (
                    "school_view",
                    models.CharField(
                        blank=True,
                        choices=[("welcome", "We welcome this"), ("concern", "We have a concern")],
                        max_length=10,
                    ),
                ),
                ("school_remark", models.CharField(blank=True, max_length=500)),
                (
                    "decision",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("accepted", "Accepted"),
                            ("declined", "Declined"),
                            ("superseded", "Superseded"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("decided_on", models.DateField(blank=True, null=True)),
                ("note", models.CharField(blank=True, max_length=500)),
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
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="fit_proposals", to="schools.school"
                    ),
                ),
                (
                    "school_view_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "worker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="fit_proposals",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-made_at", "school__name"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("decision", "open")),
                        fields=("school", "worker"),
                        name="one_open_proposal_for_a_pair",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_on", None), ("decision", "open")),
                            models.Q(models.Q(("decision", "open"), _negated=True), ("decided_on__isnull", False)),
                            _connector="OR",
                        ),
                        name="a_decision_has_a_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("school_view", ""), ("shown_to_school", True), _connector="OR"),
                        name="a_school_views_what_it_was_shown",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Group",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("name", models.CharField(max_length=100)),
                (
                    "kind",
                    models.CharField(
                        choices=[("working group", "Working group"), ("steering group", "Steering group")],
                        max_length=20,
                    ),
                ),
                ("meets", models.CharField(help_text="How often, such as each term.", max_length=60)),
                ("purpose", models.CharField(blank=True, max_length=500)),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="governance_groups",
                        to="schools.authority",
                    ),
                ),
            ],
            options={
                "verbose_name": "governance group",
                "ordering": ["authority", "name"],
                "constraints": [
                    models.UniqueConstraint(fields=("authority", "name"), name="groups_have_names_of_their_own")
                ],
            },
        ),
        migrations.CreateModel(
            name="GroupMember",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("name", models.CharField(max_length=100)),
                ("organisation", models.CharField(max_length=100)),
                ("chairs", models.BooleanField(default=False)),
                ("joined_on", models.DateField()),
                ("left_on", models.DateField(blank=True, null=True)),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="members", to="programmes.group"
                    ),
                ),
            ],
            options={
                "ordering": ["-chairs", "name"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("left_on", None)), fields=("group", "name"), name="members_sit_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("left_on", None), ("left_on__gte", models.F("joined_on")), _connector="OR"),
                        name="members_leave_after_joining",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Meeting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("day", models.DateField()),
                ("place", models.CharField(blank=True, max_length=100)),
                ("agenda", models.TextField(blank=True)),
                ("notes", models.TextField(blank=True, help_text="What was decided. Nothing about a child.")),
                ("held", models.BooleanField(default=False)),
                (
                    "version",
                    models.PositiveSmallIntegerField(
                        default=1, help_text="Goes up each time that its minutes are written."
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="meetings", to="programmes.group"
                    ),
                ),
            ],
            options={
                "ordering": ["-day"],
                "constraints": [models.UniqueConstraint(fields=("group", "day"), name="one_meeting_of_a_group_a_day")],
            },
        ),
        migrations.CreateModel(
            name="GroupAction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("what", models.CharField(max_length=300)),
                ("owner", models.CharField(max_length=100)),
                ("due", models.DateField()),
                ("closed_on", models.DateField(blank=True, null=True)),
                ("outcome", models.CharField(blank=True, max_length=300)),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="actions", to="programmes.group"
                    ),
                ),
                (
                    "raised_at",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="actions_raised",
                        to="programmes.meeting",
                    ),
                ),
            ],
            options={
                "ordering": ["due", "id"],
                "indexes": [models.Index(fields=["group", "closed_on", "due"], name="programmes__group_i_03ad7a_idx")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_on", None), ("outcome", "")),
                            models.Q(("closed_on__isnull", False), models.Q(("outcome", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="a_closed_action_has_an_outcome",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="EarlierMinutes",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveSmallIntegerField()),
                ("agenda", models.TextField(blank=True)),
                ("notes", models.TextField(blank=True)),
                ("reason", models.CharField(help_text="Why they were replaced.", max_length=200)),
                ("replaced_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "replaced_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="earlier_minutes",
                        to="programmes.meeting",
                    ),
                ),
            ],
            options={
                "verbose_name": "earlier minutes",
                "verbose_name_plural": "earlier minutes",
                "ordering": ["meeting", "-version"],
                "constraints": [
                    models.UniqueConstraint(fields=("meeting", "version"), name="one_minutes_of_each_version"),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="minutes_are_replaced_for_a_reason"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Menu",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveSmallIntegerField()),
                ("introduction", models.TextField(blank=True)),
                ("begun_on", models.DateField()),
                ("issued_on", models.DateField(blank=True, null=True)),
                ("superseded_on", models.DateField(blank=True, null=True)),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="menus", to="schools.authority"
                    ),
                ),
                (
                    "begun_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["authority", "-version"],
                "constraints": [
                    models.UniqueConstraint(fields=("authority", "version"), name="one_menu_of_each_version"),
                    models.UniqueConstraint(
                        condition=models.Q(("issued_on", None)), fields=("authority",), name="one_draft_of_the_menu"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("issued_on__isnull", False), ("superseded_on", None)),
                        fields=("authority",),
                        name="one_menu_holds",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("superseded_on", None), ("issued_on__isnull", False), _connector="OR"),
                        name="only_an_issued_menu_is_superseded",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MenuItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("statutory", "Statutory social work"),
                            ("preventative", "Preventative work"),
                            ("out of role", "Not part of the role: who to ask instead"),
                        ],
                        max_length=14,
                    ),
                ),
                ("what", models.CharField(max_length=120)),
                ("how", models.CharField(help_text="What it is, and how to ask for it.", max_length=400)),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "menu",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="items", to="programmes.menu"
                    ),
                ),
            ],
            options={
                "ordering": ["menu", "position"],
                "constraints": [models.UniqueConstraint(fields=("menu", "what"), name="a_menu_says_a_thing_once")],
            },
        ),
        migrations.CreateModel(
            name="Milestone",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("what", models.CharField(max_length=150)),
                ("due", models.DateField()),
                (
                    "owner",
                    models.CharField(
                        blank=True, help_text="The person, post or group that sees to it.", max_length=100
                    ),
                ),
                ("done_on", models.DateField(blank=True, null=True)),
                ("dropped_because", models.CharField(blank=True, max_length=200)),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="milestones", to="schools.authority"
                    ),
                ),
                (
                    "done_by",
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
                "ordering": ["due", "what"],
                "indexes": [models.Index(fields=["authority", "due"], name="programmes__authori_d0b5d1_idx")],
            },
        ),
        migrations.CreateModel(
            name="MilestoneMove",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("was_due", models.DateField()),
                ("reason", models.CharField(max_length=200)),
                ("moved_on", models.DateField()),
                (
                    "milestone",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="moves", to="programmes.milestone"
                    ),
                ),
                (
                    "moved_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["milestone", "id"],
            },
        ),
        migrations.CreateModel(
            name="NominationRound",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("name", models.CharField(max_length=100)),
                (
                    "status",
                    models.CharField(
                        choices=[("draft", "Draft"), ("submitted", "Submitted")], default="draft", max_length=10
                    ),
                ),
                ("begun_on", models.DateField()),
                ("submitted_on", models.DateField(blank=True, null=True)),
                (
                    "returned_because",
                    models.CharField(blank=True, help_text="Why the evaluator gave it back.", max_length=300),
                ),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="nomination_rounds",
                        to="schools.authority",
                    ),
                ),
                (
                    "begun_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "submitted_by",
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
                "ordering": ["authority", "-begun_on", "name"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status", "draft")),
                        fields=("authority",),
                        name="one_draft_of_nominations_an_authority",
                    ),
                    models.UniqueConstraint(
                        fields=("authority", "name"), name="nomination_rounds_have_names_of_their_own"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "draft"), ("submitted_on", None)),
                            models.Q(("status", "submitted"), ("submitted_on__isnull", False)),
                            _connector="OR",
                        ),
                        name="a_submitted_round_has_a_day",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Nomination",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "label",
                    models.CharField(
                        help_text="The name of the school in nominations.csv, with its URN.", max_length=160
                    ),
                ),
                ("pupils", models.PositiveIntegerField(blank=True, null=True)),
                ("referrals", models.PositiveIntegerField(blank=True, null=True)),
                ("section_47_enquiries", models.PositiveIntegerField(blank=True, null=True)),
                ("exclusions", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "persistent_absence_percent",
                    models.DecimalField(blank=True, decimal_places=1, max_digits=4, null=True),
                ),
                (
                    "free_school_meals_percent",
                    models.DecimalField(blank=True, decimal_places=1, max_digits=4, null=True),
                ),
                ("reserve", models.BooleanField(default=False)),
                (
                    "excluded",
                    models.CharField(blank=True, help_text="Why the school must not be drawn.", max_length=200),
                ),
                ("withdrew_on", models.DateField(blank=True, null=True)),
                ("withdrew_because", models.CharField(blank=True, max_length=200)),
                (
                    "feeder_primaries",
                    models.ManyToManyField(blank=True, related_name="nominated_beside", to="schools.school"),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="nominations", to="schools.school"
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="nominations",
                        to="programmes.nominationround",
                    ),
                ),
            ],
            options={
                "ordering": ["label"],
                "constraints": [
                    models.UniqueConstraint(fields=("round", "school"), name="a_school_is_nominated_once_in_a_round"),
                    models.CheckConstraint(
                        condition=models.Q(("pupils", None), ("pupils__gt", 0), _connector="OR"),
                        name="nominated_schools_have_pupils",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("persistent_absence_percent", None),
                            ("persistent_absence_percent__range", (0, 100)),
                            _connector="OR",
                        ),
                        name="persistent_absence_is_a_percentage",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("free_school_meals_percent", None),
                            ("free_school_meals_percent__range", (0, 100)),
                            _connector="OR",
                        ),
                        name="nominated_free_school_meals_is_a_percentage",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("withdrew_because", ""), ("withdrew_on", None)),
                            models.Q(("withdrew_on__isnull", False), models.Q(("withdrew_because", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="a_withdrawal_has_a_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Allocation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("certificate", models.TextField(help_text="allocation.toml as it was written.")),
                (
                    "nominations_file",
                    models.TextField(help_text="nominations.csv that the certificate was checked against."),
                ),
                ("steps", models.JSONField(help_text="What was checked: name, whether it holds, and what was seen.")),
                ("method", models.CharField(max_length=20)),
                ("drawn_on", models.DateField()),
                (
                    "kept_until",
                    models.DateField(
                        blank=True,
                        help_text="The last day on which comparison schools stay without a social worker.",
                        null=True,
                    ),
                ),
                ("entered_at", models.DateTimeField(auto_now_add=True)),
                ("published_on", models.DateField(blank=True, null=True)),
                ("set_aside_on", models.DateField(blank=True, null=True)),
                ("set_aside_because", models.CharField(blank=True, max_length=300)),
                (
                    "entered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "published_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "commitment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="allocations",
                        to="programmes.commitment",
                    ),
                ),
                ("rounds", models.ManyToManyField(related_name="allocations", to="programmes.nominationround")),
            ],
            options={
                "ordering": ["-entered_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("published_on", None), ("published_on__gte", models.F("drawn_on")), _connector="OR"
                        ),
                        name="told_after_it_was_drawn",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("published_on", None), ("set_aside_on", None), _connector="OR"),
                        name="what_was_told_is_not_set_aside",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("set_aside_because", ""), ("set_aside_on", None)),
                            models.Q(
                                ("set_aside_on__isnull", False), models.Q(("set_aside_because", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="setting_aside_has_a_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="NominationUpload",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("file_name", models.CharField(max_length=100)),
                ("rows", models.JSONField(help_text="The rows that can be taken, as written.")),
                ("problems", models.JSONField(help_text="Row, column and what is wrong.")),
                ("uploaded_at", models.DateTimeField(auto_now_add=True)),
                ("taken_at", models.DateTimeField(blank=True, null=True)),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="uploads",
                        to="programmes.nominationround",
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["-uploaded_at"],
            },
        ),
        migrations.CreateModel(
            name="Paper",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("title", models.CharField(max_length=150)),
                ("link", models.URLField(blank=True)),
                ("file", models.FileField(blank=True, upload_to="papers/")),
                ("file_name", models.CharField(blank=True, max_length=100)),
                ("size", models.PositiveIntegerField(default=0)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("added_at", models.DateTimeField(auto_now_add=True)),
                ("withdrawn_because", models.CharField(blank=True, max_length=200)),
                (
                    "added_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="papers", to="programmes.meeting"
                    ),
                ),
            ],
            options={
                "ordering": ["meeting", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("link", ""), models.Q(("file", ""), _negated=True)),
                            models.Q(models.Q(("link", ""), _negated=True), ("file", "")),
                            _connector="OR",
                        ),
                        name="a_paper_is_a_file_or_a_link",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Placement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "mode",
                    models.CharField(
                        choices=[
                            ("own office", "Own office in the school"),
                            ("shared office", "Shared office in the school"),
                            ("scheduled drop-ins", "Scheduled drop-ins"),
                            ("regular visits", "Regular visits"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "shares_with",
                    models.CharField(blank=True, help_text="With whom the office is shared.", max_length=100),
                ),
                (
                    "base",
                    models.CharField(
                        help_text="Where the worker is to be found: a room, a time, an office.", max_length=100
                    ),
                ),
                ("weekdays", models.JSONField(help_text="The agreed weekdays, 0 Monday to 4 Friday.")),
                (
                    "share_of_time",
                    models.PositiveSmallIntegerField(
                        help_text="Per cent of a full working week; of a feeder primary, within that of its secondary."
                    ),
                ),
                ("starts", models.DateField()),
                ("ends", models.DateField(blank=True, help_text="The last day.", null=True)),
                ("end_reason", models.CharField(blank=True, max_length=200)),
                ("placed_at", models.DateTimeField(auto_now_add=True)),
                (
                    "anchor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="feeders",
                        to="programmes.placement",
                    ),
                ),
                (
                    "covers",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="covered_by",
                        to="programmes.placement",
                    ),
                ),
                (
                    "follows",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="followed_by",
                        to="programmes.placement",
                    ),
                ),
                (
                    "membership",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="placement",
                        to="accounts.membership",
                    ),
                ),
                (
                    "placed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="placements", to="schools.school"
                    ),
                ),
                (
                    "worker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="placements",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["school__name", "-starts"],
                "indexes": [
                    models.Index(fields=["school", "starts", "ends"], name="programmes__school__94c6d9_idx"),
                    models.Index(fields=["worker", "starts", "ends"], name="programmes__worker__bb290b_idx"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("share_of_time__range", (1, 100))), name="share_of_time_is_a_percentage"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends", None),
                            ("ends__gte", models.F("starts")),
                            models.Q(("end_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="placement_ends_after_start_or_was_called_off",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("covers", None), ("ends__isnull", False), _connector="OR"),
                        name="cover_has_a_last_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("shares_with", ""), ("mode", "shared office"), _connector="OR"),
                        name="only_a_shared_office_is_shared",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ends", None)),
                        fields=("worker", "school"),
                        name="one_open_placement_in_a_school",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReadinessItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "area",
                    models.CharField(
                        choices=[
                            ("space", "Space in the school"),
                            ("access", "Access and IT"),
                            ("induction", "Induction"),
                            ("people", "Introductions"),
                        ],
                        max_length=12,
                    ),
                ),
                ("what", models.CharField(max_length=150)),
                (
                    "side",
                    models.CharField(
                        choices=[("school", "The school"), ("authority", "The authority")],
                        help_text="Who sees to it.",
                        max_length=10,
                    ),
                ),
                (
                    "days_before_start",
                    models.SmallIntegerField(
                        help_text="Due so many days before the worker starts; less than 0: after."
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("retired_on", models.DateField(blank=True, null=True)),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="readiness_items",
                        to="schools.authority",
                    ),
                ),
            ],
            options={
                "ordering": ["authority", "position"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("retired_on", None)),
                        fields=("authority", "what"),
                        name="a_checklist_says_a_thing_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Risk",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("risk", "Risk: it may happen"), ("issue", "Issue: it has happened")], max_length=10
                    ),
                ),
                ("what", models.CharField(max_length=200)),
                (
                    "likelihood",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "1 very low"), (2, "2 low"), (3, "3 medium"), (4, "4 high"), (5, "5 very high")]
                    ),
                ),
                (
                    "impact",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "1 very low"), (2, "2 low"), (3, "3 medium"), (4, "4 high"), (5, "5 very high")]
                    ),
                ),
                ("mitigation", models.CharField(max_length=500)),
                ("owner", models.CharField(max_length=100)),
                ("raised_on", models.DateField()),
                ("closed_on", models.DateField(blank=True, null=True)),
                ("closed_because", models.CharField(blank=True, max_length=200)),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="risks", to="schools.authority"
                    ),
                ),
                (
                    "raised_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "risk or issue",
                "verbose_name_plural": "risks and issues",
                "ordering": ["closed_on", "-impact", "-likelihood", "what"],
                "indexes": [models.Index(fields=["authority", "closed_on"], name="programmes__authori_10058f_idx")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("likelihood__range", (1, 5)), ("impact__range", (1, 5))),
                        name="risks_are_judged_from_1_to_5",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind", "risk"), ("likelihood", 5), _connector="OR"),
                        name="an_issue_has_happened",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_because", ""), ("closed_on", None)),
                            models.Q(("closed_on__isnull", False), models.Q(("closed_because", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="a_closed_risk_has_a_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RiskReview",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("risk", "Risk: it may happen"), ("issue", "Issue: it has happened")], max_length=10
                    ),
                ),
                (
                    "likelihood",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "1 very low"), (2, "2 low"), (3, "3 medium"), (4, "4 high"), (5, "5 very high")]
                    ),
                ),
                (
                    "impact",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "1 very low"), (2, "2 low"), (3, "3 medium"), (4, "4 high"), (5, "5 very high")]
                    ),
                ),
                ("mitigation", models.CharField(max_length=500)),
                ("owner", models.CharField(max_length=100)),
                ("remark", models.CharField(blank=True, max_length=300)),
                ("reviewed_on", models.DateField()),
                (
                    "reviewed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "risk",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reviews", to="programmes.risk"
                    ),
                ),
            ],
            options={
                "ordering": ["risk", "-id"],
            },
        ),
        migrations.CreateModel(
            name="SchoolArm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "arm",
                    models.CharField(
                        choices=[
                            ("intervention", "with a social worker"),
                            ("comparison", "comparison school"),
                            ("reserve", "in reserve"),
                            ("withdrew", "withdrew before arms were told"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "drawn_arm",
                    models.CharField(
                        choices=[
                            ("intervention", "with a social worker"),
                            ("comparison", "comparison school"),
                            ("reserve", "in reserve"),
                            ("withdrew", "withdrew before arms were told"),
                        ],
                        help_text="As drawn, before anybody stood in.",
                        max_length=12,
                    ),
                ),
                ("stratum", models.CharField(help_text="Schools stand in for one another within it.", max_length=200)),
                ("reserve_place", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("live", models.BooleanField(default=True, help_text="No: its allocation was set aside.")),
                (
                    "allocation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="arms", to="programmes.allocation"
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="arms", to="schools.school"
                    ),
                ),
                (
                    "stands_in_for",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stood_in_by",
                        to="programmes.schoolarm",
                    ),
                ),
            ],
            options={
                "ordering": ["school__name"],
                "constraints": [
                    models.UniqueConstraint(fields=("allocation", "school"), name="one_arm_in_an_allocation"),
                    models.UniqueConstraint(
                        condition=models.Q(("live", True)), fields=("school",), name="one_arm_for_a_school"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("drawn_arm", "reserve"), ("reserve_place__isnull", False)),
                            models.Q(models.Q(("drawn_arm", "reserve"), _negated=True), ("reserve_place", None)),
                            _connector="OR",
                        ),
                        name="reserves_have_a_place",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SchoolCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "area",
                    models.CharField(
                        choices=[
                            ("space", "Space in the school"),
                            ("access", "Access and IT"),
                            ("induction", "Induction"),
                            ("people", "Introductions"),
                        ],
                        max_length=12,
                    ),
                ),
                ("what", models.CharField(max_length=150)),
                (
                    "side",
                    models.CharField(choices=[("school", "The school"), ("authority", "The authority")], max_length=10),
                ),
                ("who", models.CharField(blank=True, help_text="The person or post that sees to it.", max_length=100)),
                ("due", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "To do"), ("done", "Done"), ("not needed", "Not needed")],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("settled_on", models.DateField(blank=True, null=True)),
                ("remark", models.CharField(blank=True, max_length=200)),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="checks",
                        to="programmes.readinessitem",
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="checks", to="schools.school"
                    ),
                ),
                (
                    "settled_by",
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
                "ordering": ["school__name", "item__position", "id"],
                "indexes": [models.Index(fields=["state", "due"], name="programmes__state_5cc9dd_idx")],
                "constraints": [
                    models.UniqueConstraint(fields=("school", "item"), name="a_school_checks_a_thing_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("settled_on", None), ("state", "open")),
                            models.Q(models.Q(("state", "open"), _negated=True), ("settled_on__isnull", False)),
                            _connector="OR",
                        ),
                        name="what_is_settled_has_a_day",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SchoolNeeds",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("strengths", models.JSONField(help_text="Codes of Strength, the most important first.")),
                ("years_qualified", models.PositiveSmallIntegerField(default=2, help_text="At least.")),
                ("remark", models.CharField(blank=True, max_length=500)),
                ("stated_on", models.DateField()),
                ("superseded", models.BooleanField(default=False)),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="needs", to="schools.school"
                    ),
                ),
                (
                    "stated_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "school needs",
                "ordering": ["school__name", "-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("superseded", False)),
                        fields=("school",),
                        name="one_statement_of_needs_holds",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("years_qualified__range", (2, 40))), name="two_years_qualified_at_least"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Signature",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "side",
                    models.CharField(choices=[("school", "The school"), ("authority", "The authority")], max_length=10),
                ),
                ("name", models.CharField(max_length=100)),
                ("position", models.CharField(max_length=100)),
                ("signed_on", models.DateField()),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signatures",
                        to="programmes.agreement",
                    ),
                ),
                (
                    "signed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["agreement", "side"],
                "constraints": [models.UniqueConstraint(fields=("agreement", "side"), name="each_side_signs_once")],
            },
        ),
        migrations.CreateModel(
            name="WorkerProfile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("strengths", models.JSONField(help_text="Codes of Strength.")),
                ("years_qualified", models.PositiveSmallIntegerField()),
                (
                    "share_of_time",
                    models.PositiveSmallIntegerField(default=100, help_text="Per cent of a full week that is free."),
                ),
                ("remark", models.CharField(blank=True, max_length=500)),
                ("stated_on", models.DateField()),
                ("superseded", models.BooleanField(default=False)),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="worker_profiles",
                        to="schools.authority",
                    ),
                ),
                (
                    "stated_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "worker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="profiles",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["worker__name", "-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("superseded", False)),
                        fields=("worker", "authority"),
                        name="one_profile_holds",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("years_qualified__range", (0, 60))), name="years_qualified_in_a_life"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("share_of_time__range", (1, 100))), name="free_time_is_a_percentage"
                    ),
                ],
            },
        ),
    ]
