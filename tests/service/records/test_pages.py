"""The pages of information governance, from what is due to what is gone."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from service.audit.models import Action, Entry
from service.permissions import Role
from service.practice.models import ChildReference, Contact
from service.records.models import Category, Disposal, LegalHold, Redaction, RetentionRule, SubjectRequest
from tests.service.conftest import SignedIn
from tests.service.practice.drawing import draw_child, draw_contact
from tests.service.records.access import draw_hold
from tests.service.records.drawing import draw_old_contact, draw_rule, draw_second
from tests.service.universe import Universe

RULE = {"trigger": "last contact", "years": "8", "reason": "Our schedule"}


def test_a_rule_is_decided_on_a_page(universe: Universe, signed_in: SignedIn) -> None:
    officer = signed_in(universe.governance)
    schedule = reverse("retention", kwargs={"authority": universe.northbrook.public_id})
    assert "To be confirmed by the authority" in officer.get(schedule).content.decode()
    address = f"{schedule}contacts"
    assert officer.post(address, RULE | {"years": "0"}).status_code == 200
    assert officer.post(address, RULE).status_code == 302
    assert RetentionRule.objects.get().years == 8
    assert "8 years" in officer.get(schedule).content.decode()
    assert officer.get(f"{schedule}everything").status_code == 404


def test_a_hold_is_placed_reviewed_and_released_on_pages(universe: Universe, signed_in: SignedIn) -> None:
    officer, child = signed_in(universe.governance), draw_child(universe.worker, universe.alder)
    told = {
        "authority": str(universe.northbrook.public_id), "reference": "bkqr-4729", "reason": "A claim",
        "review_by_day": "1", "review_by_month": "3", "review_by_year": "2027",
    }  # fmt: skip
    wrong = officer.post("/records/holds/place", told | {"reference": "XXXX-2222"})
    assert "no child with this reference" in wrong.content.decode()
    assert officer.post("/records/holds/place", told).status_code == 302
    hold = LegalHold.objects.get()
    assert hold.child == child
    assert "BKQR-4729" in officer.get("/records/holds/").content.decode()
    address = f"/records/holds/{hold.public_id}/"
    again = {"review_by_day": "1", "review_by_month": "6", "review_by_year": "2027"}
    assert officer.post(f"{address}review", again).status_code == 302
    assert officer.post(f"{address}release", {"reason": "Settled"}).status_code == 302
    assert "Settled" in officer.get(address).content.decode()


def test_two_people_dispose_on_pages(universe: Universe, signed_in: SignedIn) -> None:
    draw_old_contact(universe.worker, universe.alder)
    draw_rule(universe, Category.CONTACTS)
    officer, second = signed_in(universe.governance), signed_in(draw_second(universe))
    due = reverse("disposal-due", kwargs={"authority": universe.northbrook.public_id})
    assert "Contacts" in officer.get("/records/").content.decode()
    assert officer.post(f"{due}propose", {"category": "enquiries"}).status_code == 200
    assert officer.post(f"{due}propose", {"category": "contacts"}).status_code == 302
    disposal = Disposal.objects.get()
    address = f"/records/disposals/{disposal.public_id}/"
    assert "Another person confirms it" in officer.get(address).content.decode()
    assert officer.post(f"{address}confirm").status_code == 403
    assert "1 will be deleted" in second.get(f"{address}confirm").content.decode()
    assert second.post(f"{address}confirm").status_code == 302
    assert not Contact.every_version.exists()
    assert "practice.Contact" in second.get(address).content.decode()
    assert "decided already" in second.post(f"{address}confirm", follow=True).content.decode()


def test_a_disposal_is_withdrawn_on_a_page(universe: Universe, signed_in: SignedIn) -> None:
    draw_old_contact(universe.worker, universe.alder)
    draw_rule(universe, Category.CONTACTS)
    officer = signed_in(universe.governance)
    due = reverse("disposal-due", kwargs={"authority": universe.northbrook.public_id})
    officer.post(f"{due}propose", {"category": "contacts"})
    address = f"/records/disposals/{Disposal.objects.get().public_id}/"
    assert officer.post(f"{address}withdraw", {"reason": ""}).status_code == 200
    assert officer.post(f"{address}withdraw", {"reason": "Too early"}).status_code == 302
    assert "Too early" in officer.get(address).content.decode()
    assert Contact.every_version.exists()


def test_no_page_of_an_officer_shows_a_text(universe: Universe, signed_in: SignedIn) -> None:
    draw_old_contact(universe.worker, universe.alder, account="The words of a case")
    draw_rule(universe, Category.CONTACTS)
    officer = signed_in(universe.governance)
    due = reverse("disposal-due", kwargs={"authority": universe.northbrook.public_id})
    officer.post(f"{due}propose", {"category": "contacts"})
    for address in ("/records/", due, f"/records/disposals/{Disposal.objects.get().public_id}/"):
        assert "The words of a case" not in officer.get(address).content.decode()


@pytest.fixture
def asked(universe: Universe, signed_in: SignedIn) -> SubjectRequest:
    child = draw_child(universe.worker, universe.alder)
    draw_contact(universe.worker, universe.alder, child=child, account="Mr Ash told us <b>")
    manager = signed_in(universe.manager)
    told = {
        "reference": "bkqr-4729", "requester": "parent", "received_on_day": "2", "received_on_month": "11",
        "received_on_year": "2026",
    }  # fmt: skip
    assert manager.post("/records/requests/open", told).status_code == 302
    return SubjectRequest.objects.get()


def test_a_request_is_answered_on_pages(universe: Universe, signed_in: SignedIn, asked: SubjectRequest) -> None:
    manager, second = signed_in(universe.manager), signed_in(draw_second(universe, Role.TEAM_MANAGER))
    address = f"/records/requests/{asked.public_id}/"
    records = manager.get(f"{address}records").content.decode()
    assert "Mr Ash told us &lt;b&gt;" in records
    contact = Contact.objects.get()
    take_out = f"{address}take-out/practice.contact/{contact.public_id}/account"
    assert "Mr Ash told us &lt;b&gt;" in manager.get(take_out).content.decode()
    assert manager.post(take_out, {"why": "third party", "passage": "Mr Oak"}).status_code == 200
    assert manager.post(take_out, {"why": "third party", "passage": "Mr Ash"}).status_code == 302
    assert "Mr Ash" not in manager.get(f"{address}records").content.decode()
    assert manager.post(f"{address}sign").status_code == 403
    assert manager.get(f"{address}pack.pdf").status_code == 302
    shown = second.get(f"{address}sign")
    assert second.post(f"{address}sign", {"seen": shown.context["form"]["seen"].value()}).status_code == 302
    assert manager.get(f"{address}pack.zip").status_code == 200
    end = {"on_day": "18", "on_month": "11", "on_year": "2026"}
    assert manager.post(f"{address}end", end).status_code == 302
    assert "Answered" in manager.get(address).content.decode()
    assert "has ended" in manager.post(take_out, {"why": "third party"}).content.decode()


def test_a_mark_is_put_back_and_the_clock_stopped_on_pages(
    universe: Universe, signed_in: SignedIn, asked: SubjectRequest
) -> None:
    manager = signed_in(universe.manager)
    address = f"/records/requests/{asked.public_id}/"
    place = f"{address}take-out/practice.childreference/{asked.child.public_id}/year_group"
    manager.post(place, {"why": "other", "note": "By agreement"})
    assert manager.post(f"/records/redactions/{Redaction.objects.get().public_id}/put-back").status_code == 302
    assert Redaction.objects.get().lifted_at is not None
    pause = {"starts_day": "10", "starts_month": "11", "starts_year": "2026", "reason": "Who are you?"}
    assert manager.post(f"{address}pause", pause).status_code == 302
    assert "The clock stands" in manager.get(address).content.decode()
    resume = {"on_day": "12", "on_month": "11", "on_year": "2026"}
    assert manager.post(f"{address}resume", resume).status_code == 302
    assert manager.post(f"{address}extend", {"reason": "Three schools"}).status_code == 302
    assert "Three schools" in manager.get(address).content.decode()


def test_each_sight_of_what_is_recorded_is_in_the_audit(
    universe: Universe, signed_in: SignedIn, asked: SubjectRequest
) -> None:
    signed_in(universe.manager).get(f"/records/requests/{asked.public_id}/records")
    entry = Entry.objects.filter(action=Action.READ).first()
    assert entry is not None
    assert (entry.child_reference, entry.subject) == ("BKQR-4729", str(asked.public_id))


def test_a_request_about_a_child_that_one_may_not_see_is_not_taken_in(universe: Universe, signed_in: SignedIn) -> None:
    child = draw_child(universe.worker, universe.alder)
    ChildReference.objects.filter(pk=child.pk).update(restricted=True)
    told = {
        "reference": child.reference, "requester": "child", "received_on_day": "2", "received_on_month": "11",
        "received_on_year": "2026",
    }  # fmt: skip
    seen = signed_in(universe.manager).post("/records/requests/open", told)
    assert "that you may see" in seen.content.decode()


def test_the_landing_page_asks_the_database_a_bounded_number_of_times(
    universe: Universe, signed_in: SignedIn, django_assert_max_num_queries: Any
) -> None:
    for category in Category:
        draw_rule(universe, category)
    for school in (universe.alder, universe.beech):
        for _ in range(10):
            draw_old_contact(universe.worker, school)
    draw_hold(universe)
    officer = signed_in(universe.governance)
    with django_assert_max_num_queries(45):
        officer.get("/records/")
    due = reverse("disposal-due", kwargs={"authority": universe.northbrook.public_id})
    with django_assert_max_num_queries(50):
        officer.get(due)


def test_lists_do_not_ask_once_for_each_row(
    universe: Universe, signed_in: SignedIn, django_assert_max_num_queries: Any
) -> None:
    for number in range(10):
        child = draw_child(universe.worker, universe.alder, reference=f"WXYK-234{number}")
        SubjectRequest.objects.create(
            child=child, requester="child", received_on="2026-11-02", opened_by=universe.manager
        )
        LegalHold.objects.create(
            authority=universe.northbrook, child=child, reason="A claim", placed_by=universe.governance,
            review_by="2027-01-01",
        )  # fmt: skip
    manager, officer = signed_in(universe.manager), signed_in(universe.governance)
    for client, address in (
        (manager, "/records/"), (manager, "/records/requests/"), (officer, "/records/holds/"), (officer, "/records/"),
    ):  # fmt: skip
        with django_assert_max_num_queries(25):
            client.get(address)
