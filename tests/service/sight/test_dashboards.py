"""What the dashboards count, and for whom."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from service.audit.models import Action, Entry
from service.pages.tables import Cell
from service.permissions import Role
from service.practice.actions.contacts import add_referral_outcome
from service.practice.actions.involvement import state_other_work
from service.practice.actions.restrictions import declare_conflict
from service.practice.models import Code, Contact
from service.programmes.actions.placements import cover
from service.schools.models import Term
from service.schools.open_days import half_terms_of
from service.sight.exhibits import BUILDERS
from service.sight.lens import Lens, halves_until, key_of, own_lens, team_lens
from service.sight.release_counts import count_half_term
from tests.service.conftest import SignedIn
from tests.service.diary.drawing import MONDAY, draw_absence, draw_entry, place
from tests.service.practice.drawing import draw_child, draw_contact
from tests.service.sight.drawing import IN_SEPTEMBER, draw_imported_log, draw_log, first_half
from tests.service.universe import STARTED, TODAY, Universe, draw_membership, draw_person

CEILING = 60


def lens_of(universe: Universe, *, wanted: str = "", own: bool = False) -> Lens:
    halves = halves_until(universe.northbrook, wanted=wanted, today=TODAY)
    make = own_lens if own else team_lens
    return make(universe.worker if own else universe.manager, universe.northbrook, halves=halves, today=TODAY)


def told(lens: Lens, key: str) -> dict[Any, tuple[Cell, ...]]:
    """The rows of an exhibit by their first cell."""
    return {row[0]: row[1:] for row in BUILDERS[key](lens).table.rows}


def page(client: Client, name: str, query: str = "") -> str:
    response = client.get(reverse(name) + query)
    assert response.status_code == 200
    return unescape(response.content.decode())


def test_presence_is_held_against_what_was_agreed(universe: Universe) -> None:
    place(universe)
    for day, actual in (
        (date(2026, 11, 2), "all day"),
        (date(2026, 11, 4), "not in"),
        (date(2026, 11, 9), "by phone or video"),
    ):
        draw_entry(universe, day=day, actual=actual)
    draw_entry(universe, day=date(2026, 11, 13), actual="part of the day")  # a Friday, not agreed
    # agreed up to today: 2, 4, 9, 11, 16 and 18 November
    assert told(lens_of(universe), "days-in-school") == {"Alder Academy": (6, 1, 1, 1, 3, 1)}


def test_a_day_that_somebody_covers_counts_once(universe: Universe) -> None:
    placement = place(universe)
    other = draw_person(Role.SOCIAL_WORKER, universe.ash, "cover")
    cover(by=universe.manager, placement=placement, worker=other, starts=TODAY, ends=TODAY + timedelta(days=7))
    assert told(lens_of(universe), "days-in-school")["Alder Academy"][0] == 6


def test_a_declared_absence_stays_an_agreed_day(universe: Universe) -> None:
    place(universe)
    draw_absence(universe, first=TODAY, last=TODAY)
    assert told(lens_of(universe), "days-in-school")["Alder Academy"][0] == 6


def test_days_in_school_without_an_entry_of_that_worker_are_silent(universe: Universe) -> None:
    place(universe)
    draw_entry(universe, day=MONDAY)
    draw_entry(universe, day=TODAY)
    draw_contact(universe.worker, universe.alder, date=TODAY)
    draw_log(universe.other_school[Role.SOCIAL_WORKER], universe.alder, 1, day=MONDAY)
    assert told(lens_of(universe), "silent-days") == {"Alder Academy": (1, 1)}


def test_a_school_without_an_entry_for_more_than_a_week_is_silent(universe: Universe) -> None:
    place(universe)
    assert told(lens_of(universe), "silent-schools")["Alder Academy"][1] == 13  # every open day since 2 November
    draw_log(universe.worker, universe.alder, 1, day=date(2026, 11, 6))
    assert told(lens_of(universe), "silent-schools") == {"Alder Academy": (date(2026, 11, 6), 8)}
    draw_log(universe.worker, universe.alder, 1, day=date(2026, 11, 11))
    assert told(lens_of(universe), "silent-schools") == {}


def test_a_school_is_not_silent_on_days_before_it_had_a_worker(universe: Universe) -> None:
    place(universe, starts=date(2026, 11, 12))
    assert (
        told(lens_of(universe), "silent-schools") == {}
    )  # five open days with a worker: 12, 13, 16, 17 and 18 November
    type(place(universe, school=universe.ash, starts=date(2026, 11, 11), share_of_time=20)).objects.filter(
        school=universe.ash
    ).update(ends=date(2026, 12, 18))
    assert told(lens_of(universe), "silent-schools")["Ash Primary"][1] == 6


def test_contacts_that_do_not_say_who_raised_them_are_told_of(universe: Universe) -> None:
    draw_log(universe.worker, universe.alder, 2, day=TODAY)
    assert "do not say" not in BUILDERS["raised-by"](lens_of(universe)).table.note
    draw_imported_log(universe.worker, universe.alder, 3, day=TODAY)
    assert BUILDERS["raised-by"](lens_of(universe)).table.note.endswith("Without 3 of imported logs that do not say.")


def test_the_balance_of_the_role_is_told_for_each_half_term(universe: Universe) -> None:
    draw_log(universe.worker, universe.alder, 3, role="statutory")
    draw_log(universe.worker, universe.alder, 1, role="outside", day=date(2026, 10, 25))
    draw_log(universe.worker, universe.alder, 5, role="preventative", day=TODAY)
    draw_log(universe.worker, universe.alder, 9, day=date(2026, 10, 28))  # in the holiday
    lens = lens_of(universe)
    assert told(lens, "role") == {"2026-27 half-term 1": (3, 0, 1), "2026-27 half-term 2": (0, 5, 0)}
    assert told(lens, "role-shares") == {"2026-27 half-term 1": (75, 0, 25), "2026-27 half-term 2": (0, 100, 0)}


def test_a_half_term_without_contacts_has_no_shares(universe: Universe) -> None:
    assert told(lens_of(universe), "role-shares")["2026-27 half-term 1"] == (None, None, None)


def test_sources_that_never_appear_stand_at_zero(universe: Universe) -> None:
    draw_log(universe.worker, universe.alder, 4, day=TODAY, raised_by="teacher")
    rows = told(lens_of(universe), "raised-by")
    assert rows["Teacher, tutor or assistant"] == (4,)
    assert rows["Child"] == (0,)
    assert len(rows) == 10


def test_a_local_topic_counts_as_its_core_topic(universe: Universe) -> None:
    core = Code.objects.get(authority=None, list_name="topic", code="neglect")
    Code.objects.create(
        authority=universe.northbrook, list_name="topic", code="hunger", name="Hunger", parent=core
    )  # fmt: skip
    draw_contact(universe.worker, universe.alder, topic=["hunger", "missing"])
    draw_contact(universe.worker, universe.alder, topic=["neglect", "hunger"])
    rows = told(lens_of(universe), "topics")
    assert (rows["Neglect"], rows["Missing from home or school"]) == ((2,), (1,))
    assert "Hunger" not in rows
    second = half_terms_of(universe.northbrook)[1]
    assert count_half_term(universe.northbrook, second).topics == {"neglect": 2, "missing": 1}


def test_referrals_are_told_by_the_last_that_was_heard(universe: Universe) -> None:
    for heard in (("accepted",), ("no reply", "no further action"), ("threshold not met",), ()):
        contact = draw_contact(universe.worker, universe.alder, outcome="referral")
        for outcome in heard:
            add_referral_outcome(by=universe.worker, contact=contact, outcome=outcome, heard_on=TODAY)
    draw_contact(universe.worker, universe.alder, outcome="threshold not met")
    draw_contact(universe.worker, universe.alder, outcome="advice given")
    assert told(lens_of(universe), "referrals") == {"Alder Academy": (1, 1, 1, 1, 1)}


def test_caseload_stands_by_name_with_the_time_for_schools(universe: Universe) -> None:
    place(universe)
    state_other_work(
        by=universe.manager, worker=universe.worker, authority=universe.northbrook, starts=TODAY, carried_over_cases=8,
        court_percent=25, other_percent=0,
    )  # fmt: skip
    rows = told(lens_of(universe), "caseload")
    assert list(rows) == sorted(rows)
    assert rows[universe.worker.name] == (0, 0, 8, 0, 2.0, 0.25)
    assert told(lens_of(universe), "working-time")[universe.worker.name] == (40, 25, 0)


def test_fields_left_empty_are_counted_once_a_contact(universe: Universe) -> None:
    draw_contact(universe.worker, universe.alder, topic=["neglect", "missing"], outcome="advice given")
    draw_contact(universe.worker, universe.alder)
    rows = told(lens_of(universe), "empty-fields")
    assert rows["Topic"] == (1, 50)
    assert rows["Outcome"] == (1, 50)
    assert rows["Year group"] == (2, 100)
    assert rows["Who raised it"] == (0, 0)


def test_no_contact_leaves_no_share_of_empty_fields(universe: Universe) -> None:
    assert told(lens_of(universe), "empty-fields")["Topic"] == (0, None)


def test_an_earlier_half_term_is_looked_at_up_to_its_end(universe: Universe) -> None:
    place(universe)
    draw_log(universe.worker, universe.alder, 2, day=IN_SEPTEMBER)
    draw_log(universe.worker, universe.alder, 7, day=TODAY)
    lens = lens_of(universe, wanted=key_of(first_half(universe)))
    assert sum(lens.counted("role").values()) == 2
    assert len(lens.halves) == 1


def test_withdrawn_and_foreign_contacts_are_not_counted_and_restricted_ones_are(universe: Universe) -> None:
    child = draw_child(universe.worker, universe.alder, restricted=True)
    draw_log(universe.worker, universe.alder, 2, day=TODAY, child=child)
    draw_log(universe.elsewhere[Role.SOCIAL_WORKER], universe.cedar, 5, day=TODAY)
    twice = draw_log(universe.worker, universe.alder, 1, day=TODAY)[0]
    Contact.every_version.filter(pk=twice.pk).update(
        state="withdrawn", ended_by=universe.worker, ended_at=timezone.now(), end_reason="Twice"
    )
    assert told(lens_of(universe), "role")["2026-27 half-term 2"] == (2, 0, 0)


def test_contacts_about_a_child_of_the_readers_own_family_are_not_counted_for_that_reader(universe: Universe) -> None:
    child = draw_child(universe.worker, universe.alder)
    contact = draw_contact(universe.worker, universe.alder, child=child, topic="neglect", outcome="referral")
    add_referral_outcome(by=universe.worker, contact=contact, outcome="accepted", heard_on=TODAY)
    draw_contact(universe.worker, universe.alder, topic="missing")
    assert told(lens_of(universe), "topics")["Neglect"] == (1,)
    declare_conflict(by=universe.manager, child=child)
    lens = lens_of(universe)
    assert told(lens, "topics")["Neglect"] == (0,)
    assert told(lens, "referrals") == {}
    assert sum(lens.counted("role").values()) == 1


def test_contacts_of_the_holiday_before_are_told_of(universe: Universe) -> None:
    draw_log(universe.worker, universe.alder, 2, day=date(2026, 10, 28))
    assert "In the holiday before, 2 more" in BUILDERS["empty-fields"](lens_of(universe)).table.note
    first = lens_of(universe, wanted=key_of(first_half(universe)))
    assert "holiday" not in BUILDERS["empty-fields"](first).table.note


def test_a_worker_sees_her_own_work_alone(universe: Universe) -> None:
    place(universe)
    draw_log(universe.worker, universe.alder, 2, day=TODAY)
    other = draw_person(Role.SOCIAL_WORKER, universe.alder, "colleague")
    draw_log(other, universe.alder, 9, day=TODAY)
    lens = lens_of(universe, own=True)
    assert told(lens, "role")["2026-27 half-term 2"] == (2, 0, 0)
    assert list(told(lens, "caseload")) == [universe.worker.name]


def test_a_worker_in_schools_of_two_authorities_chooses_between_them(universe: Universe, signed_in: SignedIn) -> None:
    draw_membership(universe.worker, Role.SOCIAL_WORKER, universe.cedar)
    draw_log(universe.worker, universe.alder, 2, day=TODAY, raised_by="head")
    draw_log(universe.worker, universe.cedar, 7, day=TODAY, raised_by="parent")
    draw_log(universe.elsewhere[Role.SOCIAL_WORKER], universe.cedar, 9, day=TODAY)
    client = signed_in(type(universe.worker).objects.get(pk=universe.worker.pk))
    for authority, number in ((universe.northbrook, 2), (universe.southmere, 7)):
        told = client.get(reverse("own-dashboard"), {"authority": str(authority.public_id)})
        assert told.context["lens"].counted("role").total() == number
        assert "Southmere" in told.content.decode()


def test_the_own_page_says_that_the_manager_sees_it_too(universe: Universe, signed_in: SignedIn) -> None:
    place(universe)
    text = page(signed_in(universe.worker), "own-dashboard")
    assert "yours to see first" in text
    assert "Download" not in text


def test_the_team_page_shows_each_figure_with_its_files(universe: Universe, signed_in: SignedIn) -> None:
    place(universe)
    draw_log(universe.worker, universe.alder, 3, day=TODAY)
    text = page(signed_in(universe.manager), "team-dashboard")
    for build in BUILDERS.values():
        assert build(lens_of(universe)).title in text
    assert text.count("Excel") == len(BUILDERS)


def test_a_manager_chooses_among_her_own_authorities_alone(universe: Universe, signed_in: SignedIn) -> None:
    other = universe.elsewhere[Role.TEAM_MANAGER]
    query = f"?authority={universe.northbrook.public_id}"
    assert "Team of Southmere" in page(signed_in(other), "team-dashboard", query)
    draw_membership(other, Role.TEAM_MANAGER, universe.alder)
    other = type(other).objects.get(pk=other.pk)
    assert "Team of Northbrook" in page(signed_in(other), "team-dashboard", query)


def test_without_term_dates_the_pages_say_what_is_missing(universe: Universe, signed_in: SignedIn) -> None:
    Term.objects.all().delete()
    assert "no half-term has begun" in page(signed_in(universe.manager), "team-dashboard")
    assert "no half-term has begun" in page(signed_in(universe.worker), "own-dashboard")
    url = reverse("team-figure", kwargs={"exhibit": "topics", "kind": "csv"})
    assert signed_in(universe.manager).get(url).status_code == 404


def test_figures_are_downloaded_and_the_export_is_in_the_audit(universe: Universe, signed_in: SignedIn) -> None:
    draw_log(universe.worker, universe.alder, 3, day=TODAY)
    client = signed_in(universe.manager)
    url = reverse("team-figure", kwargs={"exhibit": "raised-by", "kind": "csv"})
    text = client.get(url).content.decode("utf-8-sig")
    assert text.splitlines()[:2] == ["Who raised it,Contacts", "Safeguarding lead or deputy,3"]
    sheet = load_workbook(io.BytesIO(client.get(url.replace("csv", "xlsx")).content)).worksheets[0]
    assert (sheet["A2"].value, sheet["B2"].value) == ("Safeguarding lead or deputy", 3)
    entry = Entry.objects.filter(action=Action.EXPORT).latest("sequence")
    assert entry.details == {
        "what": "team, raised-by", "kind": "xlsx", "half_term": "2026-27 half-term 2", "rows": 10,
    }  # fmt: skip
    assert entry.authority == "801"


@pytest.mark.parametrize(("exhibit", "kind"), [("children", "csv"), ("topics", "exe")])
def test_a_file_that_there_is_not_is_refused_and_not_recorded(
    universe: Universe, signed_in: SignedIn, exhibit: str, kind: str
) -> None:
    url = reverse("team-figure", kwargs={"exhibit": exhibit, "kind": kind})
    assert signed_in(universe.manager).get(url).status_code == 404
    assert not Entry.objects.filter(action=Action.EXPORT).exists()


@pytest.mark.parametrize(("name", "person"), [("team-dashboard", "manager"), ("own-dashboard", "worker")])
def test_a_dashboard_asks_no_more_for_more_schools(
    universe: Universe, signed_in: SignedIn, django_assert_max_num_queries: Callable[[int], Any], name: str, person: str
) -> None:
    place(universe)
    for school in (universe.ash, universe.beech):
        worker = draw_person(Role.SOCIAL_WORKER, school, f"more {school}".replace(" ", "."))
        place(universe, worker=worker, school=school, starts=STARTED)
        draw_log(worker, school, 5, day=TODAY, outcome="referral")
    client = signed_in(getattr(universe, person))
    with django_assert_max_num_queries(CEILING):
        page(client, name)
