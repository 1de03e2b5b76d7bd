"""What the database does with the bytes of a row that is deleted."""

from __future__ import annotations

from typing import Any


def overwrite_deleted(connection: Any, **_: Any) -> None:
    """Have SQLite write zeros over what is deleted, in tables and indexes."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete = ON")
