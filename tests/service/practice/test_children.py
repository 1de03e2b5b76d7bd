"""References for children: random, readable, and with a history."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from service.audit.models import Action, Entry
from service.permissions import Permission, Role, holds
from service.practice.actions import children
from service.practice.actions.children import (
    add_child,
    draw_reference,
    move_child,
    record_case_identifier,
    tell_whether_known,
)
from service.practice.models import CaseIdentifier, ChildPlace, ChildReference, Contact
from service.schools.models import School
from tests.service.conftest import SignedIn
from tests.service.practice.drawing import draw_child, draw_contact
from tests.service.universe import TODAY, Universe

TOMORROW = TODAY + timedelta(days=1)


def test_a_reference_is_random_and_holds_no_look_alikes_or_words() -> None:
    drawn = {draw_reference() for _ in range(500)}
    assert len(drawn) == 500
    assert all(re.fullmatch(r"[BCDFGHJKMNPQRTVWXY]{4}-[2-9]{4}", reference) for reference in drawn)


def test_a_reference_that_is_taken_is_drawn_anew(universe: Universe, monkeypatch: pytest.MonkeyPatch) -> None:
    draw_child(universe.worker, universe.alder, reference="BKQR-4729")
    drawn = iter(["BKQR-4729", "BKQR-4729", "CDFG-2345"])
    monkeypatch.setattr(children, "draw_reference", lambda: next(drawn))
    assert add_child(by=universe.worker, school=universe.alder, year_group="7").reference == "CDFG-2345"


def test_two_authorities_may_have_the_same_reference_but_not_one_twice(universe: Universe) -> None:
    draw_child(universe.worker, universe.alder)
    draw_child(universe.worker, universe.cedar)
    with pytest.raises(IntegrityError), transaction.atomic():
        draw_child(universe.worker, universe.beech)


@pytest.mark.parametrize("told", [{"year_group": "15"}, {"year_group": ""}, {"known_to_social_care": "perhaps"}])
def test_a_wrong_year_group_or_answer_is_refused(universe: Universe, told: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        add_child(by=universe.worker, school=universe.alder, **{"year_group": "7"} | told)


def test_a_child_is_added_only_at_ones_own_school(universe: Universe) -> None:
    with pytest.raises(PermissionDenied):
        add_child(by=universe.worker, school=universe.beech, year_group="7")


def test_a_move_keeps_the_history_and_leaves_contacts_with_their_school(universe: Universe) -> None:
    child = add_child(by=universe.worker, school=universe.alder, year_group="9")
    ChildPlace.objects.filter(child=child).update(starts=date(2026, 9, 1))
    contact = draw_contact(universe.worker, universe.alder, child=child)
    move_child(by=universe.manager, child=child, school=universe.beech, year_group="9", starts=TODAY)
    places = [(place.school, place.starts, place.ends) for place in child.places.all()]
    assert places == [
        (universe.alder, date(2026, 9, 1), TODAY - timedelta(days=1)),
        (universe.beech, TODAY, None),
    ]
    assert not ChildReference.objects.visible_to(universe.worker).exists()
    assert ChildReference.objects.visible_to(universe.other_school[Role.SOCIAL_WORKER]).get() == child
    assert not Contact.objects.visible_to(universe.other_school[Role.SOCIAL_WORKER]).exists()
    assert Contact.objects.visible_to(universe.worker).get() == contact
    assert Entry.objects.get(action=Action.CHANGE).details == {"fields": ["school"]}


@pytest.mark.parametrize(
    ("school", "starts", "error"),
    [("beech", TODAY, PermissionDenied), ("alder", TOMORROW, ValidationError), ("cedar", TODAY, PermissionDenied)],
)
def test_a_move_out_of_reach_or_in_the_future_is_refused(
    universe: Universe, school: str, starts: date, error: Any
) -> None:
    child = draw_child(universe.worker, universe.alder)
    target: School = getattr(universe, school)
    with pytest.raises(error):
        move_child(by=universe.worker, child=child, school=target, year_group="9", starts=starts)


def test_whether_a_child_is_known_changes_and_contacts_keep_what_was_said(universe: Universe) -> None:
    child = draw_child(universe.worker, universe.alder, known_to_social_care="no")
    contact = draw_contact(universe.worker, universe.alder, child=child)
    tell_whether_known(by=universe.worker, child=child, known_to_social_care="yes")
    contact.refresh_from_db()
    child.refresh_from_db()
    assert (contact.known_to_social_care, child.known_to_social_care) == ("no", "yes")


def test_the_case_identifier_is_kept_apart_and_its_history_with_it(universe: Universe) -> None:
    child = draw_child(universe.worker, universe.alder)
    record_case_identifier(by=universe.manager, child=child, system="Mosaic", identifier="1")
    record_case_identifier(by=universe.manager, child=child, system="Mosaic", identifier="2")
    assert list(CaseIdentifier.objects.filter(ended_at=None).values_list("identifier", flat=True)) == ["2"]
    assert CaseIdentifier.objects.count() == 2
    assert "identifier" not in {field.name for field in ChildReference._meta.get_fields()}
    assert not holds(universe.worker, Permission.VIEW_CASE_IDENTIFIER)
    with pytest.raises(PermissionDenied):
        record_case_identifier(by=universe.worker, child=child, system="Mosaic", identifier="3")


def test_seeing_the_identifier_is_in_the_audit_and_its_value_is_not(universe: Universe, signed_in: SignedIn) -> None:
    child = draw_child(universe.worker, universe.alder)
    row = record_case_identifier(by=universe.manager, child=child, system="Mosaic", identifier="777123")
    page = signed_in(universe.manager).get(reverse("child-identifier", kwargs={"public_id": child.public_id}))
    assert "777123" in page.content.decode()
    read = Entry.objects.get(action=Action.READ)
    assert (read.subject, read.child) == (str(row.public_id), str(child.public_id))
    assert not any("777123" in f"{entry.details}{entry.reason}" for entry in Entry.objects.all())


@pytest.mark.parametrize(("system", "identifier"), [("", "1"), ("Mosaic", " "), ("M" * 41, "1"), ("Mosaic", "1" * 41)])
def test_an_identifier_that_is_none_is_refused(universe: Universe, system: str, identifier: str) -> None:
    child = draw_child(universe.worker, universe.alder)
    with pytest.raises(ValidationError):
        record_case_identifier(by=universe.manager, child=child, system=system, identifier=identifier)


def test_a_child_is_added_on_its_page_and_reading_it_is_in_the_audit(universe: Universe, signed_in: SignedIn) -> None:
    client = signed_in(universe.worker)
    form = {"school": str(universe.alder.public_id), "year_group": "8", "known_to_social_care": "no"}
    page = client.post(reverse("child-add"), form, follow=True).content.decode()
    child = ChildReference.objects.get()
    assert child.reference in page
    assert Entry.objects.filter(action=Action.READ, child=str(child.public_id), actor=str(universe.worker.public_id))


def test_the_child_page_shows_its_story_within_its_queries(
    universe: Universe, signed_in: SignedIn, django_assert_max_num_queries: Any
) -> None:
    child = add_child(by=universe.worker, school=universe.alder, year_group="8")
    for _ in range(30):
        draw_contact(universe.worker, universe.alder, child=child)
    client = signed_in(universe.worker)
    with django_assert_max_num_queries(22):
        page = client.get(reverse("child", kwargs={"public_id": child.public_id}))
    assert "All contacts about this child" in page.content.decode()


def test_the_list_of_children_narrows_within_its_queries(
    universe: Universe, signed_in: SignedIn, django_assert_max_num_queries: Any
) -> None:
    for number in range(2, 8):
        draw_child(universe.worker, universe.alder, reference=f"BKQR-{number}729")
    draw_child(universe.worker, universe.beech, reference="CCCC-2222")
    client = signed_in(universe.worker)
    with django_assert_max_num_queries(16):
        page = client.get(reverse("child-list")).content.decode()
    assert page.count("BKQR-") >= 6
    assert "CCCC-2222" not in page
    one = client.get(reverse("child-list"), {"reference": "bkqr-3729"}).content.decode()
    assert "BKQR-3729" in one
    assert "BKQR-4729" not in one


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("child-known", {"known_to_social_care": "yes"}),
        ("child-move", {"year_group": "10", "starts": TODAY.isoformat()}),
    ],
)
def test_the_pages_of_a_child_save(universe: Universe, signed_in: SignedIn, name: str, form: dict[str, str]) -> None:
    child = draw_child(universe.worker, universe.alder)
    data = form | {"school": str(universe.alder.public_id)}
    response = signed_in(universe.worker).post(reverse(name, kwargs={"public_id": child.public_id}), data)
    assert response.headers["Location"] == reverse("child", kwargs={"public_id": child.public_id})


def test_the_list_and_what_was_sought_in_it_are_in_the_audit(universe: Universe, signed_in: SignedIn) -> None:
    child = draw_child(universe.worker, universe.alder)
    client = signed_in(universe.worker)
    client.get(reverse("child-list"))
    read = Entry.objects.get(action=Action.READ)
    assert read.details == {"what": "children", "filters": [], "hits": 1}
    client.get(reverse("child-list"), {"reference": child.reference.lower()})
    client.get(reverse("child-list"), {"reference": "CCCC-2222", "involvement": "mine"})
    nothing, found = Entry.objects.filter(action=Action.SEARCH)
    assert (found.details, found.child) == (
        {"what": "children", "filters": ["reference"], "hits": 1}, str(child.public_id),
    )  # fmt: skip
    assert nothing.details == {"what": "children", "filters": ["involvement", "reference"], "hits": 0}


@pytest.mark.parametrize(
    ("name", "fields"), [("child-known", ["known_to_social_care"]), ("child-move", ["school", "year_group"])]
)
def test_a_form_that_shows_how_a_child_stands_is_in_the_audit(
    universe: Universe, signed_in: SignedIn, name: str, fields: list[str]
) -> None:
    child = draw_child(universe.worker, universe.alder)
    signed_in(universe.worker).get(reverse(name, kwargs={"public_id": child.public_id}))
    read = Entry.objects.get(action=Action.READ)
    assert (read.child, read.details) == (str(child.public_id), {"fields": fields})
