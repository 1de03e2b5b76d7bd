import uuid

import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("schools", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("email", models.EmailField(max_length=254, unique=True)),
                ("name", models.CharField(max_length=150)),
                ("is_active", models.BooleanField(default=True)),
                ("created", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "ordering": ["name", "email"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("email", ""), _negated=True), models.Q(("name", ""), _negated=True)
                        ),
                        name="user_has_name_and_address",
                    ),
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("email"), name="one_account_an_address"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("social worker in schools", "Social worker in schools"),
                            ("team manager", "Team manager"),
                            ("designated safeguarding lead", "Designated safeguarding lead"),
                            ("programme lead", "Programme lead"),
                            ("authority analyst", "Authority analyst"),
                            ("evaluator", "Evaluator"),
                            ("steering group", "Steering group"),
                            ("information governance officer", "Information governance officer"),
                            ("administrator", "Administrator"),
                        ],
                        max_length=40,
                    ),
                ),
                ("starts", models.DateField()),
                ("ends", models.DateField(blank=True, help_text="The last day.", null=True)),
                (
                    "named_as",
                    models.CharField(
                        blank=True,
                        help_text="The name that a safeguarding lead gave who named this person.",
                        max_length=150,
                    ),
                ),
                (
                    "named_at",
                    models.DateTimeField(
                        blank=True, help_text="When a safeguarding lead named this person.", null=True
                    ),
                ),
                (
                    "authority",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to="schools.authority",
                    ),
                ),
                (
                    "granted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships_granted",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to="schools.school",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["user", "starts"],
                "indexes": [models.Index(fields=["user", "starts", "ends"], name="accounts_me_user_id_6037a2_idx")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("role__in", ["designated safeguarding lead", "social worker in schools"]),
                                ("school__isnull", False),
                            ),
                            models.Q(
                                models.Q(
                                    ("role__in", ["designated safeguarding lead", "social worker in schools"]),
                                    _negated=True,
                                ),
                                ("school__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="school_roles_have_a_school",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("school__isnull", True), ("authority__isnull", False), _connector="OR"),
                        name="school_lies_in_its_authority",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("named_as", ""), ("named_at__isnull", True)),
                            models.Q(
                                ("granted_by__isnull", False),
                                ("named_at__isnull", False),
                                ("role", "designated safeguarding lead"),
                                models.Q(("named_as", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="colleague_is_named_by_somebody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("sent", models.DateTimeField()),
                ("expires", models.DateTimeField()),
                ("accepted", models.DateTimeField(blank=True, null=True)),
                ("withdrawn", models.DateTimeField(blank=True, null=True)),
                (
                    "invited_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invitations_sent",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invitations",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "membership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invitations",
                        to="accounts.membership",
                    ),
                ),
            ],
            options={
                "ordering": ["-sent"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("accepted", None), ("withdrawn", None)),
                        fields=("user",),
                        name="one_open_invitation",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("accepted", None), ("withdrawn", None), _connector="OR"),
                        name="invitation_accepted_or_withdrawn",
                    ),
                ],
            },
        ),
    ]
