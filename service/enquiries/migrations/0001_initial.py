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
            name="DigestChoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "frequency",
                    models.CharField(
                        choices=[
                            ("daily", "Every working day, when something waits"),
                            ("weekly", "Once a week, when something waits"),
                            ("never", "Never"),
                        ],
                        default="daily",
                        max_length=8,
                    ),
                ),
                ("sent_on", models.DateField(blank=True, null=True)),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="digest_choice",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Enquiry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "topic",
                    models.CharField(
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
                    "urgency",
                    models.CharField(
                        choices=[
                            ("today", "Today or tomorrow"),
                            ("this week", "Within a week"),
                            ("no hurry", "When you are next in school"),
                        ],
                        max_length=12,
                    ),
                ),
                ("question", models.TextField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting for an answer"),
                            ("answered", "Answered"),
                            ("closed", "Closed"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="waiting",
                        max_length=12,
                    ),
                ),
                (
                    "waiting_since",
                    models.DateTimeField(help_text="When it was asked or, if it was reopened, when it was last."),
                ),
                (
                    "submission",
                    models.UUIDField(
                        editable=False,
                        help_text="The form it came from, so that one form is saved once.",
                        null=True,
                        unique=True,
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="enquiries_asked",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="enquiries", to="schools.school"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "enquiries",
                "ordering": ["-waiting_since", "id"],
                "indexes": [
                    models.Index(fields=["school", "state", "waiting_since"], name="enquiries_of_a_school"),
                    models.Index(fields=["state", "waiting_since"], name="enquiries_by_state"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("question", ""), _negated=True), name="enquiry_asks_something"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["waiting", "answered", "closed", "withdrawn"])),
                        name="enquiry_has_a_known_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("year_group", ""),
                            (
                                "year_group__in",
                                ("R", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14"),
                            ),
                            _connector="OR",
                        ),
                        name="enquiry_year_group",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EnquiryStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("answered", "Answered"),
                            ("reopened", "Reopened"),
                            ("closed", "Closed"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        max_length=12,
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "text",
                    models.TextField(blank=True, help_text="The answer, what is still open, or why it was withdrawn."),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        blank=True,
                        help_text="The entry in the contact log that was made with the answer.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="enquiry_steps",
                        to="practice.contact",
                    ),
                ),
                (
                    "enquiry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="enquiries.enquiry"
                    ),
                ),
            ],
            options={
                "ordering": ["enquiry", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind", "closed"), models.Q(("text", ""), _negated=True), _connector="OR"),
                        name="step_of_an_enquiry_has_words",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("contact__isnull", True), ("kind", "answered"), _connector="OR"),
                        name="only_an_answer_makes_a_contact",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="KeptText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "public_id",
                    models.UUIDField(editable=False, help_text="The form that it was typed into.", unique=True),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("ask", "Question"),
                            ("answer", "Answer"),
                            ("reopen", "What is still open"),
                            ("withdraw", "Why it is withdrawn"),
                        ],
                        max_length=8,
                    ),
                ),
                ("content", models.JSONField(default=dict, help_text="The fields of the form, as they were typed.")),
                ("kept_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "enquiry",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="enquiries.enquiry",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="kept_texts",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-kept_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("enquiry__isnull", True), ("kind", "ask")),
                            models.Q(models.Q(("kind", "ask"), _negated=True), ("enquiry__isnull", False)),
                            _connector="OR",
                        ),
                        name="kept_text_names_its_enquiry",
                    )
                ],
            },
        ),
    ]
