"""The database refuses to alter the audit, and a change made behind its back shows."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.audit.append_only import guard, release
from service.audit.models import Action, ChainHead, Entry
from service.audit.record import record
from service.audit.verify import verify_audit
from tests.service.universe import Universe

ENTRIES = 6


@pytest.fixture
def some_entries(universe: Universe) -> None:
    for number in range(ENTRIES):
        record(Action.READ, by=universe.worker, subject=universe.alder, details={"number": number})


def behind_its_back(statement: str, *values: object) -> None:
    release(connection)
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
    guard(connection)


@pytest.mark.usefixtures("some_entries")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET actor_name = 'nobody'",
        "DELETE FROM audit_entry WHERE sequence = 3",
        "DELETE FROM audit_entry",
    ],
)
def test_the_database_refuses_to_change_or_delete_an_entry(statement: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Entry.objects.count() == ENTRIES


@pytest.mark.usefixtures("some_entries")
def test_the_door_that_replaces_rows_is_closed() -> None:
    columns = ", ".join(f'"{field.column}"' for field in Entry._meta.concrete_fields)
    verb = "TRUNCATE audit_entry" if connection.vendor == "postgresql" else (
        f"INSERT OR REPLACE INTO audit_entry ({columns}) SELECT {columns} FROM audit_entry WHERE sequence = 3"
    )  # fmt: skip
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(verb)


@pytest.mark.usefixtures("some_entries")
def test_an_untouched_audit_holds_and_prints_its_seal() -> None:
    out = StringIO()
    call_command("verify_audit", stdout=out)
    assert out.getvalue().startswith(f"The audit holds: {ENTRIES} entries, seal {ENTRIES}:")


@pytest.mark.usefixtures("some_entries")
@pytest.mark.parametrize(
    ("statement", "entry"),
    [
        ("UPDATE audit_entry SET actor_name = 'nobody' WHERE sequence = 4", 4),
        ("UPDATE audit_entry SET reason = 'none' WHERE sequence = 1", 1),
        ("DELETE FROM audit_entry WHERE sequence = 2", 2),
        ("DELETE FROM audit_entry WHERE sequence = 6", 6),
    ],
)
def test_a_change_behind_its_back_shows(statement: str, entry: int) -> None:
    behind_its_back(statement)
    with pytest.raises(CommandError, match=f"does NOT hold at entry {entry}"):
        call_command("verify_audit")


@pytest.mark.usefixtures("some_entries")
def test_entries_cut_off_with_the_head_show_against_a_seal() -> None:
    seal = verify_audit().seal
    behind_its_back("DELETE FROM audit_entry WHERE sequence > 4")
    last = Entry.objects.get(sequence=4)
    ChainHead.objects.update(sequence=4, hash=last.hash)
    assert verify_audit().holds
    assert verify_audit(seal).broken_at == 5


@pytest.mark.usefixtures("some_entries")
def test_a_chain_written_anew_without_the_key_does_not_hold(settings: object) -> None:
    settings.AUDIT_KEY = "another key, which the intruder made up"  # type: ignore[attr-defined]
    assert verify_audit().broken_at == 1


@pytest.mark.parametrize("seal", ["7", "x:" + "0" * 64, "3:abc"])
@pytest.mark.django_db
def test_a_seal_that_is_none_is_refused(seal: str) -> None:
    with pytest.raises(CommandError, match="number:hash"):
        call_command("verify_audit", seal=seal)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    column=st.sampled_from(
        ["action", "actor", "subject", "child", "child_reference", "school", "authority", "reason", "request_id"]
    ),
    number=st.integers(1, ENTRIES),
)
@pytest.mark.usefixtures("some_entries")
def test_no_column_of_an_entry_can_be_altered_unseen(column: str, number: int) -> None:
    with transaction.atomic():
        behind_its_back(f"UPDATE audit_entry SET {column} = 'x' WHERE sequence = %s", number)
        assert verify_audit().broken_at == number
        transaction.set_rollback(True)
