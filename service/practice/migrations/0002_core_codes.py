"""The core codes."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from service.practice.core_codes import seed_core_codes


def seed(apps: Any, schema_editor: Any) -> None:
    seed_core_codes(apps.get_model("practice", "Code"))


class Migration(migrations.Migration):
    dependencies = [("practice", "0001_initial")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
