"""The e-mail that says how much waits: to whom, when, and what it must not tell."""

from __future__ import annotations

from datetime import date, timedelta
from io import StringIO
from smtplib import SMTPException
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.utils import timezone

from service.accounts.models import Membership, User
from service.enquiries.actions.digests import choose_frequency
from service.enquiries.actions.enquiries import answer
from service.enquiries.digests import letter, lines_for, lines_of
from service.enquiries.models import DigestChoice, Frequency
from service.permissions import Role
from service.practice.actions.drafts import save_draft
from service.practice.actions.restrictions import break_glass, restrict_child
from service.practice.models import Restriction
from service.practice.tickets import issue_ticket
from service.programmes.actions.placements import place_worker
from service.programmes.models import Placement
from service.schools.models import School
from tests.service.diary.drawing import TUESDAY, draw_session, place
from tests.service.enquiries.drawing import draw_enquiry
from tests.service.enquiries.test_waiting import asked_on
from tests.service.practice.drawing import draw_child, draw_contact
from tests.service.universe import STARTED, TODAY, Universe, draw_person


@pytest.fixture(autouse=True)
def address(settings: Any) -> None:
    settings.SWIS_ADDRESS = "https://swis.northbrook.example.org"


def send(frequency: str = "daily") -> str:
    told = StringIO()
    call_command("send_digests", frequency, stdout=told)
    return told.getvalue().strip()


def letters() -> dict[str, str]:
    return {sent.to[0]: str(sent.body) for sent in mail.outbox}


def test_a_worker_is_told_how_many_enquiries_wait(universe: Universe) -> None:
    draw_enquiry(universe)
    draw_enquiry(universe)
    assert send() == "2 sent, 6 with nothing to tell, 0 failed."
    body = letters()[universe.worker.email]
    assert "2 enquiries wait for an answer.\nhttps://swis.northbrook.example.org/enquiries/\n" in body
    assert "https://swis.northbrook.example.org/enquiries/digest" in body


def test_a_digest_tells_nothing_about_anybody(universe: Universe) -> None:
    enquiry = draw_enquiry(universe, topic="neglect", question="Ought I to ring about Jordan Smith?")
    answer(by=universe.worker, enquiry=enquiry, text="Yes, ring me about Jordan.")
    asked_on(universe, date(2026, 11, 2))
    place(universe)
    draw_session(universe, TUESDAY)
    send()
    names = (
        "Alder", "Northbrook", "ordan", "eglect", "Library", universe.worker.name, universe.lead.name,
        str(enquiry.public_id),
    )  # fmt: skip
    assert len(mail.outbox) == 3
    for sent in mail.outbox:
        assert len(sent.to) == 1
        text = f"{sent.subject}\n{sent.body}".replace("https://swis.northbrook.example.org", "")
        assert not [name for name in names if name in text]


def test_a_digest_counts_only_what_the_person_may_see(universe: Universe) -> None:
    draw_enquiry(universe)
    for user in (universe.other_school[Role.SOCIAL_WORKER], universe.elsewhere[Role.TEAM_MANAGER], universe.analyst):
        assert lines_for(user) == []


def test_a_lead_is_told_of_answers_to_read(universe: Universe) -> None:
    answer(by=universe.worker, enquiry=draw_enquiry(universe), text="Yes.")
    assert [line.text for line in lines_for(universe.lead)] == ["1 enquiry of yours was answered."]


def test_a_manager_is_told_what_has_waited_long(universe: Universe) -> None:
    asked_on(universe, date(2026, 11, 2))
    assert [line.text for line in lines_for(universe.manager)] == [
        "1 enquiry waits for an answer.",
        "1 enquiry has waited more than 3 school days.",
    ]


def test_a_worker_is_told_of_days_and_sessions_without_a_record(universe: Universe) -> None:
    place(universe)
    draw_session(universe, TUESDAY)
    assert [line.text for line in lines_for(universe.worker)] == [
        "4 days in school have no entry.",  # 4, 9, 11 and 16 November; today is not over
        "1 session has no record of attendance.",
    ]


def test_nobody_has_two_digests_of_one_day(universe: Universe) -> None:
    draw_enquiry(universe)
    send()
    sent = len(mail.outbox)
    send()
    send("weekly")
    assert len(mail.outbox) == sent
    with time_machine.travel(timezone.now() + timedelta(days=1), tick=False):
        send()
    assert len(mail.outbox) == 2 * sent


def test_who_wants_it_weekly_or_never_has_it_so(universe: Universe) -> None:
    draw_enquiry(universe)
    choose_frequency(by=universe.worker, frequency="weekly")
    choose_frequency(by=universe.manager, frequency="never")
    send()
    assert letters() == {}
    send("weekly")
    assert list(letters()) == [universe.worker.email]


def test_who_has_left_or_is_inactive_has_none(universe: Universe) -> None:
    draw_enquiry(universe)
    Membership.objects.filter(user=universe.worker).update(ends=TODAY - timedelta(days=1))
    universe.manager.is_active = False
    universe.manager.save()
    send()
    assert letters() == {}


