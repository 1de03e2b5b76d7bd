"""The database itself refuses to change or delete an entry."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from service.audit.append_only import guard, release


def put_guard(apps: Any, editor: Any) -> None:
    guard(editor.connection)


def take_guard(apps: Any, editor: Any) -> None:
    release(editor.connection)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunPython(put_guard, take_guard)]
