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
        ("schools", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Release",
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
                ("number", models.PositiveSmallIntegerField(help_text="The half-term of the school year, 1 to 6.")),
                ("starts", models.DateField()),
                ("ends", models.DateField()),
                ("tables", models.JSONField()),
                ("names", models.JSONField(help_text="The schools of the tables by URN, as they were called then.")),
                ("ledger", models.TextField()),
                ("released_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="releases", to="schools.authority"
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
                "verbose_name": "release of figures",
                "verbose_name_plural": "releases of figures",
                "ordering": ["authority", "-starts"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("authority", "school_year", "number"), name="a_half_term_is_released_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("number__range", (1, 6))), name="six_half_terms_are_released"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends__gt", models.F("starts"))),
                        name="released_half_term_ends_after_it_starts",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SchoolRelease",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("tables", models.JSONField()),
                (
                    "release",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="schools", to="sight.release"
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="releases", to="schools.school"
                    ),
                ),
            ],
            options={
                "verbose_name": "release of figures to a school",
                "verbose_name_plural": "releases of figures to schools",
                "ordering": ["school", "-release__starts"],
                "constraints": [models.UniqueConstraint(fields=("release", "school"), name="a_school_is_told_once")],
            },
        ),
    ]
