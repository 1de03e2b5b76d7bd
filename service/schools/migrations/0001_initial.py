import uuid

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Authority",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "code",
                    models.CharField(
                        max_length=3,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator("^\\d{3}$", "Three digits, as in the register.")
                        ],
                    ),
                ),
                ("name", models.CharField(max_length=100, unique=True)),
            ],
            options={
                "verbose_name_plural": "authorities",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="School",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "urn",
                    models.CharField(
                        max_length=6,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator("^\\d{6}$", "Six digits, as in the register.")
                        ],
                    ),
                ),
                ("name", models.CharField(max_length=150)),
                (
                    "phase",
                    models.CharField(
                        choices=[
                            ("primary", "Primary"),
                            ("secondary", "Secondary"),
                            ("all-through", "All Through"),
                            ("special", "Special"),
                            ("alternative provision", "Alternative Provision"),
                        ],
                        max_length=24,
                    ),
                ),
                ("pupils", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "free_school_meals_percent",
                    models.DecimalField(blank=True, decimal_places=1, max_digits=4, null=True),
                ),
                ("opened", models.DateField(blank=True, null=True)),
                ("closed", models.DateField(blank=True, null=True)),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="schools", to="schools.authority"
                    ),
                ),
                (
                    "follows",
                    models.ForeignKey(
                        blank=True,
                        help_text="The school that this one took over from, under another URN.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="followed_by",
                        to="schools.school",
                    ),
                ),
            ],
            options={
                "ordering": ["name", "urn"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("free_school_meals_percent__isnull", True),
                            ("free_school_meals_percent__range", (0, 100)),
                            _connector="OR",
                        ),
                        name="free_school_meals_is_a_percentage",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("opened__isnull", True),
                            ("closed__isnull", True),
                            ("closed__gte", models.F("opened")),
                            _connector="OR",
                        ),
                        name="school_closes_after_it_opens",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ClosureDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("day", models.DateField()),
                ("reason", models.CharField(max_length=100)),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="closure_days", to="schools.authority"
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="closure_days",
                        to="schools.school",
                    ),
                ),
            ],
            options={
                "ordering": ["day"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("school__isnull", True)),
                        fields=("authority", "day"),
                        name="one_closure_a_day",
                    ),
                    models.UniqueConstraint(fields=("school", "day"), name="one_closure_a_day_for_a_school"),
                ],
            },
        ),
        migrations.CreateModel(
            name="SchoolCluster",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("feeders", models.ManyToManyField(blank=True, related_name="feeds", to="schools.school")),
                (
                    "secondary",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="cluster", to="schools.school"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Term",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "school_year",
                    models.CharField(
                        max_length=7,
                        validators=[django.core.validators.RegexValidator("^\\d{4}-\\d{2}$", "For example 2026-27.")],
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(help_text="1 autumn, 2 spring, 3 summer.")),
                ("starts", models.DateField()),
                ("half_term_starts", models.DateField(help_text="The first weekday of the half-term holiday.")),
                ("half_term_ends", models.DateField(help_text="The last weekday of the half-term holiday.")),
                ("ends", models.DateField()),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="terms", to="schools.authority"
                    ),
                ),
            ],
            options={
                "ordering": ["authority", "starts"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("authority", "school_year", "number"), name="one_term_of_each_number"
                    ),
                    models.CheckConstraint(condition=models.Q(("number__range", (1, 3))), name="three_terms_a_year"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("starts__lt", models.F("half_term_starts")),
                            ("half_term_starts__lte", models.F("half_term_ends")),
                            ("half_term_ends__lt", models.F("ends")),
                        ),
                        name="half_term_lies_inside_its_term",
                    ),
                ],
            },
        ),
    ]