def test_a_letter_that_cannot_be_sent_keeps_nobody_else_from_theirs(
    universe: Universe, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw_enquiry(universe)
    really_send = mail.send_mail

    def refuse_the_worker(subject: str, message: str, sender: None, to: list[str]) -> int:
        if to == [universe.worker.email]:
            raise SMTPException("mailbox full")
        return int(really_send(subject, message, sender, to))

    monkeypatch.setattr("service.enquiries.management.commands.send_digests.send_mail", refuse_the_worker)
    with pytest.raises(CommandError, match="1 could not be sent"):
        send()
    assert list(letters()) == [universe.manager.email]
    monkeypatch.undo()
    assert send().startswith("1 sent")
    assert universe.worker.email in letters()


def test_without_the_address_of_the_service_nothing_is_sent(universe: Universe, settings: Any) -> None:
    draw_enquiry(universe)
    settings.SWIS_ADDRESS = ""
    with pytest.raises(CommandError, match="Set SWIS_ADDRESS"):
        send()
    assert mail.outbox == []


def test_a_choice_is_ones_own(universe: Universe) -> None:
    choose_frequency(by=universe.worker, frequency="never")
    assert DigestChoice.objects.visible_to(universe.worker).get().frequency == "never"
    assert not DigestChoice.objects.visible_to(universe.manager).exists()
    with pytest.raises(ValidationError):
        choose_frequency(by=universe.worker, frequency="hourly")
    with pytest.raises(PermissionDenied):
        choose_frequency(by=universe.analyst, frequency="never")


def draw_what_waits_for_a_manager(manager: User, worker: User, school: School) -> None:
    """Each thing once, in one authority."""
    draw_contact(worker, school, outcome="referral", date=STARTED)
    draw_contact(worker, school, date=TODAY - timedelta(days=2), role="preventative")
    opened, due = (draw_child(worker, school, reference=f"BKQR-{number}729") for number in (2, 3))
    for child, days in ((opened, 30), (due, 1)):
        restrict_child(
            by=manager, child=child, category="other", reason="Not to be seen", review_by=TODAY + timedelta(days=days)
        )
    Restriction.objects.filter(child=due).update(review_by=TODAY)
    break_glass(by=worker, reference=opened.reference, reason="Missing since last night")
    leaver = draw_person(Role.SOCIAL_WORKER, school, f"leaver.{school.urn}")
    save_draft(
        by=leaver, ticket=issue_ticket(leaver, "contact"),
        content={"school": [str(school.public_id)], "account": ["About Jordan"]},
    )  # fmt: skip
    place_worker(
        by=manager, worker=leaver, school=school, mode="own office", base="Room 1", weekdays=[0], share_of_time=20,
        starts=TODAY - timedelta(days=8),
    )  # fmt: skip
    Placement.objects.filter(worker=leaver).update(ends=TODAY - timedelta(days=1))
    Membership.objects.filter(user=leaver).update(ends=TODAY - timedelta(days=1))


def test_a_manager_is_told_in_numbers_what_waits_in_the_own_authority_and_in_no_other(universe: Universe) -> None:
    other = universe.elsewhere
    draw_what_waits_for_a_manager(universe.manager, universe.worker, universe.alder)
    told = [line.text for line in lines_for(universe.manager)]
    assert told == [
        "1 referral has had no answer for a week.",
        "1 school has no social worker.",
        "1 day in school of the team has no entry.",
        "1 opening of a restricted record waits for a review.",
        "1 restriction of a record is due for review.",
        "1 draft was left by people who no longer cover their school.",
    ]
    assert lines_for(other[Role.TEAM_MANAGER]) == []
    draw_what_waits_for_a_manager(other[Role.TEAM_MANAGER], other[Role.SOCIAL_WORKER], universe.cedar)
    assert [line.text for line in lines_for(universe.manager)] == told
    assert [line.text for line in lines_for(other[Role.TEAM_MANAGER])] == told
    text = letter(lines_of(universe.manager, frequency=Frequency.WEEKLY))
    assert "1 contact was recorded: statutory social work 0, preventative work 1, outside the role 0." in text
    assert not [word for word in ("Jordan", "BKQR", "Alder", "Cedar", "Missing", universe.worker.name) if word in text]


def test_the_week_of_the_team_is_told_weekly_and_to_managers_alone(universe: Universe) -> None:
    draw_enquiry(universe)
    for user, frequency, tells in (
        (universe.manager, Frequency.WEEKLY, True),
        (universe.manager, Frequency.DAILY, False),
        (universe.worker, Frequency.WEEKLY, False),
    ):
        texts = [line.text for line in lines_of(user, frequency=frequency)]
        assert ("In the last seven days no contact was recorded." in texts) is tells
    assert lines_of(universe.elsewhere[Role.TEAM_MANAGER], frequency=Frequency.WEEKLY) == []


def test_a_worker_is_told_of_drafts_and_of_referrals_without_an_answer(universe: Universe) -> None:
    draw_contact(universe.worker, universe.alder, outcome="referral", date=STARTED)
    save_draft(by=universe.worker, ticket=issue_ticket(universe.worker, "contact"), content={"account": ["He waited"]})
    assert [line.text for line in lines_for(universe.worker)] == [
        "1 draft of yours waits to be finished.",
        "1 referral has had no answer for a week.",
    ]
