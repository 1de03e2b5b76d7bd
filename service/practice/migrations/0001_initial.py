import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "__first__"),
        ("schools", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="AuthorityChoices",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("asks_pathway", models.BooleanField(default=False)),
                (
                    "authority",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="log_choices", to="schools.authority"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ChildReference",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("reference", models.CharField(editable=False, max_length=9)),
                (
                    "year_group",
                    models.CharField(
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
                ("restricted", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="children", to="schools.authority"
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="children", to="schools.school"
                    ),
                ),
            ],
            options={
                "verbose_name": "child",
                "verbose_name_plural": "children",
                "ordering": ["reference"],
                "indexes": [
                    models.Index(fields=["school", "reference"], name="practice_ch_school__4ffdc6_idx"),
                    models.Index(
                        condition=models.Q(("restricted", True)), fields=["restricted"], name="restricted_children"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("authority", "reference"), name="one_child_for_a_reference"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "year_group__in",
                                ("R", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14"),
                            )
                        ),
                        name="child_has_a_known_year_group",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ChildPlace",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "year_group",
                    models.CharField(
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
                ("starts", models.DateField()),
                ("ends", models.DateField(blank=True, help_text="The last day.", null=True)),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="schools.school"
                    ),
                ),
                (
                    "child",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="places", to="practice.childreference"
                    ),
                ),
            ],
            options={
                "ordering": ["starts", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ends__isnull", True)), fields=("child",), name="one_place_at_a_time"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends__isnull", True), ("ends__gte", models.F("starts")), _connector="OR"),
                        name="place_ends_after_start",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CaseIdentifier",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("system", models.CharField(help_text="The case system, for example Mosaic.", max_length=40)),
                ("identifier", models.CharField(max_length=40)),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "child",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="case_identifiers",
                        to="practice.childreference",
                    ),
                ),
            ],
            options={
                "ordering": ["-recorded_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("child", "system"),
                        name="one_identifier_in_a_system",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("identifier", ""), _negated=True), models.Q(("system", ""), _negated=True)
                        ),
                        name="case_identifier_is_given",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BreakGlass",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("reason", models.TextField()),
                ("opened_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("ends", models.DateTimeField()),
                (
                    "finding",
                    models.CharField(
                        blank=True,
                        choices=[("justified", "Justified"), ("not justified", "Not justified")],
                        max_length=13,
                    ),
                ),
                ("review_note", models.TextField(blank=True)),
                ("reviewed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "reviewed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "child",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="openings",
                        to="practice.childreference",
                    ),
                ),
            ],
            options={
                "verbose_name": "opening of a restricted record",
                "verbose_name_plural": "openings of restricted records",
                "ordering": ["-opened_at"],
                "indexes": [
                    models.Index(fields=["by", "ends"], name="practice_br_by_id_d2fe28_idx"),
                    models.Index(fields=["reviewed_at", "-opened_at"], name="practice_br_reviewe_760624_idx"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="glass_is_broken_with_a_reason"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends__gt", models.F("opened_at"))), name="opening_ends_after_start"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("finding", ""), ("reviewed_at__isnull", True), ("reviewed_by__isnull", True)),
                            models.Q(
                                ("reviewed_at__isnull", False),
                                ("reviewed_by__isnull", False),
                                models.Q(("finding", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="review_of_an_opening_has_a_finding",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reviewed_by__isnull", True),
                            models.Q(("reviewed_by", models.F("by")), _negated=True),
                            _connector="OR",
                        ),
                        name="nobody_reviews_their_own_opening",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Code",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "list_name",
                    models.CharField(
                        choices=[
                            ("raised_by", "Who raised it"),
                            ("kind_of_work", "Kind of work"),
                            ("role", "Within the role"),
                            ("topic", "Topic"),
                            ("time_band", "Time"),
                            ("mode", "How"),
                            ("action", "Action"),
                            ("outcome", "Outcome"),
                            ("pathway", "Pathway"),
                            ("referral_outcome", "What became of a referral"),
                            ("level", "Level of involvement"),
                            ("reason", "Why involvement opens or changes"),
                            ("closing", "Why involvement closes"),
                            ("restriction", "Why a record is restricted"),
                        ],
                        max_length=20,
                    ),
                ),
                ("code", models.CharField(max_length=40)),
                ("name", models.CharField(max_length=80)),
                ("place", models.PositiveSmallIntegerField(default=0)),
                (
                    "authority",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="local_codes",
                        to="schools.authority",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="practice.code",
                    ),
                ),
            ],
            options={
                "ordering": ["list_name", "place", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("authority__isnull", True)),
                        fields=("list_name", "code"),
                        name="core_code_is_never_reused",
                    ),
                    models.UniqueConstraint(
                        fields=("authority", "list_name", "code"), name="local_code_is_never_reused"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("authority__isnull", True), ("parent__isnull", True)),
                            models.Q(("authority__isnull", False), ("parent__isnull", False)),
                            _connector="OR",
                        ),
                        name="local_code_has_a_core_parent",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ConflictOfInterest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("declared_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("note", models.TextField(blank=True)),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                ("settlement", models.TextField(blank=True)),
                (
                    "child",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="conflicts",
                        to="practice.childreference",
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
                (
                    "worker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "conflicts of interest",
                "ordering": ["-declared_at"],
                "indexes": [models.Index(fields=["worker", "settled_at"], name="practice_co_worker__866aed_idx")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("settled_at__isnull", True)),
                        fields=("child", "worker"),
                        name="one_conflict_at_a_time",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Draft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("contact", "Contact"),
                            ("correction", "Correction of a contact"),
                            ("form", "Another form"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "page",
                    models.CharField(
                        blank=True, editable=False, help_text="The name of the address of another form.", max_length=40
                    ),
                ),
                (
                    "subject",
                    models.UUIDField(
                        editable=False,
                        help_text="The public id of the contact that it would correct, or of what its form is about.",
                        null=True,
                    ),
                ),
                ("content", models.JSONField(default=dict, help_text="The fields of the form, as they were typed.")),
                ("began_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("saved_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "kept_at_the_door",
                    models.BooleanField(default=False, help_text="Sent after the session had ended, and kept."),
                ),
                (
                    "began_by",
                    models.ForeignKey(
                        blank=True,
                        help_text="Who wrote it, when a manager took it over.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="drafts", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["-saved_at"],
                "indexes": [models.Index(fields=["user", "-saved_at"], name="practice_dr_user_id_d2fd1f_idx")],
            },
        ),
        migrations.CreateModel(
            name="Involvement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("advice", "Advice"),
                            ("preventative", "Preventative work"),
                            ("early help", "Early help"),
                            ("assessment", "Assessment"),
                            ("child in need", "Child in need"),
                            ("child protection", "Child protection"),
                            ("looked after", "Looked after"),
                            ("care leaver", "Care leaver"),
                        ],
                        max_length=40,
                    ),
                ),
                ("opened", models.DateField()),
                (
                    "carried_over",
                    models.BooleanField(default=False, help_text="The worker held the case before the placement."),
                ),
                ("closed", models.DateField(blank=True, null=True)),
                (
                    "closing_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("needs met", "Needs met"),
                            ("stepped down", "Stepped down to early help or the school"),
                            ("transferred", "Transferred to another team or authority"),
                            ("left school", "Left the school"),
                            ("declined", "Family declined"),
                            ("opened in error", "Opened in error"),
                            ("other", "Another reason"),
                        ],
                        max_length=40,
                    ),
                ),
                (
                    "child",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="involvements",
                        to="practice.childreference",
                    ),
                ),
                (
                    "worker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="involvements",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-opened", "-id"],
                "indexes": [models.Index(fields=["worker", "closed"], name="practice_in_worker__33e916_idx")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed__isnull", True)),
                        fields=("child",),
                        name="one_involvement_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed__isnull", True), ("closing_reason", "")),
                            models.Q(
                                ("closed__gte", models.F("opened")), models.Q(("closing_reason", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="involvement_closes_with_a_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="InvolvementStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "direction",
                    models.CharField(
                        choices=[
                            ("opened", "Opened"),
                            ("up", "Stepped up"),
                            ("down", "Stepped down"),
                            ("handed over", "Handed over"),
                            ("closed", "Closed"),
                        ],
                        max_length=11,
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("advice", "Advice"),
                            ("preventative", "Preventative work"),
                            ("early help", "Early help"),
                            ("assessment", "Assessment"),
                            ("child in need", "Child in need"),
                            ("child protection", "Child protection"),
                            ("looked after", "Looked after"),
                            ("care leaver", "Care leaver"),
                        ],
                        max_length=40,
                    ),
                ),
                ("on", models.DateField()),
                ("reason", models.CharField(max_length=40)),
                ("note", models.TextField(blank=True)),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "involvement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="practice.involvement"
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "worker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["on", "id"],
            },
        ),
        migrations.CreateModel(
            name="LocalLabel",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("label", models.CharField(blank=True, help_text="Empty: the code's own name.", max_length=80)),
                ("place", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("hidden", models.BooleanField(default=False)),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="local_labels", to="schools.authority"
                    ),
                ),
                (
                    "code",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="local_labels", to="practice.code"
                    ),
                ),
            ],
            options={
                "ordering": ["authority", "place"],
                "constraints": [models.UniqueConstraint(fields=("authority", "code"), name="one_label_for_a_code")],
            },
        ),
        migrations.CreateModel(
            name="LogFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "shape",
                    models.CharField(
                        choices=[
                            ("lambeth", "Date, school, type of work, account (as Lambeth’s)"),
                            ("southampton", "Date, school, year group, member of staff, account (as Southampton’s)"),
                            ("stockport", "Date, school, enquirer, query, response, time (as Stockport’s)"),
                        ],
                        max_length=20,
                    ),
                ),
                ("name", models.CharField(max_length=150)),
                ("digest", models.CharField(max_length=64)),
                ("headings", models.JSONField(default=list)),
                ("rows", models.JSONField(default=list)),
                ("columns", models.JSONField(default=dict, help_text="Which heading holds which field.")),
                (
                    "codes",
                    models.JSONField(default=dict, help_text="Which core code stands for which word of the log."),
                ),
                ("uploaded_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="log_files", to="schools.authority"
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
                "constraints": [models.UniqueConstraint(fields=("authority", "digest"), name="a_file_waits_once")],
            },
        ),
        migrations.CreateModel(
            name="LogImport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "shape",
                    models.CharField(
                        choices=[
                            ("lambeth", "Date, school, type of work, account (as Lambeth’s)"),
                            ("southampton", "Date, school, year group, member of staff, account (as Southampton’s)"),
                            ("stockport", "Date, school, enquirer, query, response, time (as Stockport’s)"),
                        ],
                        max_length=20,
                    ),
                ),
                ("name", models.CharField(max_length=150)),
                ("digest", models.CharField(max_length=64)),
                ("rows", models.PositiveIntegerField()),
                ("contacts_made", models.PositiveIntegerField()),
                ("held_already", models.PositiveIntegerField()),
                ("imported_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="log_imports", to="schools.authority"
                    ),
                ),
                (
                    "imported_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["-imported_at"],
                "constraints": [
                    models.UniqueConstraint(fields=("authority", "digest"), name="a_file_is_imported_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Contact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("entry", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("version", models.PositiveSmallIntegerField(default=1, editable=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("current", "Current"),
                            ("superseded", "Superseded by a correction"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="current",
                        max_length=10,
                    ),
                ),
                ("date", models.DateField()),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "raised_by",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("safeguarding lead", "Safeguarding lead or deputy"),
                            ("head", "Head or senior leader"),
                            ("head of year", "Head of year or house"),
                            ("pastoral staff", "Pastoral or attendance staff"),
                            ("teacher", "Teacher, tutor or assistant"),
                            ("child", "Child"),
                            ("parent", "Parent or carer"),
                            ("social care", "Social worker or another social work team"),
                            ("other professional", "Health, police or another service"),
                            ("other", "Somebody else"),
                        ],
                        max_length=40,
                    ),
                ),
                (
                    "kind_of_work",
                    models.CharField(
                        choices=[
                            ("advice", "Discussion or advice to staff"),
                            ("direct work", "Work with a child"),
                            ("family work", "Work with parents or carers"),
                            ("group work", "Group work or drop-in"),
                            ("assessment", "Statutory assessment or enquiry"),
                            ("meeting", "Meeting of professionals"),
                            ("training", "Training for staff"),
                            ("challenge", "Challenge to practice"),
                            ("review", "Half-termly review"),
                            ("other", "Other work"),
                        ],
                        max_length=40,
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("statutory", "Statutory social work"),
                            ("preventative", "Preventative work"),
                            ("outside", "Outside the role"),
                        ],
                        max_length=40,
                    ),
                ),
                (
                    "time_band",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("under 5 minutes", "Under 5 minutes"),
                            ("5 to 30 minutes", "5 to 30 minutes"),
                            ("30 to 60 minutes", "30 to 60 minutes"),
                            ("over 60 minutes", "Over 60 minutes"),
                        ],
                        max_length=20,
                    ),
                ),
                ("minutes", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "mode",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("in person", "In person"),
                            ("phone", "Phone"),
                            ("video", "Video call"),
                            ("message", "E-mail or message"),
                            ("home visit", "Home visit"),
                        ],
                        max_length=40,
                    ),
                ),
                (
                    "action",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("advised", "Gave advice"),
                            ("spoke with child", "Spoke with the child"),
                            ("spoke with family", "Spoke with the family"),
                            ("checked records", "Checked social care records"),
                            ("liaised", "Spoke with another professional"),
                            ("joined meeting", "Joined or arranged a meeting"),
                            ("visited", "Made a visit"),
                            ("referred", "Made or supported a referral"),
                            ("challenged", "Raised a concern about practice"),
                            ("none", "No action needed"),
                            ("other", "Another action"),
                        ],
                        max_length=40,
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("advice given", "Advice given, nothing further needed"),
                            ("signposted", "Signposted to another service"),
                            ("early help", "Early help begun"),
                            ("referral", "Referral to social care"),
                            ("threshold not met", "Threshold not met"),
                            ("continuing", "Work goes on"),
                        ],
                        max_length=40,
                    ),
                ),
                (
                    "pathway",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("A", "Pathway A: the school’s response to safeguarding"),
                            ("B", "Pathway B: working with staff and parents"),
                            ("C", "Pathway C: relationships with young people"),
                        ],
                        max_length=1,
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
                    "known_to_social_care",
                    models.CharField(
                        choices=[("yes", "Yes"), ("no", "No"), ("not asked", "Not asked")],
                        default="not asked",
                        max_length=9,
                    ),
                ),
                (
                    "sharing",
                    models.CharField(
                        blank=True,
                        choices=[("shared", "Information was shared"), ("not shared", "It was decided not to share")],
                        max_length=10,
                    ),
                ),
                ("shared_with", models.CharField(blank=True, max_length=100)),
                ("sharing_reason", models.TextField(blank=True)),
                ("account", models.TextField(blank=True)),
                (
                    "submission",
                    models.UUIDField(
                        editable=False,
                        help_text="The form it came from, so that one form is saved once.",
                        null=True,
                        unique=True,
                    ),
                ),
                ("imported_row", models.CharField(blank=True, editable=False, max_length=64)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("end_reason", models.TextField(blank=True, help_text="Why it was corrected or withdrawn.")),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="contacts", to="schools.authority"
                    ),
                ),
                (
                    "child",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contacts",
                        to="practice.childreference",
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("local_codes", models.ManyToManyField(blank=True, related_name="+", to="practice.code")),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contacts",
                        to="schools.school",
                    ),
                ),
                (
                    "supersedes",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="superseded_by",
                        to="practice.contact",
                    ),
                ),
                ("topics", models.ManyToManyField(blank=True, related_name="+", to="practice.code")),
                (
                    "worker",
                    models.ForeignKey(
                        db_index=False,
                        help_text="Who did the work. Empty only in imported logs that do not tell.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contacts",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "log_import",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contacts",
                        to="practice.logimport",
                    ),
                ),
            ],
            options={
                "ordering": ["-date", "-id"],
                "indexes": [
                    models.Index(fields=["school", "-date", "-id"], name="contacts_of_a_school"),
                    models.Index(fields=["authority", "-date", "-id"], name="contacts_of_an_authority"),
                    models.Index(fields=["worker", "-date", "-id"], name="contacts_of_a_worker"),
                    models.Index(fields=["child", "-date", "-id"], name="contacts_of_a_child"),
                    models.Index(
                        condition=models.Q(("outcome", "referral"), ("state", "current")),
                        fields=["school", "-date"],
                        name="contacts_referred",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("entry", "version"), name="one_contact_of_each_version"),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "superseded"), _negated=True),
                        fields=("entry",),
                        name="one_version_of_a_contact_stands",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(models.Q(("imported_row", ""), _negated=True), ("supersedes__isnull", True)),
                        fields=("authority", "imported_row"),
                        name="a_row_is_imported_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("end_reason", ""),
                                ("ended_at__isnull", True),
                                ("ended_by__isnull", True),
                                ("state", "current"),
                            ),
                            models.Q(
                                models.Q(("state", "current"), _negated=True),
                                ("ended_at__isnull", False),
                                ("ended_by__isnull", False),
                                models.Q(("end_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="contact_ends_with_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("supersedes__isnull", True), ("version", 1)),
                            models.Q(("supersedes__isnull", False), ("version__gt", 1)),
                            _connector="OR",
                        ),
                        name="later_versions_supersede",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("log_import__isnull", False),
                            models.Q(
                                ("worker__isnull", False),
                                models.Q(("raised_by", ""), _negated=True),
                                models.Q(("role", ""), _negated=True),
                                models.Q(("time_band", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="contact_is_complete_unless_imported",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("minutes__isnull", True), ("minutes__lte", 1440), _connector="OR"),
                        name="contact_within_a_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("shared_with", ""), ("sharing", ""), ("sharing_reason", "")),
                            models.Q(
                                models.Q(("sharing", ""), _negated=True),
                                models.Q(("sharing_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="sharing_has_a_reason",
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
                        name="contact_year_group",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OtherWork",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("starts", models.DateField()),
                ("ends", models.DateField(blank=True, help_text="The last day.", null=True)),
                ("carried_over_cases", models.PositiveSmallIntegerField(default=0)),
                (
                    "court_percent",
                    models.PositiveSmallIntegerField(default=0, help_text="Share of the working time, per cent."),
                ),
                (
                    "other_percent",
                    models.PositiveSmallIntegerField(default=0, help_text="Share of the working time, per cent."),
                ),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="schools.authority"
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "worker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="other_work",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "other work",
                "ordering": ["worker", "starts", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ends__isnull", True)),
                        fields=("authority", "worker"),
                        name="one_statement_of_other_work",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends__isnull", True), ("ends__gte", models.F("starts")), _connector="OR"),
                        name="other_work_ends_after_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("court_percent__lte", 100), ("other_percent__lte", 100)),
                        name="other_work_is_a_percentage",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReferralOutcome",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("accepted", "Accepted"),
                            ("no further action", "No further action"),
                            ("threshold not met", "Threshold not met"),
                            ("no reply", "No reply yet"),
                        ],
                        max_length=40,
                    ),
                ),
                (
                    "led_to",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("section 17", "Section 17 assessment"),
                            ("section 47", "Section 47 enquiry"),
                            ("open case", "Passed to the worker of an open case"),
                            ("early help", "Early help"),
                            ("signposted", "Signposted to another service"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "external_reference",
                    models.CharField(
                        blank=True, help_text="The number of the referral where it was sent.", max_length=40
                    ),
                ),
                ("heard_on", models.DateField()),
                ("note", models.TextField(blank=True)),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="referral_outcomes",
                        to="practice.contact",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["heard_on", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("led_to__in", ["section 17", "section 47"]), _negated=True),
                            ("outcome", "accepted"),
                            _connector="OR",
                        ),
                        name="statutory_work_follows_an_accepted_referral",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RestrictedAccess",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("starts", models.DateTimeField(default=django.utils.timezone.now)),
                ("ends", models.DateTimeField()),
                (
                    "child",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="access_granted",
                        to="practice.childreference",
                    ),
                ),
                (
                    "granted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "restricted access",
                "ordering": ["-starts"],
                "indexes": [models.Index(fields=["user", "ends"], name="practice_re_user_id_b33493_idx")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends__gte", models.F("starts"))), name="access_ends_after_start"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Restriction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("category", models.CharField(max_length=40)),
                ("reason", models.TextField()),
                ("placed_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("review_by", models.DateField()),
                (
                    "review_notes",
                    models.TextField(
                        blank=True,
                        help_text="Why each review kept the restriction, with its day and reviewer; a paragraph each.",
                    ),
                ),
                ("lifted_at", models.DateTimeField(blank=True, null=True)),
                ("lift_reason", models.TextField(blank=True)),
                (
                    "child",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="restrictions",
                        to="practice.childreference",
                    ),
                ),
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
                    "placed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["review_by", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("lifted_at__isnull", True)),
                        fields=("child",),
                        name="one_restriction_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="restriction_has_a_reason"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("lift_reason", ""), ("lifted_at__isnull", True)),
                            models.Q(("lifted_at__isnull", False), models.Q(("lift_reason", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="restriction_is_lifted_with_a_reason",
                    ),
                ],
            },
        ),
    ]
