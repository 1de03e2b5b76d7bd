"""The database's own guard over the audit: no entry is changed or deleted, on SQLite or PostgreSQL."""

from __future__ import annotations

from typing import Any

TABLE = "audit_entry"

_SQLITE_GUARD = [
    f"CREATE TRIGGER {TABLE}_no_{verb.lower()} BEFORE {verb} ON {TABLE} "
    f"BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END"
    for verb in ("UPDATE", "DELETE")
]
_SQLITE_RELEASE = [f"DROP TRIGGER IF EXISTS {TABLE}_no_{verb}" for verb in ("update", "delete")]
_POSTGRESQL_GUARD = [
    f"CREATE OR REPLACE FUNCTION {TABLE}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'the audit is append-only'; END $$",
    f"CREATE TRIGGER {TABLE}_no_change BEFORE UPDATE OR DELETE ON {TABLE} FOR EACH ROW EXECUTE FUNCTION {TABLE}_refuse()",
    f"CREATE TRIGGER {TABLE}_no_truncate BEFORE TRUNCATE ON {TABLE} FOR EACH STATEMENT EXECUTE FUNCTION {TABLE}_refuse()",
]
_POSTGRESQL_RELEASE = [f"DROP TRIGGER IF EXISTS {TABLE}_no_{what} ON {TABLE}" for what in ("change", "truncate")]


def guard(connection: Any) -> None:
    """Put the triggers in place."""
    _run(connection, _POSTGRESQL_GUARD if connection.vendor == "postgresql" else _SQLITE_GUARD)


def release(connection: Any) -> None:
    """Take the triggers away: for disposal under the retention schedule, and for emptying a test database."""
    _run(connection, _POSTGRESQL_RELEASE if connection.vendor == "postgresql" else _SQLITE_RELEASE)


def close_replace_door(connection: Any, **_: Any) -> None:
    """Make SQLite run the triggers for INSERT OR REPLACE too, which by default slips past a DELETE trigger."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA recursive_triggers = ON")


def _run(connection: Any, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
