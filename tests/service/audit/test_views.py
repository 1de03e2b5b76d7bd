"""Reading the audit."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from service.accounts.models import Membership, User
from service.audit import views
from service.audit.models import Action, Entry
from service.audit.record import record
from service.permissions import Role
from tests.service.conftest import SignedIn
from tests.service.practice.drawing import draw_child
from tests.service.universe import STARTED, Universe


def test_an_officer_sees_what_a_person_looked_at(universe: Universe, signed_in: SignedIn) -> None:
    record(Action.READ, by=universe.worker, subject=universe.alder)
    page = signed_in(universe.governance).get(f"/audit/person/{universe.worker.public_id}/")
    assert universe.worker.email in page.content.decode()
    assert "read: school" in page.content.decode()


def test_a_page_leads_on_and_a_file_has_a_column_each(universe: Universe, signed_in: SignedIn) -> None:
    child = draw_child(universe.worker, universe.alder)
    record(Action.READ, by=universe.worker, subject=universe.alder, child=child)
    officer = signed_in(universe.governance)
    page = officer.get("/audit/", {"child": child.reference}).content.decode()
    assert reverse("audit-child", args=[child.reference]) in page
    assert f"school: {universe.alder.urn}" in page
    file = officer.get("/audit/", {"child": child.reference, "format": "csv"}).content.decode("utf-8-sig")
    heading, *rows = file.splitlines()
    assert heading == "When,Who,What,To what,Child,School,Details"
    assert rows[-1].split(",")[1:6] == [universe.worker.email, "read", "school", child.reference, universe.alder.urn]


def test_an_officer_sees_nothing_of_another_authority(universe: Universe, signed_in: SignedIn) -> None:
    record(Action.READ, by=universe.manager, subject=universe.cedar)
    page = signed_in(universe.governance).get("/audit/", {"person": universe.manager.email})
    assert "No entry answers this" in page.content.decode()


def test_reading_the_audit_is_in_the_audit(universe: Universe, signed_in: SignedIn) -> None:
    signed_in(universe.governance).get("/audit/", {"person": universe.worker.email})
    entry = Entry.objects.first()
    assert entry is not None
    assert (entry.action, entry.actor_name, entry.authority) == (Action.SEARCH, universe.governance.email, "801")
    assert entry.details == {"what": "audit", "filters": ["person"]}


@pytest.mark.parametrize(
    "address", ["/audit/child/BKQR-4729/", "/audit/?child=bkqr-4729", "/audit/?child=BKQR-4729&format=csv"]
)
def test_who_looked_into_the_traces_of_a_child_is_among_its_traces(
    address: str, universe: Universe, signed_in: SignedIn
) -> None:
    child = draw_child(universe.worker, universe.alder)
    record(Action.READ, by=universe.worker, subject=child, child=child)
    everywhere = User.objects.create_user("officer@programme.example.org", name="Officer everywhere")
    Membership.objects.create(user=everywhere, role=Role.INFORMATION_GOVERNANCE, starts=STARTED)
    signed_in(everywhere).get(address)
    entry = Entry.objects.filter(actor=str(everywhere.public_id)).exclude(action=Action.SIGN_IN).first()
    assert entry is not None
    assert (entry.child_reference, entry.child, entry.authority) == ("BKQR-4729", str(child.public_id), "801")


@pytest.mark.parametrize("by", ["person", "search"])
def test_whose_traces_were_looked_into_is_in_the_audit(by: str, universe: Universe, signed_in: SignedIn) -> None:
    record(Action.READ, by=universe.worker, subject=universe.alder)
    worker = universe.worker
    signed_in(universe.governance).get(
        f"/audit/person/{worker.public_id}/" if by == "person" else f"/audit/?person={worker.email}"
    )
    entry = Entry.objects.first()
    assert entry is not None
    assert (entry.subject_kind, entry.subject) == ("accounts.user", str(worker.public_id))


def test_a_reference_that_nobody_has_is_not_written_into_the_audit(universe: Universe, signed_in: SignedIn) -> None:
    signed_in(universe.governance).get("/audit/child/a-name-typed-by-mistake/")
    assert not any("mistake" in str(row) for row in Entry.objects.values())


def day(name: str, number: int) -> dict[str, str]:
    """A day of November, as the three boxes of a form send it."""
    return {f"{name}_day": str(number), f"{name}_month": "11", f"{name}_year": "2026"}


def test_filters_narrow_and_days_are_whole_days(universe: Universe, signed_in: SignedIn) -> None:
    record(Action.EXPORT, by=universe.manager, subject=universe.alder)
    record(Action.READ, by=universe.worker, subject=universe.alder)
    today = {
        "first_day": "18",
        "first_month": "11",
        "first_year": "2026",
        "last_day": "18",
        "last_month": "11",
        "last_year": "2026",
    }
    shown = signed_in(universe.governance).get("/audit/", {**today, "action": "export"}).content.decode()
    assert universe.manager.email in shown
    assert universe.worker.email not in shown


def test_days_in_the_wrong_order_are_told(universe: Universe, signed_in: SignedIn) -> None:
    days = {
        "first_day": "18",
        "first_month": "11",
        "first_year": "2026",
        "last_day": "17",
        "last_month": "11",
        "last_year": "2026",
    }
    page = signed_in(universe.governance).get("/audit/", days).content.decode()
    assert "The last day must not be before the first" in page


def test_the_download_is_recorded_as_an_export(universe: Universe, signed_in: SignedIn) -> None:
    record(Action.READ, by=universe.worker, subject=universe.alder)
    response = signed_in(universe.governance).get("/audit/", {"format": "csv"})
    assert response.headers["Content-Type"].startswith("text/csv")
    assert Entry.objects.filter(action=Action.EXPORT).count() == 1


def test_more_entries_than_a_file_may_hold_are_refused_and_not_cut_off(
    universe: Universe, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "MOST_ROWS", 2)
    for _ in range(3):
        record(Action.READ, by=universe.worker, subject=universe.alder)
    response = signed_in(universe.governance).get("/audit/", {"format": "csv"})
    assert "There are more than 2 entries" in response.content.decode()
    assert not Entry.objects.filter(action=Action.EXPORT).exists()


def test_an_entry_bears_the_number_of_its_request(universe: Universe, signed_in: SignedIn) -> None:
    response = signed_in(universe.governance).get("/audit/")
    entry = Entry.objects.first()
    assert entry is not None
    assert entry.request_id
    assert entry.request_id == response.headers["X-Request-ID"]


def test_who_was_refused_a_childs_record_is_among_those_who_tried(universe: Universe, signed_in: SignedIn) -> None:
    child = draw_child(universe.worker, universe.alder)
    other = universe.other_school[Role.SOCIAL_WORKER]
    assert signed_in(other).get(f"/practice/children/{child.public_id}/").status_code == 404
    entry = Entry.objects.get(action=Action.DENIED)
    assert (entry.child_reference, entry.actor_name) == (child.reference, other.email)


def test_a_page_of_the_audit_asks_the_database_a_bounded_number_of_times(
    universe: Universe, signed_in: SignedIn, django_assert_max_num_queries: Any
) -> None:
    for _ in range(40):
        record(Action.READ, by=universe.worker, subject=universe.alder)
    client = signed_in(universe.governance)
    with django_assert_max_num_queries(15):
        client.get("/audit/")
