"""How long enquiries have waited, in school days."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from service.enquiries.actions.enquiries import answer
from service.enquiries.models import Enquiry
from service.enquiries.waiting import age_in_words, school_days_waited, waiting_longer
from service.permissions import Role
from service.schools.models import ClosureDay, Term
from tests.service.enquiries.drawing import draw_enquiry
from tests.service.universe import Universe


def asked_on(universe: Universe, day: date, **changes: Any) -> Enquiry:
    enquiry = draw_enquiry(universe, **changes)
    enquiry.waiting_since = timezone.make_aware(datetime(day.year, day.month, day.day, 15))
    enquiry.save()
    return enquiry


@pytest.mark.parametrize(
    ("day", "waited"),
    [
        (date(2026, 11, 18), 0),
        (date(2026, 11, 17), 1),
        (date(2026, 11, 13), 3),  # a Friday: the weekend does not count
        (date(2026, 11, 14), 3),  # asked on a Saturday
        (date(2026, 10, 23), 13),  # over the half-term holiday
    ],
)
def test_days_on_which_the_school_was_open_are_counted(universe: Universe, day: date, waited: int) -> None:
    enquiry = asked_on(universe, day)
    assert school_days_waited([enquiry]) == {enquiry.pk: waited}


def test_closure_days_of_the_school_and_the_authority_do_not_count(universe: Universe) -> None:
    enquiry = asked_on(universe, date(2026, 11, 12))
    ClosureDay.objects.create(authority=universe.northbrook, day=date(2026, 11, 13), reason="Training")
    ClosureDay.objects.create(
        authority=universe.northbrook, school=universe.alder, day=date(2026, 11, 16), reason="Boiler"
    )
    ClosureDay.objects.create(
        authority=universe.northbrook, school=universe.beech, day=date(2026, 11, 17), reason="Boiler"
    )
    assert school_days_waited([enquiry]) == {enquiry.pk: 2}


def test_without_term_dates_every_weekday_counts(universe: Universe) -> None:
    enquiry = asked_on(universe, date(2026, 11, 13))
    Term.objects.filter(authority=universe.northbrook).delete()
    assert school_days_waited([enquiry]) == {enquiry.pk: 3}


def test_a_manager_sees_what_waits_beyond_a_number_of_days_the_longest_first(universe: Universe) -> None:
    longest, long, short = (asked_on(universe, date(2026, 11, day)) for day in (3, 10, 16))
    answered = asked_on(universe, date(2026, 11, 2))
    answer(by=universe.worker, enquiry=answered, text="Yes.")
    assert [enquiry for enquiry, _ in waiting_longer(universe.manager)] == [longest, long]
    assert [enquiry for enquiry, _ in waiting_longer(universe.manager, days=1)] == [longest, long, short]
    assert waiting_longer(universe.elsewhere[Role.TEAM_MANAGER]) == []


def test_many_enquiries_ask_no_more_of_the_database(
    universe: Universe, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for day in range(2, 14):
        asked_on(universe, date(2026, 11, day))
    rows = list(Enquiry.objects.select_related("school__authority"))
    with django_assert_max_num_queries(2):
        assert len(school_days_waited(rows)) == 12
    assert school_days_waited([]) == {}


def test_an_age_is_told_in_words() -> None:
    assert [age_in_words(days) for days in (0, 1, 2)] == ["since today", "1 school day", "2 school days"]
