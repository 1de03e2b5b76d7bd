"""The pages of what is published: figures, and the summary for a school."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from service.audit.models import Action, Entry
from service.permissions import Role
from service.sight.models import Release
from tests.service.conftest import SignedIn
from tests.service.diary.drawing import MONDAY, draw_absence, draw_entry, draw_session, place
from tests.service.practice.drawing import draw_child, draw_contact
from tests.service.sight.drawing import draw_autumn, draw_log, first_half, released
from tests.service.universe import TODAY, Universe, draw_membership

CEILING = 25


def page(client: Client, name: str, **kwargs: Any) -> str:
    response = client.get(reverse(name, kwargs=kwargs), follow=True)
    assert response.status_code == 200
    return unescape(response.content.decode())


def year(universe: Universe) -> dict[str, Any]:
    return {"authority": universe.northbrook.public_id, "year": "2026-27"}


def summary(client: Client, universe: Universe) -> str:
    return page(client, "school-summary-of", school=universe.alder.public_id)


def test_the_steering_group_reads_figures_with_small_ones_withheld(universe: Universe, signed_in: SignedIn) -> None:
    released(universe)
    client = signed_in(universe.own[Role.STEERING])
    assert "Northbrook" in page(client, "published-figures")
    text = page(client, "figures", **year(universe))
    assert "Contacts by school" in text
    assert "Withheld to protect privacy" in text
    assert "Rule (dfe)" in text


def test_a_file_of_figures_holds_what_the_page_holds(universe: Universe, signed_in: SignedIn) -> None:
    released(universe)
    client = signed_in(universe.evaluator)
    url = reverse("figures-download", kwargs=year(universe) | {"exhibit": "school", "kind": "csv"})
    text = client.get(url).content.decode("utf-8-sig")
    assert text.splitlines() == [
        "School,2026-27 half-term 1", "Alder Academy,38", "Ash Primary,c", "Beech High,c", "Total,67",
    ]  # fmt: skip
    assert Entry.objects.get(action=Action.EXPORT).details == {
        "what": "published figures, school", "kind": "csv", "school_year": "2026-27",
    }  # fmt: skip
    workbook = load_workbook(io.BytesIO(client.get(url.replace("csv", "xlsx")).content))
    assert workbook.worksheets[0]["B3"].value == "c"


@pytest.mark.parametrize("changes", [{"exhibit": "children"}, {"kind": "exe"}, {"year": "2025-26"}])
def test_a_file_of_figures_that_there_is_not_is_refused(
    universe: Universe, signed_in: SignedIn, changes: dict[str, str]
) -> None:
    released(universe)
    url = reverse("figures-download", kwargs=year(universe) | {"exhibit": "school", "kind": "csv"} | changes)
    assert signed_in(universe.evaluator).get(url).status_code == 404
    assert not Entry.objects.filter(action=Action.EXPORT).exists()


def test_the_programme_lead_releases_on_the_page_and_then_nothing_is_left(
    universe: Universe, signed_in: SignedIn
) -> None:
    draw_autumn(universe)
    client = signed_in(universe.programme_lead)
    assert "Release the figures of 2026-27 half-term 1" in page(client, "home")
    text = page(client, "figures-release")
    assert "3 September 2026 to 25 October 2026" in text
    response = client.post(reverse("figures-release"), {"half": "801-2026-27-1"}, follow=True)
    assert "The figures of 2026-27 half-term 1 are released" in response.content.decode()
    assert Release.objects.get().released_by == universe.programme_lead
    assert "No half-term is over" in page(client, "figures-release")


def test_what_cannot_be_released_is_told_on_the_page(universe: Universe, signed_in: SignedIn) -> None:
    client = signed_in(universe.programme_lead)
    response = client.post(reverse("figures-release"), {"half": "801-2026-27-1"})
    assert "No half-term is over" in response.content.decode()
    draw_autumn(universe)
    foreign = client.post(reverse("figures-release"), {"half": "802-2026-27-1"})
    assert "was released, or has nothing to release" in foreign.content.decode()
    assert not Release.objects.exists()


def test_figures_of_several_authorities_are_not_added_up(universe: Universe, signed_in: SignedIn) -> None:
    released(universe)
    text = page(signed_in(universe.evaluator), "published-figures")
    assert "Contacts by authority, 2026-27" in text
    assert "Total" not in text


def test_a_lead_with_one_school_gets_its_summary_at_once(universe: Universe, signed_in: SignedIn) -> None:
    assert "Summary for Alder Academy" in page(signed_in(universe.lead), "school-summary")
    draw_membership(universe.lead, Role.SAFEGUARDING_LEAD, universe.ash)
    person = type(universe.lead).objects.get(pk=universe.lead.pk)
    text = page(signed_in(person), "school-summary")
    assert "Summaries of schools" in text
    assert "Ash Primary" in text
    assert "Beech High" not in text


def test_a_school_sees_presence_sessions_and_released_work(universe: Universe, signed_in: SignedIn) -> None:
    place(universe)
    released(universe)
    draw_entry(universe, day=MONDAY)
    draw_absence(universe, first=TODAY, last=TODAY)
    draw_session(universe)
    text = summary(signed_in(universe.lead), universe)
    assert "In school all day" in text
    assert "Away" in text
    assert "Court" not in text
    assert "Drop-in" in text
    assert "Contacts by kind of work" in text
    assert "Contacts by time" in text


def test_the_summary_tells_of_no_child_no_text_no_year_group_and_no_topic(
    universe: Universe, signed_in: SignedIn
) -> None:
    child = draw_child(universe.worker, universe.alder)
    draw_contact(universe.worker, universe.alder, child=child, account="Bruises seen in PE", topic="sexual harm")
    released(universe)
    text = summary(signed_in(universe.lead), universe)
    for secret in (child.reference, "Bruises", "Sexual harm", "Year 9", "Topics"):
        assert secret not in text


def test_small_numbers_of_a_school_are_withheld_from_it_too(universe: Universe, signed_in: SignedIn) -> None:
    released(universe)
    text = summary(signed_in(universe.lead), universe)
    (withheld,) = re.findall("Not drawn, withheld to protect privacy: ([^<]*)", text)
    assert "Work with parents or carers" in withheld
    assert "Discussion or advice to staff" not in withheld


def test_what_is_recorded_today_does_not_change_the_summary(universe: Universe, signed_in: SignedIn) -> None:
    released(universe)
    client = signed_in(universe.lead)
    _, before = summary(client, universe).split("<main")
    draw_log(universe.worker, universe.alder, 30, day=TODAY)
    draw_log(universe.worker, universe.alder, 30, day=first_half(universe).starts)
    assert summary(client, universe).split("<main")[1] == before


def test_a_school_without_a_release_is_told_so(universe: Universe, signed_in: SignedIn) -> None:
    assert "No half-term has been released yet" in summary(signed_in(universe.lead), universe)


@pytest.mark.parametrize(
    ("name", "person"), [("published-figures", "analyst"), ("figures", "analyst"), ("school-summary-of", "lead")]
)
def test_each_page_has_a_ceiling_of_questions(
    universe: Universe,
    signed_in: SignedIn,
    django_assert_max_num_queries: Callable[[int], Any],
    name: str,
    person: str,
) -> None:
    place(universe)
    released(universe)
    kwargs = {"figures": year(universe), "school-summary-of": {"school": universe.alder.public_id}}.get(name, {})
    client = signed_in(getattr(universe, person))
    with django_assert_max_num_queries(CEILING):
        page(client, name, **kwargs)
