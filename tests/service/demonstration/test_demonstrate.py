"""The demonstration is believable, keeps the rules that everybody keeps, and comes out the same from the same seed."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from service.accounts.models import User
from service.audit.models import Entry
from service.audit.verify import verify_audit
from service.demonstration.clock import clock_in_use, moment
from service.demonstration.draw import Drawn, draw_programme
from service.demonstration.people import people
from service.demonstration.school_years import first_year_of, span_until, terms_of
from service.diary.models import PresenceDay
from service.enquiries.models import Enquiry
from service.permissions import Role
from service.practice.models import Contact, Involvement
from service.programmes.models import Agreement, Allocation, Placement, SchoolArm
from service.programmes.placements import gaps
from service.reviews.models import Review, ReviewAction
from service.schools.models import Authority, School
from service.sight.models import Release
from tests.service.universe import TODAY

DAYS = st.dates(min_value=date(2024, 1, 1), max_value=date(2040, 12, 31))


@given(DAYS)
def test_on_any_day_of_any_year_there_are_two_terms_to_look_back_on(today: date) -> None:
    span = span_until(today)
    assert span.first_day < span.second_term <= today - timedelta(days=10)
    assert today - span.first_day < timedelta(days=330)


@given(DAYS)
def test_terms_follow_one_another_and_begin_and_end_on_weekdays(day: date) -> None:
    days = [
        each
        for terms in terms_of(first_year_of(day))
        for each in (terms.starts, terms.half_term_starts, terms.half_term_ends, terms.ends)
    ]
    assert days == sorted(set(days))
    assert all(each.weekday() < 5 for each in days)


def test_the_clock_is_told_and_put_back() -> None:
    before = timezone.now()
    with clock_in_use() as clock:
        clock.set(moment(date(2020, 2, 29), 12))
        assert timezone.localdate() == date(2020, 2, 29)
    assert timezone.now() >= before


def counted() -> dict[str, Counter[str]]:
    return {
        "contacts": Counter(Contact.objects.values_list("school__name", flat=True)),
        "kinds": Counter(Contact.objects.values_list("kind_of_work", flat=True)),
        "people": Counter(User.objects.values_list("name", flat=True)),
        "arms": Counter(f"{each.school} {each.arm}" for each in SchoolArm.objects.select_related("school")),
    }


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("today", [TODAY, date(2027, 1, 3)], ids=["in term", "in the holidays"])
def test_the_demonstration_is_believable_and_keeps_the_rules(today: date) -> None:
    now = datetime(today.year, today.month, today.day, 11, tzinfo=ZoneInfo("Europe/London"))
    with time_machine.travel(now):
        check_what_was_drawn(draw_programme(seed=1))


def check_what_was_drawn(drawn: Drawn) -> None:
    assert verify_audit().holds
    assert Entry.objects.count() >= drawn.done
    written = list(Entry.objects.order_by("sequence").values_list("at", flat=True))
    assert written == sorted(written)
    assert Authority.objects.count() == 2
    assert Counter(SchoolArm.objects.values_list("arm", flat=True)) == {"intervention": 8, "comparison": 8}
    assert School.objects.filter(phase="secondary").count() == 16
    assert all(step["holds"] for allocation in Allocation.objects.all() for step in allocation.steps)
    assert {person.role for person in people() if person.is_first} == {role.value for role in Role}
    assert not Placement.objects.filter(school__arms__arm="comparison").exists()
    assert Placement.objects.exclude(covers=None).exists()
    assert any(
        gaps(school, drawn.first_day, timezone.localdate())
        for school in School.objects.filter(arms__arm="intervention")
    )
    assert Agreement.objects.filter(signatures=None).count() == 1
    assert set(Enquiry.objects.values_list("state", flat=True)) >= {"waiting", "answered", "closed"}
    assert Involvement.objects.filter(closed=None).count() > 20 < Involvement.objects.exclude(closed=None).count()
    assert PresenceDay.objects.count() > 300
    assert set(Review.objects.values_list("state", flat=True)) >= {"closed"}
    assert ReviewAction.objects.filter(state="open").exists()
    assert Release.objects.exists()
    contacts = list(Contact.objects.values_list("kind_of_work", "raised_by", "time_band", "date"))
    assert len(contacts) > 800
    assert 0.35 < sum(kind == "advice" for kind, *_ in contacts) / len(contacts) < 0.65
    assert all(drawn.first_day <= day <= timezone.localdate() for *_, day in contacts)


@pytest.mark.slow
@pytest.mark.django_db
def test_the_same_seed_gives_the_same_programme() -> None:
    found = []
    for seed in (7, 7, 8):
        with transaction.atomic():
            draw_programme(seed=seed, until=span_until(TODAY).first_day + timedelta(weeks=3))
            found.append(counted())
            transaction.set_rollback(True)
    assert found[0] == found[1] != found[2]
    assert found[0]["contacts"]


@pytest.mark.django_db
def test_it_is_refused_where_somebody_is_there_or_it_is_no_demonstration(settings: object) -> None:
    settings.DEMONSTRATION = False  # type: ignore[attr-defined]
    with pytest.raises(CommandError, match="SWIS_DEMONSTRATION is not set"):
        call_command("demonstrate")
    settings.DEMONSTRATION = True  # type: ignore[attr-defined]
    User.objects.create_user("somebody@example.org", name="Somebody")
    with pytest.raises(CommandError, match="somebody here already"):
        call_command("demonstrate")
    call_command("demonstrate", if_empty=True)
    assert not Contact.objects.exists()
