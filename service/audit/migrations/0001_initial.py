from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="ChainHead",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("sequence", models.BigIntegerField(default=0)),
                (
                    "hash",
                    models.CharField(
                        default="0000000000000000000000000000000000000000000000000000000000000000", max_length=64
                    ),
                ),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="one_chain_head")],
            },
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("sequence", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("read", "Read"),
                            ("search", "Search"),
                            ("export", "Export"),
                            ("create", "Create"),
                            ("change", "Change"),
                            ("supersede", "Supersede"),
                            ("dispose", "Dispose"),
                            ("denied", "Denied"),
                            ("break glass", "Break Glass"),
                            ("publish", "Publish"),
                            ("run", "Run"),
                            ("sign in", "Sign In"),
                            ("sign-in failed", "Sign In Failed"),
                            ("sign out", "Sign Out"),
                            ("locked out", "Locked Out"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "actor",
                    models.CharField(
                        blank=True, help_text="The public id of the person; empty when not signed in.", max_length=36
                    ),
                ),
                (
                    "actor_name",
                    models.CharField(
                        blank=True, help_text="The person's address for signing in, at the time.", max_length=254
                    ),
                ),
                ("actor_roles", models.CharField(blank=True, max_length=300)),
                ("subject_kind", models.CharField(blank=True, help_text="The model, as app.model.", max_length=60)),
                (
                    "subject",
                    models.CharField(blank=True, help_text="The public id of what it was done to.", max_length=64),
                ),
                (
                    "child",
                    models.CharField(
                        blank=True,
                        help_text="The public id of the child's reference, when one was seen.",
                        max_length=36,
                    ),
                ),
                (
                    "child_reference",
                    models.CharField(
                        blank=True, help_text="The same child, as people write the reference.", max_length=20
                    ),
                ),
                ("school", models.CharField(blank=True, help_text="The URN of the school.", max_length=6)),
                ("authority", models.CharField(blank=True, help_text="The code of the authority.", max_length=3)),
                (
                    "details",
                    models.JSONField(
                        default=dict, help_text="Field names, counts and codes; never a text or a value about a child."
                    ),
                ),
                ("reason", models.TextField(blank=True)),
                ("request_id", models.CharField(blank=True, max_length=36)),
                ("address", models.GenericIPAddressField(null=True)),
                ("previous_hash", models.CharField(max_length=64)),
                ("hash", models.CharField(max_length=64, unique=True)),
            ],
            options={
                "verbose_name": "audit entry",
                "verbose_name_plural": "audit entries",
                "ordering": ["-sequence"],
                "indexes": [
                    models.Index(fields=["actor", "-sequence"], name="audit_entry_actor_c0fbd2_idx"),
                    models.Index(fields=["child_reference", "-sequence"], name="audit_entry_child_r_accd20_idx"),
                    models.Index(fields=["subject", "-sequence"], name="audit_entry_subject_357f65_idx"),
                    models.Index(fields=["authority", "-sequence"], name="audit_entry_authori_7685c6_idx"),
                    models.Index(fields=["action", "-sequence"], name="audit_entry_action_111f25_idx"),
                ],
            },
        ),
    ]
