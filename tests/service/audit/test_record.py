"""What is appended to the audit, and what it costs."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.http import HttpRequest
from django.test import Client
from django.test.utils import CaptureQueriesContext

from service.audit.models import Action, ChainHead, Entry
from service.audit.record import Seen, current_request, record, record_each
from service.audit.verify import verify_audit
from service.practice.models import ChildReference
from tests.service.practice.drawing import draw_child
from tests.service.universe import Universe

ASIDE = ("sequence", "at", "hash", "previous_hash")


def draw_children(universe: Universe, number: int) -> list[ChildReference]:
    for each in range(number):
        draw_child(universe.worker, universe.alder, reference=f"BKQR-{each:04}")
    return list(ChildReference.objects.select_related("school__authority", "authority").order_by("reference"))


def seen_of(children: list[ChildReference]) -> list[Seen]:
    return [Seen(child, {"contacts": number}) for number, child in enumerate(children)]


def test_entries_in_one_go_are_those_that_are_written_one_by_one(universe: Universe) -> None:
    children = draw_children(universe, 5)
    for each in seen_of(children):
        record(Action.EXPORT, by=universe.worker, subject=each.child, child=each.child, details=each.details)
    record_each(Action.EXPORT, by=universe.worker, seen=seen_of(children))
    record(Action.READ, by=universe.worker)
    told = [
        {name: value for name, value in row.items() if name not in ASIDE}
        for row in Entry.objects.order_by("sequence").values()
    ]
    assert told[:5] == told[5:10]
    assert verify_audit().holds
    assert ChainHead.objects.get().sequence == 11


def test_a_thousand_children_cost_a_few_questions_to_the_database(universe: Universe) -> None:
    children = draw_children(universe, 1_000)
    record(Action.READ, by=universe.worker)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert record_each(Action.EXPORT, by=universe.worker, seen=seen_of(children)) == 1_000
    assert len(asked) <= 40
    assert verify_audit().holds


def test_nobody_seen_is_nothing_written(universe: Universe) -> None:
    assert record_each(Action.EXPORT, by=universe.worker, seen=[]) == 0
    assert not Entry.objects.exists()


@pytest.mark.parametrize(
    ("claimed", "kept"),
    [
        ("2001:0DB8:0:0::0001", "2001:db8::1"),
        ("::FFFF:203.0.113.9", "203.0.113.9"),
        ("fe80::1%eth0", "fe80::1"),
        ("203.0.113.9", "203.0.113.9"),
        ("unix:", None),
        ("", None),
    ],
)
def test_an_address_however_it_is_written_does_not_break_the_chain(
    claimed: str, kept: str | None, universe: Universe
) -> None:
    request = HttpRequest()
    request.META["REMOTE_ADDR"] = claimed
    token = current_request.set(request)
    try:
        record(Action.READ, by=universe.worker, subject=universe.alder)
    finally:
        current_request.reset(token)
    assert verify_audit().holds
    assert Entry.objects.get().address == kept


@pytest.mark.parametrize("identifier", ["a" * 36, "a" * 37, "a" * 64, "1234567", "a b c d e f"])
def test_a_request_id_from_outside_never_keeps_a_failure_from_the_audit(identifier: str, db: Any) -> None:
    sent = {"login": "nobody@example.org", "password": "wrong wrong wrong"}
    response = Client().post("/accounts/sign-in/", sent, headers={"X-Request-ID": identifier})
    assert response.status_code == 200
    entry = Entry.objects.get(action=Action.SIGN_IN_FAILED)
    assert len(entry.request_id) <= 36
    assert entry.request_id == response["X-Request-ID"]
