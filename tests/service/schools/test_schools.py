"""Adding and correcting authorities, schools, clusters, terms and closure days."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from service.accounts.models import Membership, User
from service.audit.models import Action, Entry
from service.permissions import Role
from service.schools.actions.clusters import set_feeders
from service.schools.actions.schools import add_authority, add_school, correct_school, rename_authority
from service.schools.actions.terms import TermDates, close_on, set_school_year, take_back_closure
from service.schools.models import Authority, ClosureDay, School, SchoolCluster, Term
from service.schools.open_days import open_days
from tests.service.conftest import SignedIn
from tests.service.universe import STARTED, Universe

YEAR = (
    TermDates(date(2027, 9, 2), date(2027, 10, 25), date(2027, 10, 29), date(2027, 12, 17)),
    TermDates(date(2028, 1, 4), date(2028, 2, 14), date(2028, 2, 18), date(2028, 3, 31)),
    TermDates(date(2028, 4, 17), date(2028, 5, 29), date(2028, 6, 2), date(2028, 7, 21)),
)
FRIDAY = date(2026, 11, 20)


@pytest.fixture
def chief(universe: Universe) -> User:
    """An administrator of every authority."""
    person = User.objects.create_user("chief@example.org", name="Chief")
    Membership.objects.create(user=person, role=Role.ADMINISTRATOR, starts=STARTED)
    return person


def boxes(name: str, day: date) -> dict[str, int]:
    return {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}


def test_only_who_administers_all_adds_an_authority(universe: Universe, chief: User) -> None:
    assert add_authority(by=chief, code="803", name="Eastham").code == "803"
    with pytest.raises(PermissionDenied):
        add_authority(by=universe.administrator, code="804", name="Westham")


@pytest.mark.parametrize(
    ("code", "name"), [("80", "X"), ("abc", "X"), ("801", "X"), ("805", ""), ("805", "Northbrook")]
)
def test_an_authority_that_cannot_be_is_refused(code: str, name: str, chief: User) -> None:
    with pytest.raises(ValidationError):
        add_authority(by=chief, code=code, name=name)


def test_a_name_is_corrected_with_its_audit(universe: Universe) -> None:
    rename_authority(by=universe.administrator, authority=universe.northbrook, name="North Brook")
    assert Authority.objects.get(code="801").name == "North Brook"
    assert Entry.objects.get(action=Action.CHANGE).details["changed"] == ["name"]
    with pytest.raises(PermissionDenied):
        rename_authority(by=universe.administrator, authority=universe.southmere, name="X")


def test_a_correction_names_the_fields_that_changed(universe: Universe) -> None:
    correct_school(
        by=universe.administrator, school=universe.alder, pupils=1200, name="Alder Academy", reason="Census."
    )
    entry = Entry.objects.get(action=Action.CHANGE)
    assert entry.details["changed"] == ["pupils"] and entry.reason == "Census." and entry.school == "900001"
    correct_school(by=universe.administrator, school=universe.alder, pupils=1200)
    assert Entry.objects.filter(action=Action.CHANGE).count() == 1


@pytest.mark.parametrize(
    "facts",
    [
        {"pupils": -1},
        {"free_school_meals_percent": 101},
        {"phase": "university"},
        {"name": ""},
        {"opened": date(2026, 1, 2), "closed": date(2026, 1, 1)},
        {"urn": "900009"},
        {"authority": None},
    ],
)
def test_a_correction_that_cannot_be_is_refused(facts: dict[str, Any], universe: Universe) -> None:
    with pytest.raises(ValidationError):
        correct_school(by=universe.administrator, school=universe.alder, **facts)


def test_a_school_follows_only_one_of_its_authority(universe: Universe) -> None:
    correct_school(by=universe.administrator, school=universe.alder, follows=universe.beech)
    for before in (universe.cedar, universe.alder):
        with pytest.raises(ValidationError):
            correct_school(by=universe.administrator, school=universe.alder, follows=before)


def test_a_school_is_added_in_the_own_authority_only(universe: Universe) -> None:
    add_school(by=universe.administrator, authority=universe.northbrook, urn="900020", name="Fir", phase="primary")
    with pytest.raises(PermissionDenied):
        add_school(by=universe.administrator, authority=universe.southmere, urn="900021", name="Fir", phase="primary")
    with pytest.raises(ValidationError):
        add_school(by=universe.administrator, authority=universe.northbrook, urn="900001", name="Fir", phase="primary")


def test_feeders_are_primaries_of_the_same_authority(universe: Universe) -> None:
    set_feeders(by=universe.administrator, secondary=universe.alder, feeders=[])
    assert Entry.objects.get(action=Action.CHANGE).details["removed"] == ["900002"]
    for feeder in (universe.beech, universe.cedar):
        with pytest.raises(ValidationError):
            set_feeders(by=universe.administrator, secondary=universe.alder, feeders=[feeder])
    with pytest.raises(ValidationError, match="no secondary school"):
        set_feeders(by=universe.administrator, secondary=universe.ash, feeders=[])
    with pytest.raises(PermissionDenied):
        set_feeders(by=universe.manager, secondary=universe.alder, feeders=[])


def test_a_school_year_is_entered_and_corrected(universe: Universe) -> None:
    ask = {"by": universe.administrator, "authority": universe.northbrook, "school_year": "2027-28"}
    assert len(set_school_year(terms=YEAR, **ask)) == 3
    later = TermDates(date(2027, 9, 3), YEAR[0].half_term_starts, YEAR[0].half_term_ends, YEAR[0].ends)
    set_school_year(terms=(later, *YEAR[1:]), **ask)
    assert Term.objects.filter(school_year="2027-28").count() == 3
    newest = Entry.objects.filter(action=Action.CHANGE).first()
    assert newest is not None and newest.details["changed"] == {"autumn starts": ["2027-09-02", "2027-09-03"]}


@pytest.mark.parametrize(
    ("school_year", "terms"),
    [
        ("2027", YEAR),
        ("2027-29", YEAR),
        ("2026-27", YEAR),
        ("2027-28", YEAR[:2]),
        ("2027-28", (YEAR[0], YEAR[0], YEAR[2])),
        ("2027-28", (TermDates(YEAR[0].starts, YEAR[0].ends, YEAR[0].ends, YEAR[0].ends), *YEAR[1:])),
    ],
)
def test_a_school_year_that_cannot_be_is_refused(school_year: str, terms: Any, universe: Universe) -> None:
    with pytest.raises(ValidationError):
        set_school_year(
            by=universe.administrator, authority=universe.northbrook, school_year=school_year, terms=terms
        )  # fmt: skip


def test_a_closure_day_counts_until_it_is_taken_back(universe: Universe) -> None:
    ask = {"by": universe.administrator, "authority": universe.northbrook, "day": FRIDAY}
    closure = close_on(reason="Training day", **ask)
    assert not open_days(universe.alder, first=FRIDAY, last=FRIDAY)
    with pytest.raises(ValidationError, match="entered already"):
        close_on(reason="Again", **ask)
    take_back_closure(by=universe.administrator, closure=closure)
    assert open_days(universe.alder, first=FRIDAY, last=FRIDAY) == [FRIDAY]
    assert Entry.objects.get(action=Action.DISPOSE).details["day"] == "2026-11-20"


def test_a_closure_that_cannot_be_is_refused(universe: Universe) -> None:
    ask = {"by": universe.administrator, "authority": universe.northbrook}
    for wrong in (
        {"day": date(2026, 11, 21), "reason": "Saturday"},
        {"day": FRIDAY, "reason": " "},
        {"day": FRIDAY, "reason": "x", "school": universe.cedar},
    ):
        with pytest.raises(ValidationError):
            close_on(**ask, **wrong)
    with pytest.raises(PermissionDenied):
        close_on(by=universe.manager, authority=universe.northbrook, day=FRIDAY, reason="x")


# Pages


def test_the_list_finds_schools_of_the_own_authority(
    universe: Universe, signed_in: SignedIn, django_assert_max_num_queries: Any
) -> None:
    client = signed_in(universe.administrator)
    with django_assert_max_num_queries(8):
        everything = client.get(reverse("school-list")).content.decode()
    assert "Alder" in everything and "Cedar" not in everything
    found = client.get(reverse("school-list"), {"q": "900003", "phase": "secondary"}).content.decode()
    assert "Beech" in found and "Alder" not in found


def test_everybody_of_a_school_sees_its_page_but_corrects_nothing(universe: Universe, signed_in: SignedIn) -> None:
    page = reverse("school", kwargs={"school": universe.alder.public_id})
    content = signed_in(universe.worker).get(page).content.decode()
    assert "Ash Primary" in content and "Correct" not in content
    assert "Correct" in signed_in(universe.administrator).get(page).content.decode()


@pytest.mark.parametrize("role", [Role.SOCIAL_WORKER, Role.SAFEGUARDING_LEAD, Role.PROGRAMME_LEAD])
def test_the_people_of_a_school_see_when_it_is_open_and_change_nothing(
    role: Role, universe: Universe, signed_in: SignedIn
) -> None:
    close = {"by": universe.administrator, "authority": universe.northbrook}
    close_on(**close, day=FRIDAY, reason="Polling station", school=universe.alder)
    close_on(**close, day=FRIDAY, reason="Burst pipe", school=universe.beech)
    close_on(**close, day=date(2026, 11, 23), reason="Training day")
    client = signed_in(universe.own[role])
    page = client.get(reverse("school-days", kwargs={"school": universe.alder.public_id})).content.decode()
    for words in ("2026-27 Term 1", "Polling station", "Training day", "The administrator of Northbrook corrects them"):
        assert words in page
    assert "Burst pipe" not in page and "Take back" not in page
    assert client.get(reverse("term-dates", kwargs={"authority": universe.northbrook.public_id})).status_code == 403


def test_the_calendar_of_an_authority_reaches_its_schools_and_no_others(universe: Universe) -> None:
    assert set(Term.objects.visible_to(universe.worker).values_list("authority__name", flat=True)) == {"Northbrook"}
    assert set(Term.objects.visible_to(universe.evaluator).values_list("authority__code", flat=True)) == {"801", "802"}
    assert not Term.objects.visible_to(universe.stranger).exists()


def test_a_school_is_added_and_corrected_on_pages(universe: Universe, signed_in: SignedIn) -> None:
    client = signed_in(universe.administrator)
    body = {"authority": universe.northbrook.public_id, "urn": "900030", "name": "Fir School", "phase": "primary"}
    assert client.post(reverse("school-add"), body | {"urn": "1"}).status_code == 200
    assert client.post(reverse("school-add"), body | {"authority": universe.southmere.public_id}).status_code == 200
    client.post(reverse("school-add"), body)
    fir = School.objects.get(urn="900030")
    correct = reverse("school-correct", kwargs={"school": fir.public_id})
    assert client.get(correct).status_code == 200
    client.post(correct, {"name": "Fir School", "phase": "primary", "pupils": "90", "follows": universe.ash.public_id})
    fir.refresh_from_db()
    assert fir.pupils == 90 and fir.follows == universe.ash


def test_feeders_are_set_on_a_page(universe: Universe, signed_in: SignedIn) -> None:
    client = signed_in(universe.administrator)
    page = reverse("school-feeders", kwargs={"school": universe.alder.public_id})
    client.post(page, {})
    assert not SchoolCluster.objects.get(secondary=universe.alder).feeders.exists()
    client.post(page, {"feeders": [universe.ash.public_id]})
    assert SchoolCluster.objects.get(secondary=universe.alder).feeders.get() == universe.ash


def test_term_dates_are_set_on_a_page(universe: Universe, signed_in: SignedIn) -> None:
    client = signed_in(universe.administrator)
    page = reverse("term-dates", kwargs={"authority": universe.northbrook.public_id})
    assert b"2026-27" in client.get(page, {"year": "2026-27"}).content
    body: dict[str, Any] = {"school_year": "2027-28"}
    for number, term in enumerate(YEAR, start=1):
        for name in ("starts", "half_term_starts", "half_term_ends", "ends"):
            body |= boxes(f"{name}_{number}", getattr(term, name))
    assert client.post(page, body | boxes("starts_2", date(2027, 12, 1))).status_code == 200
    assert client.post(page, body).status_code == 302
    assert Term.objects.filter(authority=universe.northbrook, school_year="2027-28").count() == 3
    assert b"2027-28" in client.get(reverse("authority", kwargs={"authority": universe.northbrook.public_id})).content


def test_a_closure_day_is_entered_and_taken_back_on_pages(universe: Universe, signed_in: SignedIn) -> None:
    client = signed_in(universe.administrator)
    page = reverse("closure-add", kwargs={"authority": universe.northbrook.public_id})
    client.post(page, {**boxes("day", FRIDAY), "reason": "Training day", "school": universe.alder.public_id})
    closure = ClosureDay.objects.get()
    assert closure.school == universe.alder
    client.post(reverse("closure-take-back", kwargs={"closure": closure.public_id}))
    assert not ClosureDay.objects.exists()


def test_an_authority_is_added_and_renamed_on_pages(universe: Universe, chief: User, signed_in: SignedIn) -> None:
    client = signed_in(chief)
    assert client.get(reverse("authority-add")).status_code == 200
    client.post(reverse("authority-add"), {"code": "803", "name": "Eastham"})
    added = Authority.objects.get(code="803")
    client.post(reverse("authority-name", kwargs={"authority": added.public_id}), {"name": "East Ham"})
    assert b"East Ham" in client.get(reverse("authority-list")).content
    response = signed_in(universe.administrator).post(reverse("authority-add"), {"code": "804", "name": "X"})
    assert response.headers["Location"] == reverse("authority-list")
    assert not Authority.objects.filter(code="804").exists()
