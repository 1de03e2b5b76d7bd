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
            name="Review",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("half-termly review", "Half-termly review"),
                            ("team around the school", "Team Around the School"),
                        ],
                        default="half-termly review",
                        max_length=24,
                    ),
                ),
                (
                    "school_year",
                    models.CharField(blank=True, help_text="Of the half-term that is reviewed.", max_length=7),
                ),
                (
                    "half_term",
                    models.PositiveSmallIntegerField(
                        blank=True, help_text="1 to 6, of a half-termly review.", null=True
                    ),
                ),
                ("day", models.DateField()),
                ("place", models.CharField(blank=True, max_length=60)),
                ("planned_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "state",
                    models.CharField(
                        choices=[("planned", "Planned"), ("closed", "Closed"), ("cancelled", "Cancelled")],
                        default="planned",
                        max_length=9,
                    ),
                ),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("cancelled_reason", models.CharField(blank=True, max_length=200)),
                ("draft_agreed", models.TextField(blank=True, help_text="What was written of it before it is closed.")),
                ("draft_team_note", models.TextField(blank=True)),
                ("draft_at", models.DateTimeField(blank=True, null=True)),
                (
                    "chair",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews_chaired",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "closed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        blank=True,
                        help_text="The entry in the contact log that was made with it.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to="practice.contact",
                    ),
                ),
                (
                    "draft_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "planned_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reviews", to="schools.school"
                    ),
                ),
            ],
            options={
                "ordering": ["-day", "-id"],
                "indexes": [
                    models.Index(fields=["school", "-day"], name="reviews_of_a_school"),
                    models.Index(fields=["state", "day"], name="reviews_by_state"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("kind", "half-termly review"), models.Q(("state", "cancelled"), _negated=True)
                        ),
                        fields=("school", "school_year", "half_term"),
                        name="one_review_a_half_term",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("half_term__range", (1, 6)),
                                ("kind", "half-termly review"),
                                models.Q(("school_year", ""), _negated=True),
                            ),
                            models.Q(
                                ("half_term__isnull", True), ("kind", "team around the school"), ("school_year", "")
                            ),
                            _connector="OR",
                        ),
                        name="half_termly_review_names_its_half_term",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_at__isnull", False), ("closed_by__isnull", False), ("state", "closed")),
                            models.Q(
                                models.Q(("state", "closed"), _negated=True),
                                ("closed_at__isnull", True),
                                ("closed_by__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="closed_review_says_who_closed_it",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "cancelled"), models.Q(("cancelled_reason", ""), _negated=True)),
                            models.Q(models.Q(("state", "cancelled"), _negated=True), ("cancelled_reason", "")),
                            _connector="OR",
                        ),
                        name="review_is_cancelled_for_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "closed"), _negated=True),
                            models.Q(("draft_agreed", ""), ("draft_team_note", "")),
                            _connector="OR",
                        ),
                        name="closed_review_has_no_draft",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="KeptForm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "public_id",
                    models.UUIDField(editable=False, help_text="The form that it was typed into.", unique=True),
                ),
                ("page", models.CharField(max_length=40)),
                ("subject", models.UUIDField()),
                ("content", models.JSONField(default=dict, help_text="The fields of the form, as they were typed.")),
                ("kept_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="kept_review_forms",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "review",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="kept_forms", to="reviews.review"
                    ),
                ),
            ],
            options={
                "verbose_name": "kept form of a review",
                "verbose_name_plural": "kept forms of reviews",
                "ordering": ["-kept_at"],
            },
        ),
        migrations.CreateModel(
            name="Attendee",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("safeguarding lead", "Safeguarding lead or deputy"),
                            ("head", "Head or senior leader"),
                            ("pastoral staff", "Pastoral or attendance staff"),
                            ("special needs", "Special needs coordinator"),
                            ("teacher", "Teacher or head of year"),
                            ("social worker", "Social worker"),
                            ("manager", "Team manager or senior practitioner"),
                            ("early help", "Early help"),
                            ("health", "Health"),
                            ("police", "Police"),
                            ("other", "Somebody else"),
                        ],
                        max_length=20,
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                ("came", models.BooleanField(blank=True, help_text="Known when the review is closed.", null=True)),
                (
                    "review",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="attendees", to="reviews.review"
                    ),
                ),
            ],
            options={
                "ordering": ["review", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("review", "role", "name"), name="an_attendee_is_named_once"),
                    models.CheckConstraint(condition=models.Q(("name", ""), _negated=True), name="attendee_has_a_name"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReviewAction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("text", models.TextField()),
                (
                    "owner_name",
                    models.CharField(blank=True, help_text="Of an owner without an account.", max_length=100),
                ),
                ("of_school", models.BooleanField(default=False)),
                ("shared", models.BooleanField(default=False)),
                ("due", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("done", "Done"), ("dropped", "Dropped")],
                        default="open",
                        max_length=7,
                    ),
                ),
                ("settled_on", models.DateField(blank=True, null=True)),
                ("agreed_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "agreed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "child",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="review_actions",
                        to="practice.childreference",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="review_actions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "review",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="actions", to="reviews.review"
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="review_actions", to="schools.school"
                    ),
                ),
            ],
            options={
                "verbose_name": "action of a review",
                "verbose_name_plural": "actions of reviews",
                "ordering": ["due", "id"],
                "indexes": [
                    models.Index(fields=["school", "state", "due"], name="review_actions_of_a_school"),
                    models.Index(fields=["owner", "state", "due"], name="review_actions_of_a_person"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True), name="review_action_says_what"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("owner__isnull", False), ("owner_name", "")),
                            models.Q(("owner__isnull", True), models.Q(("owner_name", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="review_action_has_one_owner",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("of_school", False), ("shared", True), _connector="OR"),
                        name="school_reads_the_actions_it_does",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("settled_on__isnull", True), ("state", "open")),
                            models.Q(models.Q(("state", "open"), _negated=True), ("settled_on__isnull", False)),
                            _connector="OR",
                        ),
                        name="settled_review_action_has_a_day",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ActionStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("came back", "Came back, still open"),
                            ("postponed", "Postponed"),
                            ("done", "Done"),
                            ("dropped", "Dropped"),
                            ("reopened", "Reopened"),
                        ],
                        max_length=9,
                    ),
                ),
                ("due", models.DateField(help_text="When it was due from then on.")),
                ("note", models.TextField(blank=True)),
                ("at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "review",
                    models.ForeignKey(
                        blank=True,
                        help_text="The review at which the action came back.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="reviews.review",
                    ),
                ),
                (
                    "action",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="reviews.reviewaction"
                    ),
                ),
            ],
            options={
                "verbose_name": "step of an action",
                "verbose_name_plural": "steps of actions",
                "ordering": ["action", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind", "came back"),
                            models.Q(("review__isnull", True), models.Q(("note", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="step_of_a_review_action_has_a_note",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ReviewItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("open child", "A child with open involvement"),
                            ("may come", "A child who may come"),
                            ("topic", "A matter of the school"),
                        ],
                        max_length=10,
                    ),
                ),
                ("from_school", models.BooleanField(default=False)),
                ("shared", models.BooleanField(default=False)),
                (
                    "year_group",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("R", "Year R"),
                            ("1", "Year 1"),
                            ("2", "Year 2"),
                            ("3", "Year 3"),
                            ("4", "Year 4"),
                            ("5", "Year 5"),
                            ("6", "Year 6"),
                            ("7", "Year 7"),
                            ("8", "Year 8"),
                            ("9", "Year 9"),
                            ("10", "Year 10"),
                            ("11", "Year 11"),
                            ("12", "Year 12"),
                            ("13", "Year 13"),
                            ("14", "Year 14"),
                        ],
                        max_length=2,
                    ),
                ),
                (
                    "known_to_social_care",
                    models.CharField(
                        choices=[("yes", "Yes"), ("no", "No"), ("not asked", "Not asked")],
                        default="not asked",
                        max_length=9,
                    ),
                ),
                (
                    "topic",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("possible referral", "Possible referral"),
                            ("open case", "A child with an open case"),
                            ("attendance", "Attendance"),
                            ("behaviour", "Behaviour"),
                            ("exclusion", "Exclusion or isolation in school"),
                            ("mental health", "Mental health and wellbeing"),
                            ("self-harm", "Self-harm or suicidal thoughts"),
                            ("neglect", "Neglect"),
                            ("physical harm", "Physical harm"),
                            ("emotional harm", "Emotional harm"),
                            ("sexual harm", "Sexual harm"),
                            ("domestic abuse", "Domestic abuse"),
                            ("exploitation", "Exploitation or serious violence"),
                            ("harm between children", "Harm between children or bullying"),
                            ("online safety", "Online safety"),
                            ("missing", "Missing from home or school"),
                            ("substances", "Alcohol or drugs"),
                            ("family relationships", "Family relationships"),
                            ("private law", "Separated parents and the family court"),
                            ("young carer", "Young carer"),
                            ("special needs", "Special educational needs or disability"),
                            ("housing and money", "Housing, money or immigration"),
                            ("other", "Another topic"),
                        ],
                        max_length=40,
                    ),
                ),
                ("text", models.TextField(blank=True)),
                (
                    "what_next",
                    models.TextField(blank=True, help_text="What is to follow; written until the review is closed."),
                ),
                ("added_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                ("withdrawn_reason", models.CharField(blank=True, max_length=200)),
                (
                    "added_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "child",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="review_items",
                        to="practice.childreference",
                    ),
                ),
                (
                    "review",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="items", to="reviews.review"
                    ),
                ),
            ],
            options={
                "verbose_name": "item of an agenda",
                "verbose_name_plural": "items of agendas",
                "ordering": ["review", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("child__isnull", False), ("kind", "open child")),
                            ("kind", "may come"),
                            models.Q(("child__isnull", True), ("kind", "topic")),
                            _connector="OR",
                        ),
                        name="item_names_its_child",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("from_school", False), models.Q(("child__isnull", True), ("shared", True)), _connector="OR"
                        ),
                        name="school_reads_what_it_raised",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("child__isnull", True), ("shared", False), _connector="OR"),
                        name="child_of_the_team_is_not_shared",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("withdrawn_at__isnull", True), ("withdrawn_reason", "")),
                            models.Q(
                                ("withdrawn_at__isnull", False), models.Q(("withdrawn_reason", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="item_is_withdrawn_for_a_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReviewRecord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveSmallIntegerField(default=1)),
                ("agreed", models.TextField(help_text="What was agreed, as the school reads it too.")),
                ("team_note", models.TextField(blank=True, help_text="What only the team reads.")),
                ("reason", models.CharField(blank=True, help_text="Why it was amended.", max_length=200)),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("superseded_at", models.DateTimeField(blank=True, null=True)),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "review",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="records", to="reviews.review"
                    ),
                ),
            ],
            options={
                "verbose_name": "record of a review",
                "verbose_name_plural": "records of reviews",
                "ordering": ["review", "version"],
                "constraints": [
                    models.UniqueConstraint(fields=("review", "version"), name="one_review_record_of_each_version"),
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at__isnull", True)),
                        fields=("review",),
                        name="one_review_record_stands",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("version", 1), models.Q(("reason", ""), _negated=True), _connector="OR"),
                        name="review_is_amended_for_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("agreed", ""), _negated=True), name="review_record_says_what_was_agreed"
                    ),
                ],
            },
        ),
    ]
