import uuid

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "__first__"),
        ("programmes", "0001_initial"),
        ("schools", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Archive",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sha256", models.CharField(max_length=64)),
                ("size", models.PositiveIntegerField(help_text="Bytes.")),
                ("content", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="Job",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("build", "Building a panel from returns"),
                            ("publish", "Publishing figures of a panel"),
                            ("evaluate", "Running an evaluation"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "choices",
                    models.JSONField(
                        default=dict, help_text="What was chosen, such as how holidays count, or the policy."
                    ),
                ),
                ("files", models.JSONField(default=list, help_text="Names and sizes of the files that were uploaded.")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("failed", "Failed"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("phase", models.CharField(blank=True, help_text="What is being done.", max_length=120)),
                ("done", models.BigIntegerField(default=0)),
                ("steps", models.BigIntegerField(default=0, help_text="Of how many; 0 before it is known.")),
                ("trouble", models.TextField(blank=True, help_text="Why it failed, in the words of the library.")),
                ("task", models.CharField(blank=True, max_length=64)),
                ("cancel_asked", models.BooleanField(default=False)),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("began_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "authority",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evidence_jobs",
                        to="schools.authority",
                    ),
                ),
            ],
            options={
                "ordering": ["-asked_at", "-id"],
                "indexes": [models.Index(fields=["authority", "-asked_at"], name="jobs_asked")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("kind__in", ("build", "publish")), ("state__in", ("waiting", "running"))),
                        fields=("authority",),
                        name="one_panel_at_work_an_authority",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("state__in", ("waiting", "running"))),
                            models.Q(
                                models.Q(("state__in", ("waiting", "running")), _negated=True),
                                ("ended_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="a_job_that_ended_has_a_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Panel",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("built_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("swis_version", models.CharField(max_length=20)),
                ("schools", models.JSONField(help_text="Label, name and phase of each school.")),
                ("terms", models.JSONField(help_text="Name, first month and days of each term, in their order.")),
                ("outcomes", models.JSONField(help_text="The codes of the outcomes that are covered.")),
                (
                    "totals",
                    models.JSONField(
                        help_text="Each outcome by term, all schools together; null where it is not covered."
                    ),
                ),
                ("warnings", models.PositiveIntegerField()),
                ("notes", models.PositiveIntegerField()),
                (
                    "archive",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="evidence.archive"
                    ),
                ),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="panels", to="schools.authority"
                    ),
                ),
                (
                    "built_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "job",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="built", to="evidence.job"
                    ),
                ),
            ],
            options={
                "ordering": ["-built_at", "-id"],
                "indexes": [models.Index(fields=["authority", "-built_at"], name="panels_built")],
            },
        ),
        migrations.AddField(
            model_name="job",
            name="panel",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="publishing",
                to="evidence.panel",
            ),
        ),
        migrations.CreateModel(
            name="PanelRelease",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("policy", models.CharField(max_length=10)),
                ("released_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "outcomes",
                    models.JSONField(help_text="Code and name of the outcomes with a table by school and term."),
                ),
                ("withheld", models.PositiveIntegerField(help_text="How many tables and outcomes are withheld.")),
                (
                    "archive",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="evidence.archive"
                    ),
                ),
                (
                    "job",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="released", to="evidence.job"
                    ),
                ),
                (
                    "panel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="releases", to="evidence.panel"
                    ),
                ),
                (
                    "released_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["-released_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="Study",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("comparison", "Schools with and without a social worker, before and after"),
                            ("trial", "The trial of a published allocation"),
                        ],
                        max_length=10,
                    ),
                ),
                ("title", models.CharField(max_length=150)),
                (
                    "launched",
                    models.CharField(
                        help_text="The month in which the programme started.",
                        max_length=7,
                        validators=[
                            django.core.validators.RegexValidator("^\\d{4}-(0[1-9]|1[0-2])$", "For example 2026-09.")
                        ],
                    ),
                ),
                ("exposure", models.CharField(default="census day", max_length=30)),
                ("outcomes", models.JSONField(help_text="Codes; the first is the primary outcome.")),
                ("starts", models.CharField(help_text="The term in which the programme starts.", max_length=20)),
                ("reference", models.CharField(help_text="The term that others are compared with.", max_length=20)),
                (
                    "after_from",
                    models.CharField(help_text="The first term in which an effect is looked for.", max_length=20),
                ),
                ("last_term", models.CharField(max_length=20)),
                ("begun_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("locked_on", models.DateField(blank=True, null=True)),
                (
                    "counts_were_there",
                    models.BooleanField(
                        help_text="Whether counts of terms after the start were there when the plan was locked.",
                        null=True,
                    ),
                ),
                ("protocol", models.TextField(blank=True, help_text="study.toml or trial.toml as it was locked.")),
                ("lock", models.TextField(blank=True, help_text="The lock as the library wrote it.")),
                (
                    "allocation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="studies",
                        to="programmes.allocation",
                    ),
                ),
                ("authorities", models.ManyToManyField(related_name="studies", to="schools.authority")),
                (
                    "begun_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "compared",
                    models.ManyToManyField(blank=True, related_name="studied_in_comparison", to="schools.school"),
                ),
                (
                    "locked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("panels", models.ManyToManyField(related_name="studies", to="evidence.panel")),
                (
                    "with_worker",
                    models.ManyToManyField(blank=True, related_name="studied_with_worker", to="schools.school"),
                ),
            ],
            options={
                "verbose_name_plural": "studies",
                "ordering": ["-begun_at", "-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("counts_were_there", None),
                                ("lock", ""),
                                ("locked_by", None),
                                ("locked_on", None),
                                ("protocol", ""),
                            ),
                            models.Q(
                                ("counts_were_there__isnull", False),
                                ("locked_by__isnull", False),
                                ("locked_on__isnull", False),
                                models.Q(("protocol", ""), _negated=True),
                                models.Q(("lock", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="a_locked_study_has_its_lock",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("allocation", None), ("kind", "comparison")),
                            models.Q(("allocation__isnull", False), ("kind", "trial")),
                            _connector="OR",
                        ),
                        name="only_a_trial_has_an_allocation",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="job",
            name="study",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="runs",
                to="evidence.study",
            ),
        ),
        migrations.CreateModel(
            name="Evaluation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("run_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("swis_version", models.CharField(max_length=20)),
                (
                    "plan_state",
                    models.CharField(help_text="Not locked, as locked, or changed since the lock.", max_length=30),
                ),
                (
                    "verdicts",
                    models.JSONField(help_text="For each outcome its name, estimate, interval and verdict in words."),
                ),
                ("warnings", models.PositiveIntegerField()),
                (
                    "folder",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="evidence.archive"
                    ),
                ),
                (
                    "report",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="evidence.archive"
                    ),
                ),
                (
                    "run_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "job",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="evaluated", to="evidence.job"
                    ),
                ),
                (
                    "study",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="evaluations", to="evidence.study"
                    ),
                ),
            ],
            options={
                "ordering": ["-run_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="EvaluationRelease",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "audience",
                    models.CharField(
                        choices=[
                            ("steering group", "The steering group"),
                            ("programme lead", "Programme leads"),
                            ("authority analyst", "Authority analysts"),
                        ],
                        max_length=30,
                    ),
                ),
                ("released_on", models.DateField()),
                ("withdrawn_on", models.DateField(blank=True, null=True)),
                ("withdrawn_because", models.CharField(blank=True, max_length=300)),
                (
                    "evaluation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="releases", to="evidence.evaluation"
                    ),
                ),
                (
                    "released_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "withdrawn_by",
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
                "ordering": ["released_on", "audience"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_on", None)),
                        fields=("evaluation", "audience"),
                        name="released_once_to_an_audience",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("withdrawn_because", ""), ("withdrawn_on", None)),
                            models.Q(
                                ("withdrawn_on__isnull", False), models.Q(("withdrawn_because", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="withdrawing_a_report_has_a_reason",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="job",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("waiting", "running"))),
                fields=("study",),
                name="a_study_runs_once_at_a_time",
            ),
        ),
    ]
