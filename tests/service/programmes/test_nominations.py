"""Nominating schools, and the file in both directions."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from service.audit.models import Entry
from service.permissions import Role
from service.programmes.actions import nominations
from service.programmes.models import Nomination, NominationRound
from swis.design.allocation.nominations import read_nominations
from tests.service.programmes.drawing import submitted_round, text_of
from tests.service.universe import TODAY, Universe


@pytest.fixture
def draft(universe: Universe) -> NominationRound:
    return nominations.begin_round(by=universe.programme_lead, authority=universe.northbrook, name="Autumn")


def test_the_file_is_one_that_the_library_reads(universe: Universe, draft: NominationRound, tmp_path: Path) -> None:
    nominations.nominate(
        by=universe.programme_lead, round=draft, school=universe.alder, feeder_primaries=[universe.ash], pupils=1100,
        referrals=41, persistent_absence_percent=12,
    )  # fmt: skip
    nominations.nominate(by=universe.programme_lead, round=draft, school=universe.beech, excluded="About to close")
    path = tmp_path / "nominations.csv"
    path.write_text(text_of(draft), encoding="utf-8")
    read = read_nominations(path)
    assert [each.school for each in read.drawn] == ["Alder Academy (900001)"]
    assert read.drawn[0].feeder_primaries == ("Ash Primary",)
    assert read.excluded[0].excluded == "About to close"


def test_a_second_draft_is_refused(universe: Universe, draft: NominationRound) -> None:
    with pytest.raises(ValidationError, match="There is a draft already"):
        nominations.begin_round(by=universe.programme_lead, authority=universe.northbrook, name="Spring")


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"pupils": 0}, "at least 1 pupil"),
        ({"referrals": -1}, "not negative"),
        ({"persistent_absence_percent": 101}, "0 to 100"),
        ({"excluded": "=HYPERLINK()"}, "takes a line that begins so for a formula"),
    ],
)
def test_figures_that_cannot_be_are_refused(
    universe: Universe, draft: NominationRound, facts: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValidationError, match=message):
        nominations.nominate(by=universe.programme_lead, round=draft, school=universe.alder, **facts)


def test_a_school_of_another_authority_or_one_that_feeds_a_nominated_one_is_refused(
    universe: Universe, draft: NominationRound
) -> None:
    by = universe.programme_lead
    with pytest.raises(ValidationError, match="another authority"):
        nominations.nominate(by=by, round=draft, school=universe.cedar)
    nominations.nominate(by=by, round=draft, school=universe.alder, feeder_primaries=[universe.ash])
    with pytest.raises(ValidationError, match="cannot be both"):
        nominations.nominate(by=by, round=draft, school=universe.ash)
    with pytest.raises(ValidationError, match="in this round already"):
        nominations.nominate(by=by, round=draft, school=universe.alder)


def test_one_school_alone_is_not_submitted(universe: Universe, draft: NominationRound) -> None:
    nominations.nominate(by=universe.programme_lead, round=draft, school=universe.alder)
    with pytest.raises(ValidationError, match="at least two schools"):
        nominations.submit_round(by=universe.programme_lead, round=draft)


def test_a_submitted_round_stays_as_it_is_until_the_evaluator_gives_it_back(universe: Universe) -> None:
    submitted = submitted_round(universe)
    nomination = submitted.nominations.get(school=universe.alder)
    with pytest.raises(ValidationError, match="is submitted"):
        nominations.correct(by=universe.programme_lead, nomination=nomination, referrals=3)
    nominations.return_round(by=universe.evaluator, round=submitted, reason="Pupils of last year")
    nomination.refresh_from_db()
    nominations.correct(by=universe.programme_lead, nomination=nomination, referrals=3)
    assert Nomination.objects.get(pk=nomination.pk).referrals == 3
    assert Entry.objects.filter(subject=str(nomination.public_id), action="change").get().details == {
        "changed": ["referrals"]
    }


def test_the_evaluator_sees_a_round_once_it_is_submitted(universe: Universe, draft: NominationRound) -> None:
    evaluator, lead = universe.own[Role.EVALUATOR], universe.programme_lead
    for school in (universe.alder, universe.beech):
        nominations.nominate(by=lead, round=draft, school=school)
    assert not NominationRound.objects.visible_to(evaluator).exists()
    assert not Nomination.objects.visible_to(evaluator).exists()
    nominations.submit_round(by=lead, round=draft)
    assert NominationRound.objects.visible_to(evaluator).exists()
    assert not NominationRound.objects.visible_to(universe.elsewhere[Role.EVALUATOR]).exists()
    assert not Nomination.objects.visible_to(universe.lead).exists()


def test_a_withdrawal_is_noted_with_its_reason(universe: Universe) -> None:
    nomination = submitted_round(universe).nominations.get(school=universe.beech)
    with pytest.raises(ValidationError, match="why the school withdrew"):
        nominations.withdraw_school(by=universe.programme_lead, nomination=nomination, on=TODAY, reason=" ")
    nominations.withdraw_school(by=universe.programme_lead, nomination=nomination, on=TODAY, reason="New head")
    assert Nomination.objects.get(pk=nomination.pk).withdrew_on == TODAY


def test_a_file_without_problems_is_taken_whole(universe: Universe, draft: NominationRound) -> None:
    data = (
        b"school,pupils,persistent_absence_percent,feeder_primaries,reserve,excluded\n"
        b'Alder Academy,"1,100",12.5,Ash Primary,no,\n900003,900,,,yes,\n'
    )
    upload = nominations.read_upload(by=universe.programme_lead, round=draft, file_name="n.csv", data=data)
    assert (len(upload.rows), upload.problems) == (2, [])
    assert not draft.nominations.exists()
    nominations.take_upload(by=universe.programme_lead, upload=upload)
    alder = draft.nominations.get(school=universe.alder)
    assert (alder.pupils, list(alder.feeder_primaries.all())) == (1100, [universe.ash])
    assert draft.nominations.get(school=universe.beech).reserve
    with pytest.raises(ValidationError, match="taken already"):
        nominations.take_upload(by=universe.programme_lead, upload=upload)


def test_what_is_wrong_with_a_file_is_told_by_row_and_column(universe: Universe, draft: NominationRound) -> None:
    data = (
        b"school,authority,pupils,referrals,reserve,feeder_primaries,persistent_absence_percent\n"
        b"Nowhere School,Northbrook,100,1,no,,\n"
        b"Alder Academy,Southmere,-3,2.5,perhaps,Beech High,140\n"
        b"Beech High,Northbrook,100,1,no,,\nBeech High,Northbrook,100,1,no,,\n"
    )
    upload = nominations.read_upload(by=universe.programme_lead, round=draft, file_name="n.csv", data=data)
    assert [(each["row"], each["column"]) for each in upload.problems] == [
        (2, "school"),
        (3, "authority"),
        (3, "pupils"),
        (3, "referrals"),
        (3, "persistent_absence_percent"),
        (3, "reserve"),
        (3, "feeder_primaries"),
        (5, "school"),
    ]
    with pytest.raises(ValidationError, match="has problems"):
        nominations.take_upload(by=universe.programme_lead, upload=upload)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe\x00",
        b"name\nAlder\n",
        b"school,colour\nAlder,red\n",
        b"school,pupils\nAlder\n",
        b'school\n"Alder',
        b"school,excluded\nAlder Academy,\0\n",
        b"school,excluded\nAlder Academy,=1+1\n",
        b"school,excluded\nAlder Academy," + b"x" * 201,
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_words(
    universe: Universe, draft: NominationRound, data: bytes
) -> None:
    upload = nominations.read_upload(by=universe.programme_lead, round=draft, file_name="n.csv", data=data)
    assert upload.problems


@pytest.mark.parametrize("role", [Role.EVALUATOR, Role.TEAM_MANAGER, Role.SAFEGUARDING_LEAD, Role.ADMINISTRATOR])
def test_only_the_programme_lead_nominates(universe: Universe, draft: NominationRound, role: Role) -> None:
    by = universe.own[role]
    with pytest.raises(PermissionDenied):
        nominations.nominate(by=by, round=draft, school=universe.alder)
    with pytest.raises(PermissionDenied):
        nominations.submit_round(by=by, round=draft)
    with pytest.raises(PermissionDenied):
        nominations.read_upload(by=by, round=draft, file_name="n.csv", data=b"school\n")


def test_a_programme_lead_of_another_authority_is_refused(universe: Universe, draft: NominationRound) -> None:
    with pytest.raises(PermissionDenied):
        nominations.nominate(by=universe.elsewhere[Role.PROGRAMME_LEAD], round=draft, school=universe.alder)
    with pytest.raises(PermissionDenied):
        nominations.withdraw_school(
            by=universe.elsewhere[Role.PROGRAMME_LEAD],
            nomination=Nomination(round=draft, school=universe.alder),
            on=date(2026, 11, 1),
            reason="Because",
        )
