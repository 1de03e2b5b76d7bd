"""The open days of several schools at once are those of each alone."""

from __future__ import annotations

from datetime import date

from pytest_django import DjangoAssertNumQueries

from service.diary.school_days import open_days_of
from service.schools.models import ClosureDay, School, Term
from service.schools.open_days import open_days
from tests.service.universe import Universe

FIRST, LAST = date(2026, 10, 1), date(2027, 1, 31)


def test_each_school_has_the_days_that_it_has_alone(universe: Universe) -> None:
    ClosureDay.objects.create(authority=universe.northbrook, day=date(2026, 11, 13), reason="Training")
    ClosureDay.objects.create(
        authority=universe.northbrook, school=universe.alder, day=date(2026, 11, 16), reason="Boiler"
    )
    ClosureDay.objects.create(authority=universe.southmere, day=date(2026, 11, 17), reason="Training")
    schools = list(School.objects.select_related("authority"))
    found = open_days_of(schools, first=FIRST, last=LAST)
    assert found == {school.pk: open_days(school, first=FIRST, last=LAST) for school in schools}
    assert len({len(days) for days in found.values()}) == 2


def test_more_schools_of_an_authority_ask_no_more(
    universe: Universe, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    schools = [school for school in School.objects.select_related("authority") if school != universe.cedar]
    with django_assert_max_num_queries(2):
        assert len(open_days_of(schools, first=FIRST, last=LAST)) == 3


def test_without_term_dates_no_day_is_open_unless_every_weekday_is_asked_for(universe: Universe) -> None:
    Term.objects.all().delete()
    days = {"first": date(2026, 11, 20), "last": date(2026, 11, 23)}
    assert open_days_of([universe.alder], **days) == {universe.alder.pk: []}
    assert open_days_of([universe.alder], **days, without_terms=True) == {
        universe.alder.pk: [date(2026, 11, 20), date(2026, 11, 23)]
    }
