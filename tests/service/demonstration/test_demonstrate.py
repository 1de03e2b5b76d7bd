"""The demonstration is believable, keeps the rules that everybody keeps, and comes out the same from the same seed."""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from hypothesis import given
from hypothesis import strategies as st

from service.accounts.models import User
from service.audit.models import Entry
from service.audit.verify import verify_audit
from service.demonstration.clock import clock_in_use, moment
from service.demonstration.draw import Drawn, draw_programme
from service.demonstration.evaluating import terms_around
from service.demonstration.people import people
from service.demonstration.returns import pack_returns, synthesise
from service.demonstration.school_years import first_year_of, span_until, terms_of
from service.diary.models import PresenceDay
from service.enquiries.models import Enquiry
from service.evidence import incoming
from service.evidence.archives import FOR_OTHERS, REPORT, names_in, read_member
from service.evidence.models import Evaluation, Job, Panel, PanelRelease
from service.permissions import Role
from service.practice.models import Contact, Involvement
from service.programmes.models import Agreement, Allocation, Placement, SchoolArm
from service.programmes.placements import gaps
from service.records.models import Export, LegalHold, SubjectRequest
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
def test_evidence_comes_in_its_order_on_any_day(today: date) -> None:
    span = span_until(today)
    before, first = terms_around(span.first_day)
    assert before != first
    assert span.second_term + timedelta(days=6) < today  # the last report is run before today


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


def test_returns_are_those_that_are_there_on_a_day_under_the_names_of_the_schools() -> None:
    made = synthesise("997", last_year=2025, seed=1)
    content = pack_returns(
        made, taken_on=date(2026, 3, 30), authority="Ashmere", schools=["Alderbrook School"], mess=None
    )
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = set(archive.namelist())
        register = archive.read("edubasealldata.csv").decode("cp1252")
    assert {"cin_census_2026.xml", "ssda903_2026/header.csv", "school_census/2026_spring_pupilonroll.csv"} <= names
    assert not names & {"cin_census_2027.xml", "school_census/2026_summer_pupilonroll.csv"}
    assert "Alderbrook School (SYNTHETIC)" in register
    assert "Synthshire" not in register


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
def test_the_demonstration_is_believable_and_keeps_the_rules(today: date, settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    now = datetime(today.year, today.month, today.day, 11, tzinfo=ZoneInfo("Europe/London"))
    with time_machine.travel(now):
        check_what_was_drawn(draw_programme(seed=1, with_evidence=today == TODAY))
        if today == TODAY:
            check_evidence()


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
    assert (SubjectRequest.objects.count(), LegalHold.objects.count(), Export.objects.count()) == (4, 2, 2)
    contacts = list(Contact.objects.values_list("kind_of_work", "raised_by", "time_band", "date"))
    assert len(contacts) > 800
    assert 0.35 < sum(kind == "advice" for kind, *_ in contacts) / len(contacts) < 0.65
    assert all(drawn.first_day <= day <= timezone.localdate() for *_, day in contacts)


def check_evidence() -> None:
    """Every room of evidence has something in it, said to be synthetic where it is read on its own."""
    for authority in Authority.objects.all():
        newest, oldest = Panel.objects.filter(authority=authority)
        assert (oldest.term_names[-1], newest.term_names[-1]) == ("spring 2026", "summer 2026")
        in_panel = {urn: name for urn, name, _ in newest.schools}
        for school in School.objects.filter(authority=authority):
            assert in_panel[school.urn] == f"{school.name} (SYNTHETIC)"
    assert Job.objects.get(state="failed").trouble.startswith("None of 1 files is a return")
    assert {job.state for job in Job.objects.all()} == {"done", "failed"}
    assert DBTaskResult.objects.count() == DBTaskResult.objects.successful().count() == Job.objects.count()
    assert not list(incoming.incoming_folder().iterdir())
    trial, look = Evaluation.objects.order_by("run_at")
    assert (trial.study.is_trial, trial.plan_state, trial.study.counts_were_there) == (True, "as locked", False)
    assert (look.study.is_trial, look.plan_state) == (False, "not locked")
    for run in (trial, look):
        for edition in (REPORT, FOR_OTHERS):
            assert b"SYNTHETIC" in (read_member(run.report, f"{edition}.html") or b"")
        assert b"none that is finite" not in str(run.verdicts).encode()
        assert "activity_log.csv" in names_in(run.folder)
    by_role = {person.role: User.objects.get(public_id=person.public_id) for person in reversed(people())}
    assert list(Evaluation.objects.visible_to(by_role["steering group"])) == [trial]
    assert set(Evaluation.objects.visible_to(by_role["evaluator"])) == {trial, look}
    assert PanelRelease.objects.visible_to(by_role["steering group"]).exists()


@pytest.mark.slow
@pytest.mark.django_db
def test_the_same_seed_gives_the_same_programme() -> None:
    found = []
    for seed in (7, 7, 8):
        with transaction.atomic():
            draw_programme(seed=seed, until=span_until(TODAY).first_day + timedelta(weeks=3), with_evidence=False)
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
