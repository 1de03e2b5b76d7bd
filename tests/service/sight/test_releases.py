"""Releasing the figures of a half-term, once."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError

from service.audit.models import Action, Entry
from service.permissions import Role
from service.practice.actions.contacts import correct_contact, withdraw_contact
from service.practice.models import Contact
from service.schools.models import Term
from service.schools.open_days import HalfTerm, half_terms_of
from service.sight.actions import release_figures
from service.sight.models import Release, SchoolRelease
from service.sight.release_counts import count_half_term, half_terms_to_release
from service.sight.views.figures import tables_of
from tests.service.diary.drawing import place
from tests.service.practice.drawing import ADVICE, draw_child
from tests.service.sight.drawing import IN_SEPTEMBER, draw_autumn, draw_log, first_half, released
from tests.service.universe import Universe


def release(universe: Universe, **changes: Any) -> Release:
    given = {"by": universe.programme_lead, "authority": universe.northbrook, "half": first_half(universe)}
    return release_figures(**given | changes)


def test_a_release_tells_the_authority_and_each_school(universe: Universe) -> None:
    made = released(universe)
    tables = tables_of(made)
    assert tables["school"].counts == {"900001": 38, "900002": None, "900003": None}
    assert tables["kind_of_work"].counts["advice"] == 34
    assert set(SchoolRelease.objects.values_list("school__name", flat=True)) == {
        "Alder Academy", "Ash Primary", "Beech High",
    }  # fmt: skip
    assert made.names == {"900001": "Alder Academy", "900002": "Ash Primary", "900003": "Beech High"}


def test_the_analyst_may_release_too(universe: Universe) -> None:
    draw_autumn(universe)
    assert release(universe, by=universe.analyst).released_by == universe.analyst


@pytest.mark.parametrize("role", [Role.TEAM_MANAGER, Role.STEERING, Role.EVALUATOR, Role.SOCIAL_WORKER])
def test_nobody_else_releases(universe: Universe, role: Role) -> None:
    with pytest.raises(PermissionDenied):
        release(universe, by=universe.own[role])


def test_a_lead_of_another_authority_does_not_release(universe: Universe) -> None:
    with pytest.raises(PermissionDenied):
        release(universe, by=universe.elsewhere[Role.PROGRAMME_LEAD])


def test_a_half_term_that_runs_is_not_released(universe: Universe) -> None:
    with pytest.raises(ValidationError, match="is not over"):
        release(universe, half=half_terms_of(universe.northbrook)[1])


def test_a_half_term_that_the_authority_does_not_have_is_refused(universe: Universe) -> None:
    with pytest.raises(ValidationError, match="half-term of the authority"):
        release(universe, half=HalfTerm("2025-26", 1, date(2025, 9, 1), date(2025, 10, 20)))


def test_a_half_term_without_a_school_is_refused(universe: Universe) -> None:
    with pytest.raises(ValidationError, match="No school"):
        release(universe)


def test_what_is_offered_is_what_can_be_released(universe: Universe) -> None:
    assert half_terms_to_release(universe.northbrook) == []  # nothing was done yet
    draw_log(universe.worker, universe.alder, 1)
    assert half_terms_to_release(universe.northbrook) == [first_half(universe)]


def test_a_half_term_with_a_placement_alone_is_offered(universe: Universe) -> None:
    placement = place(universe, starts=date(2026, 10, 20))
    assert half_terms_to_release(universe.northbrook) == [first_half(universe)]
    type(placement).objects.update(starts=date(2026, 10, 26))  # in the holiday
    assert half_terms_to_release(universe.northbrook) == []


def test_a_half_term_is_released_once(universe: Universe) -> None:
    released(universe)
    with pytest.raises(ValidationError, match="released once"):
        release(universe)
    assert half_terms_to_release(universe.northbrook) == []


def test_days_that_were_released_are_not_released_again_after_new_term_dates(universe: Universe) -> None:
    released(universe)
    Term.objects.filter(authority=universe.northbrook, number=1).update(
        half_term_starts=date(2026, 9, 21), half_term_ends=date(2026, 9, 25), ends=date(2026, 11, 12)
    )
    second = half_terms_of(universe.northbrook)[1]
    draw_log(universe.worker, universe.alder, 12, day=date(2026, 10, 1))
    with time_machine.travel(date(2026, 12, 1)):
        assert second not in half_terms_to_release(universe.northbrook)
    with pytest.raises(ValidationError, match="released in part"):
        release(universe, half=second)


def test_what_is_corrected_or_entered_later_stays_out_of_the_figures(universe: Universe) -> None:
    made = released(universe)
    before = Release.objects.values().get(pk=made.pk)
    contact = Contact.objects.filter(school=universe.alder, kind_of_work="advice").first()
    assert contact is not None
    correct_contact(
        by=universe.worker, contact=contact, reason="Entered wrongly", date=IN_SEPTEMBER, **ADVICE | {"kind_of_work": "training"}
    )  # fmt: skip
    draw_log(universe.worker, universe.alder, 30, day=IN_SEPTEMBER)
    assert count_half_term(universe.northbrook, first_half(universe)).by_school["kind_of_work"][
        "900001", "training"
    ] == 1  # fmt: skip
    assert Release.objects.values().get(pk=made.pk) == before


def test_the_release_is_in_the_audit_without_a_count_of_contacts(universe: Universe) -> None:
    released(universe)
    entry = Entry.objects.get(action=Action.PUBLISH)
    assert entry.authority == "801"
    assert entry.details == {"half_term": "2026-27 half-term 1", "tables": 7, "schools": 3}


def test_restricted_records_count_and_withdrawn_ones_do_not(universe: Universe) -> None:
    child = draw_child(universe.worker, universe.alder, restricted=True)
    draw_log(universe.worker, universe.alder, 7, child=child)
    (twice,) = draw_log(universe.worker, universe.alder, 1)
    withdraw_contact(by=universe.worker, contact=twice, reason="Entered twice")
    counts = count_half_term(universe.northbrook, first_half(universe))
    assert counts.by_school["kind_of_work"]["900001", "advice"] == 7


def test_another_authority_is_not_counted(universe: Universe) -> None:
    draw_log(universe.elsewhere[Role.SOCIAL_WORKER], universe.cedar, 40)
    assert count_half_term(universe.northbrook, first_half(universe)).schools == ()
