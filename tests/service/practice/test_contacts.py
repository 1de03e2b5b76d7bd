"""Recording contacts: what is kept, what is refused, and what the audit tells of it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from service.audit.models import Action, Entry
from service.permissions import Permission, Role
from service.practice.actions.contact_details import band_of
from service.practice.actions.contacts import add_referral_outcome, correct_contact, withdraw_contact
from service.practice.core_codes import CORE
from service.practice.models import Code, Contact, ReferralOutcome, State
from service.practice.referrals import referrals_without_word, waiting_for
from swis.tables.activity_log import ACTIVITY_LOG
from tests.service.practice.drawing import ADVICE, draw_child, draw_contact
from tests.service.universe import STARTED, TODAY, Universe, draw_person


def test_a_contact_is_recorded_with_what_was_told(universe: Universe) -> None:
    contact = draw_contact(universe.worker, universe.alder, topic=("attendance", "neglect"), outcome="advice given")
    assert (contact.worker, contact.recorded_by, contact.authority) == (
        universe.worker,
        universe.worker,
        universe.northbrook,
    )
    assert contact.time_band == "5 to 30 minutes"
    assert contact.known_to_social_care == "not asked"
    assert set(contact.topics.values_list("code", flat=True)) == {"attendance", "neglect"}


def test_recording_is_in_the_audit_without_any_text(universe: Universe) -> None:
    child = draw_child(universe.worker, universe.alder)
    contact = draw_contact(universe.worker, universe.alder, child=child, account="She was hungry")
    entry = Entry.objects.get(action=Action.CREATE, subject=str(contact.public_id))
    assert entry.child == str(child.public_id)
    assert entry.details == {
        "fields": sorted([*ADVICE, "account", "child", "date", "known_to_social_care", "worker", "year_group"]),
        "days_late": 0,
        "on_behalf": False,
    }
    assert "hungry" not in str(entry.details)


@pytest.mark.parametrize(
    ("minutes", "band"),
    [
        (0, "under 5 minutes"),
        (4, "under 5 minutes"),
        (5, "5 to 30 minutes"),
        (30, "5 to 30 minutes"),
        (31, "30 to 60 minutes"),
        (60, "30 to 60 minutes"),
        (61, "over 60 minutes"),
        (1440, "over 60 minutes"),
    ],
)
def test_minutes_give_the_band(minutes: int, band: str) -> None:
    assert band_of(minutes) == band


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind_of_work": "gossip"}, "kind_of_work"),
        ({"kind_of_work": ""}, "kind_of_work"),
        ({"role": ""}, "role"),
        ({"raised_by": ""}, "raised_by"),
        ({"time_band": ""}, "time_band"),
        ({"time_band": "an age"}, "time_band"),
        ({"minutes": -1}, "minutes"),
        ({"minutes": 1441}, "minutes"),
        ({"topic": "the weather"}, "topic"),
        ({"year_group": "15"}, "year_group"),
        ({"known_to_social_care": "perhaps"}, "known_to_social_care"),
        ({"outcome": "happy"}, "outcome"),
        ({"sharing": "shared"}, "sharing_reason"),
        ({"sharing": "shared", "sharing_reason": "Needed to plan"}, "shared_with"),
        ({"sharing_reason": "Needed to plan"}, "sharing"),
        ({"sharing": "perhaps", "sharing_reason": "x"}, "sharing"),
        ({"account": "x" * 10_001}, "account"),
        ({"shared_with": "x" * 101, "sharing": "shared", "sharing_reason": "x"}, "shared_with"),
    ],
)
def test_what_does_not_hold_together_is_refused_by_field(
    universe: Universe, change: dict[str, Any], field: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        draw_contact(universe.worker, universe.alder, **change)
    assert set(refused.value.message_dict) == {field}
    assert not Contact.objects.exists()


def test_all_that_is_wrong_is_told_at_once(universe: Universe) -> None:
    with pytest.raises(ValidationError) as refused:
        draw_contact(universe.worker, universe.alder, time_band="", topic="the weather", sharing="shared")
    assert set(refused.value.message_dict) == {"time_band", "topic", "sharing_reason"}


@pytest.mark.parametrize("day", [TODAY + timedelta(days=1), STARTED - timedelta(days=1)])
def test_a_date_in_the_future_or_before_the_placement_is_refused(universe: Universe, day: date) -> None:
    with pytest.raises(ValidationError, match="date must"):
        draw_contact(universe.worker, universe.alder, date=day)


def test_a_contact_may_be_logged_later(universe: Universe) -> None:
    contact = draw_contact(universe.worker, universe.alder, date=STARTED)
    assert Entry.objects.get(subject=str(contact.public_id)).details["days_late"] == 78


def test_a_manager_records_on_behalf_of_a_worker(universe: Universe) -> None:
    contact = draw_contact(universe.manager, universe.alder, worker=universe.worker)
    assert (contact.worker, contact.recorded_by) == (universe.worker, universe.manager)


def test_nothing_is_recorded_on_behalf_of_who_does_not_cover_the_school(universe: Universe) -> None:
    with pytest.raises(ValidationError, match="covered"):
        draw_contact(universe.manager, universe.alder, worker=universe.other_school[Role.SOCIAL_WORKER])


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.SOCIAL_WORKER, Role.TEAM_MANAGER}])
def test_who_does_not_do_the_work_records_nothing(universe: Universe, role: Role) -> None:
    with pytest.raises(PermissionDenied):
        draw_contact(universe.own[role], universe.alder)


def test_a_worker_records_nothing_for_another_school(universe: Universe) -> None:
    with pytest.raises(PermissionDenied):
        draw_contact(universe.worker, universe.beech)


def test_a_child_of_another_authority_or_closed_to_the_worker_is_refused_in_the_same_words(universe: Universe) -> None:
    elsewhere = draw_child(universe.elsewhere[Role.SOCIAL_WORKER], universe.cedar)
    closed = draw_child(universe.worker, universe.alder, restricted=True)
    words = set()
    for child in (elsewhere, closed):
        with pytest.raises(ValidationError) as refused:
            draw_contact(universe.worker, universe.alder, child=child)
        words.add(str(refused.value.message_dict))
    assert len(words) == 1


def test_year_group_and_known_come_from_the_child_where_they_are_not_told(universe: Universe) -> None:
    child = draw_child(universe.worker, universe.alder, year_group="7", known_to_social_care="yes")
    contact = draw_contact(universe.worker, universe.alder, child=child)
    assert (contact.year_group, contact.known_to_social_care) == ("7", "yes")


def test_one_form_is_saved_once(universe: Universe) -> None:
    form = uuid4()
    first = draw_contact(universe.worker, universe.alder, submission=form)
    assert draw_contact(universe.worker, universe.alder, submission=form) == first
    assert Contact.objects.count() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"raised_by": "parent"},
        {"kind_of_work": "direct work"},
        {"outcome": "referral"},
        {"minutes": 12},
        {"topic": "neglect"},
        {"year_group": "9"},
        {"sharing": "shared", "shared_with": "A nurse", "sharing_reason": "To plan"},
        {"account": "Another text"},
        {"date": TODAY - timedelta(days=1)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_form_sent_again_with_any_other_detail_is_never_taken_for_the_first(
    universe: Universe, change: dict[str, Any]
) -> None:
    form = uuid4()
    draw_contact(universe.worker, universe.alder, submission=form)
    with pytest.raises(ValidationError, match="saved before"):
        draw_contact(universe.worker, universe.alder, submission=form, **change)
    assert Contact.objects.count() == 1


def test_a_correction_sent_twice_is_one_and_with_another_detail_or_reason_it_is_refused(universe: Universe) -> None:
    contact, form = draw_contact(universe.worker, universe.alder), uuid4()
    details: dict[str, Any] = {"date": TODAY, "submission": form, "reason": "Wrong time", **ADVICE, "minutes": 20}
    after = correct_contact(by=universe.worker, contact=contact, **details)
    assert correct_contact(by=universe.worker, contact=contact, **details) == after
    for change in ({"minutes": 40}, {"reason": "Another"}):
        with pytest.raises(ValidationError, match="saved before"):
            correct_contact(by=universe.worker, contact=contact, **details | change)
    assert Contact.every_version.count() == 2


def test_a_local_code_is_kept_and_counts_as_its_core_code(universe: Universe) -> None:
    core = Code.objects.get(list_name="kind_of_work", code="direct work")
    Code.objects.create(
        list_name="kind_of_work", code="mentoring", name="Mentoring", authority=universe.northbrook, parent=core
    )
    contact = draw_contact(universe.worker, universe.alder, kind_of_work="mentoring")
    assert contact.kind_of_work == "direct work"
    assert contact.local_codes.get().code == "mentoring"


def test_a_local_code_of_another_authority_is_refused(universe: Universe) -> None:
    core = Code.objects.get(list_name="kind_of_work", code="direct work")
    Code.objects.create(
        list_name="kind_of_work", code="mentoring", name="Mentoring", authority=universe.southmere, parent=core
    )
    with pytest.raises(ValidationError, match="not in the list"):
        draw_contact(universe.worker, universe.alder, kind_of_work="mentoring")


def test_the_core_codes_carry_over_to_the_activity_log() -> None:
    tables = {column.name: [code for code, _ in column.codes] for column in ACTIVITY_LOG.columns if column.codes}
    assert tables == {name: list(CORE[name]) for name in tables}


def test_every_core_code_is_in_the_database(universe: Universe) -> None:
    held = set(Code.objects.filter(authority=None).values_list("list_name", "code"))
    assert held == {(str(name), code) for name, codes in CORE.items() for code in codes}


def test_a_correction_supersedes_and_only_the_last_version_is_counted(universe: Universe) -> None:
    first = draw_contact(universe.worker, universe.alder, account="About a boy")
    second = correct_contact(
        by=universe.worker, contact=first, reason="Wrong time", date=TODAY, **ADVICE | {"time_band": "over 60 minutes"}
    )
    first.refresh_from_db()
    assert (first.state, first.end_reason, first.account) == (State.SUPERSEDED, "Wrong time", "About a boy")
    assert (second.version, second.entry, second.supersedes) == (2, first.entry, first)
    assert list(Contact.objects.visible_to(universe.worker)) == [second]
    assert set(Contact.every_version.visible_to(universe.worker)) == {first, second}
    assert first.latest == second
    told = Entry.objects.get(action=Action.SUPERSEDE)
    assert (told.details["fields"], told.reason) == (["account", "time_band"], "")


def test_a_version_that_was_superseded_is_not_corrected_again(universe: Universe) -> None:
    first = draw_contact(universe.worker, universe.alder)
    correct_contact(by=universe.worker, contact=first, reason="Wrong time", date=TODAY, **ADVICE)
    with pytest.raises(ValidationError, match="in the meantime"):
        correct_contact(by=universe.worker, contact=first, reason="Again", date=TODAY, **ADVICE)


def test_a_correction_needs_a_reason(universe: Universe) -> None:
    with pytest.raises(ValidationError, match="Say why"):
        correct_contact(
            by=universe.worker, contact=draw_contact(universe.worker, universe.alder), reason=" ", date=TODAY, **ADVICE
        )


def test_a_colleague_does_not_correct_what_another_recorded(universe: Universe) -> None:
    contact = draw_contact(universe.manager, universe.alder)
    with pytest.raises(PermissionDenied):
        correct_contact(by=universe.worker, contact=contact, reason="Mine", date=TODAY, **ADVICE)


def test_a_withdrawn_contact_stays_and_is_not_counted(universe: Universe) -> None:
    contact = draw_contact(universe.worker, universe.alder)
    withdraw_contact(by=universe.manager, contact=contact, reason="Recorded twice")
    assert not Contact.objects.visible_to(universe.worker).exists()
    assert Contact.every_version.visible_to(universe.worker).get().state == State.WITHDRAWN
    assert Contact.every_version.visible_to(universe.worker).get().end_reason == "Recorded twice"
    told = Entry.objects.get(action=Action.CHANGE)
    assert (told.details, told.reason) == ({"fields": ["end_reason", "state"]}, "")


def test_what_became_of_a_referral_is_added_with_its_day(universe: Universe) -> None:
    contact = draw_contact(universe.worker, universe.alder, outcome="referral", date=STARTED)
    add_referral_outcome(by=universe.worker, contact=contact, outcome="no reply", heard_on=date(2026, 10, 1))
    add_referral_outcome(by=universe.worker, contact=contact, outcome="threshold not met", heard_on=TODAY)
    told = Entry.objects.filter(subject_kind="practice.referraloutcome").values_list("details", flat=True)
    assert list(told) == [{"fields": ["heard_on", "outcome"]}] * 2
    assert [row.outcome for row in contact.referral_outcomes.all()] == ["no reply", "threshold not met"]


def test_a_referral_tells_what_it_led_to_and_is_added_once(universe: Universe) -> None:
    contact = draw_contact(universe.worker, universe.alder, outcome="referral")
    heard: dict[str, Any] = {"by": universe.worker, "contact": contact, "heard_on": TODAY}
    for _ in range(2):
        row = add_referral_outcome(
            **heard, outcome="accepted", led_to="section 47", external_reference=" MASH\x00-4711 ", note="By phone"
        )
    assert ReferralOutcome.objects.get() == row
    assert (row.led_to, row.external_reference) == ("section 47", "MASH-4711")
    assert "4711" not in str(Entry.objects.get(subject_kind="practice.referraloutcome").details)


@pytest.mark.parametrize(
    ("outcome", "led_to"), [("no reply", "early help"), ("threshold not met", "section 17"), ("accepted", "lost")]
)
def test_what_a_referral_cannot_have_led_to_is_refused(universe: Universe, outcome: str, led_to: str) -> None:
    contact = draw_contact(universe.worker, universe.alder, outcome="referral")
    with pytest.raises(ValidationError):
        add_referral_outcome(by=universe.worker, contact=contact, outcome=outcome, led_to=led_to, heard_on=TODAY)


def test_the_database_refuses_statutory_work_after_a_referral_that_was_not_accepted(universe: Universe) -> None:
    contact = draw_contact(universe.worker, universe.alder, outcome="referral")
    with pytest.raises(IntegrityError), transaction.atomic():
        ReferralOutcome.objects.create(
            contact=contact, outcome="no reply", led_to="section 47", heard_on=TODAY, recorded_by=universe.worker
        )


def test_a_referral_waits_for_a_word_from_a_week_on_until_one_is_heard(universe: Universe) -> None:
    def waiting() -> int:
        return referrals_without_word(universe.worker, today=TODAY).count()

    draw_contact(universe.worker, universe.alder, outcome="referral", date=TODAY - timedelta(days=6))
    draw_contact(universe.worker, universe.alder, date=STARTED)
    assert waiting() == 0
    contact = draw_contact(universe.worker, universe.alder, outcome="referral", date=STARTED)
    assert waiting() == 1
    heard: dict[str, Any] = {"by": universe.worker, "contact": contact}
    add_referral_outcome(**heard, outcome="no reply", heard_on=TODAY - timedelta(days=7))
    assert waiting() == 1
    add_referral_outcome(**heard, outcome="no reply", heard_on=TODAY)
    assert waiting() == 0
    later = TODAY + timedelta(days=7)
    assert referrals_without_word(universe.worker, today=later).count() == 2
    add_referral_outcome(**heard, outcome="accepted", heard_on=TODAY)
    assert referrals_without_word(universe.worker, today=later).count() == 1


def test_referrals_without_a_word_are_those_of_ones_own_work_or_of_ones_authority(universe: Universe) -> None:
    colleague = draw_person(Role.SOCIAL_WORKER, universe.alder, "colleague")
    draw_contact(colleague, universe.alder, outcome="referral", date=STARTED)
    told = {
        user: referrals_without_word(user, today=TODAY).count()
        for user in (colleague, universe.worker, universe.manager, universe.elsewhere[Role.TEAM_MANAGER], universe.lead)
    }
    assert list(told.values()) == [1, 0, 1, 0, 0]
    assert [each.what for each in waiting_for(universe.manager, TODAY)] == ["1 referral has no answer"]
    assert list(waiting_for(universe.lead, TODAY)) == []


@pytest.mark.parametrize(
    ("outcome", "heard_on"),
    [("lost", TODAY), ("accepted", TODAY + timedelta(days=1)), ("accepted", STARTED - timedelta(days=1))],
)
def test_a_wrong_outcome_or_day_of_a_referral_is_refused(universe: Universe, outcome: str, heard_on: date) -> None:
    contact = draw_contact(universe.worker, universe.alder, outcome="referral", date=STARTED)
    with pytest.raises(ValidationError):
        add_referral_outcome(by=universe.worker, contact=contact, outcome=outcome, heard_on=heard_on)


def test_no_outcome_of_a_referral_for_what_was_none(universe: Universe) -> None:
    contact = draw_contact(universe.worker, universe.alder)
    with pytest.raises(ValidationError, match="not a referral"):
        add_referral_outcome(by=universe.worker, contact=contact, outcome="accepted", heard_on=TODAY)


def test_a_contact_about_a_restricted_child_is_counted_but_not_shown(universe: Universe) -> None:
    child = draw_child(universe.worker, universe.alder)
    contact = draw_contact(universe.worker, universe.alder, child=child)
    type(child).objects.filter(pk=child.pk).update(restricted=True)
    assert not Contact.objects.visible_to(universe.worker).exists()
    assert not Contact.objects.visible_to(universe.manager).exists()
    assert list(Contact.objects.visible_to(universe.manager, Permission.VIEW_TEAM_DASHBOARD)) == [contact]


def test_the_database_refuses_a_second_standing_version_and_an_ending_without_a_reason(universe: Universe) -> None:
    contact = draw_contact(universe.worker, universe.alder)
    with pytest.raises(IntegrityError), transaction.atomic():
        Contact.every_version.filter(pk=contact.pk).update(state=State.SUPERSEDED)
    copy = Contact.every_version.get(pk=contact.pk)
    copy.pk, copy.public_id, copy.version, copy.supersedes = None, uuid4(), 2, contact
    with pytest.raises(IntegrityError), transaction.atomic():
        copy.save(force_insert=True)
