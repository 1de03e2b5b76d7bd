"""Asking, answering, reopening, closing and withdrawing: what each leaves behind, and who may."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from service.audit.models import Action, Entry
from service.enquiries.actions import enquiries
from service.enquiries.actions.enquiries import LONGEST, answer, ask, close, contact_of, reopen, withdraw
from service.enquiries.models import Enquiry, EnquiryStep
from service.permissions import Role
from service.practice.models import Contact
from tests.service.enquiries.drawing import draw_enquiry
from tests.service.universe import Universe


def test_an_enquiry_waits_for_an_answer(universe: Universe) -> None:
    enquiry = draw_enquiry(universe)
    assert (enquiry.state, enquiry.asked_by, enquiry.answer, enquiry.answered_by) == (
        "waiting",
        universe.lead,
        "",
        None,
    )
    entry = Entry.objects.get(subject=str(enquiry.public_id))
    assert (entry.action, entry.school) == (Action.CREATE, universe.alder.urn)
    assert "absence" not in str(vars(entry))


def test_a_form_sent_twice_asks_once(universe: Universe) -> None:
    form = uuid4()
    assert draw_enquiry(universe, submission=form) == draw_enquiry(universe, submission=form)
    assert Enquiry.objects.count() == 1


@pytest.mark.parametrize(
    "changes",
    [{"question": "And what of a child who is late?"}, {"topic": "neglect"}, {"urgency": "today"}, {"year_group": "8"}],
)
def test_a_form_sent_again_with_other_content_asks_another_question_once(
    universe: Universe, changes: dict[str, Any]
) -> None:
    form = uuid4()
    first = draw_enquiry(universe, submission=form)
    second = draw_enquiry(universe, submission=form, **changes)
    assert first != second
    assert draw_enquiry(universe, submission=form, **changes) == second
    assert Enquiry.objects.count() == 2


def test_a_form_sent_twice_at_the_same_moment_asks_once(universe: Universe, monkeypatch: pytest.MonkeyPatch) -> None:
    form = uuid4()
    held = draw_enquiry(universe, submission=form)
    seen = iter([None, held])  # the other press is committed between the look and the saving
    monkeypatch.setattr(enquiries, "_asked", lambda by, sent: next(seen))
    assert draw_enquiry(universe, submission=form) == held
    assert Enquiry.objects.count() == 1
    assert Entry.objects.filter(subject=str(held.public_id)).count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"topic": "weather"}, "topic"),
        ({"urgency": "now"}, "urgency"),
        ({"year_group": "99"}, "year_group"),
        ({"question": "  "}, "question"),
        ({"question": "x" * (LONGEST + 1)}, "question"),
    ],
)
def test_a_question_that_cannot_be_is_refused_at_its_field(
    universe: Universe, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(ValidationError) as refusal:
        draw_enquiry(universe, **changes)
    assert list(refusal.value.message_dict) == [field]


def test_an_answer_stands_with_who_gave_it(universe: Universe) -> None:
    enquiry = draw_enquiry(universe)
    answer(by=universe.worker, enquiry=enquiry, text="From ten sessions in a term.")
    enquiry.refresh_from_db()
    assert (enquiry.state, enquiry.answer) == ("answered", "From ten sessions in a term.")
    assert (enquiry.answered_by, enquiry.contact) == (universe.worker, None)


def test_an_answer_enters_the_contact_log_by_codes_and_never_by_text(universe: Universe) -> None:
    enquiry = draw_enquiry(universe)
    details = contact_of(enquiry) | {"account": "a text that somebody slipped in"}
    step = answer(by=universe.worker, enquiry=enquiry, text="From ten sessions.", contact=details)
    contact = step.contact
    assert contact is not None
    assert (contact.kind_of_work, contact.raised_by, contact.year_group) == ("advice", "safeguarding lead", "9")
    assert [code.code for code in contact.topics.all()] == ["attendance"]
    assert (contact.account, contact.child) == ("", None)


def test_an_answer_sent_twice_is_given_once_and_recorded_once(universe: Universe) -> None:
    enquiry = draw_enquiry(universe)
    given: dict[str, Any] = {
        "by": universe.worker,
        "enquiry": enquiry,
        "text": "From ten.",
        "contact": contact_of(enquiry),
    }
    assert answer(**given, steps_seen=0) == answer(**given, steps_seen=0)
    assert (EnquiryStep.objects.count(), Contact.objects.count()) == (1, 1)


@pytest.mark.parametrize("first", [None, {"role": "preventative"}, {"topic": "neglect"}])
def test_an_answer_sent_again_for_another_entry_in_the_log_does_not_pass_for_the_first(
    universe: Universe, first: dict[str, str] | None
) -> None:
    enquiry = draw_enquiry(universe)
    codes: Any = contact_of(enquiry)
    given: dict[str, Any] = {"by": universe.worker, "enquiry": enquiry, "text": "From ten."}
    answer(**given, contact=None if first is None else codes | first, steps_seen=0)
    with pytest.raises(ValidationError, match="in the meantime"):
        answer(**given, contact=codes, steps_seen=0)
    assert answer(**given, contact=codes, steps_seen=1).contact is not None


def test_an_answer_whose_contact_is_refused_is_not_sent(universe: Universe) -> None:
    enquiry = draw_enquiry(universe)
    wrong = contact_of(enquiry) | {"role": "magician"}
    with pytest.raises(ValidationError):
        answer(by=universe.worker, enquiry=enquiry, text="From ten sessions.", contact=wrong)
    enquiry.refresh_from_db()
    assert enquiry.state == "waiting"
    assert not EnquiryStep.objects.exists()


def test_an_answer_sent_twice_is_one_answer_and_one_contact(universe: Universe) -> None:
    enquiry = draw_enquiry(universe)
    given: dict[str, Any] = {
        "by": universe.worker,
        "enquiry": enquiry,
        "text": "From ten sessions.",
        "contact": contact_of(enquiry),
    }
    assert answer(**given, steps_seen=0) == answer(**given, steps_seen=0)  # type: ignore[arg-type]
    assert (EnquiryStep.objects.count(), Contact.objects.count()) == (1, 1)


def test_who_is_slower_is_told_and_nothing_is_sent(universe: Universe) -> None:
    enquiry = draw_enquiry(universe)
    answer(by=universe.worker, enquiry=enquiry, text="From ten sessions.", steps_seen=0)
    with pytest.raises(ValidationError, match="in the meantime"):
        answer(by=universe.manager, enquiry=enquiry, text="Ring me.", steps_seen=0)
    answer(by=universe.manager, enquiry=enquiry, text="Ring me.", steps_seen=1)
    enquiry.refresh_from_db()
    assert enquiry.answer == "Ring me."
    assert EnquiryStep.objects.count() == 2


def test_a_reopened_enquiry_waits_from_then_and_keeps_its_answer(universe: Universe) -> None:
    enquiry = draw_enquiry(universe)
    asked = enquiry.waiting_since
    answer(by=universe.worker, enquiry=enquiry, text="From ten sessions.")
    close(by=universe.lead, enquiry=enquiry)
    reopen(by=universe.lead, enquiry=enquiry, text="In each half-term?")
    enquiry.refresh_from_db()
    assert (enquiry.state, enquiry.answer) == ("waiting", "From ten sessions.")
    assert enquiry.waiting_since > asked
    assert [step.kind for step in enquiry.steps.order_by("pk")] == ["answered", "closed", "reopened"]


def test_a_withdrawn_enquiry_stays_with_its_reason(universe: Universe) -> None:
    enquiry = draw_enquiry(universe)
    withdraw(by=universe.lead, enquiry=enquiry, reason="Settled by telephone")
    enquiry.refresh_from_db()
    assert enquiry.state == "withdrawn"
    assert enquiry.steps.get().text == "Settled by telephone"


def test_what_does_not_fit_the_state_is_refused(universe: Universe) -> None:
    waiting, withdrawn, answered = (draw_enquiry(universe) for _ in range(3))
    withdraw(by=universe.lead, enquiry=withdrawn, reason="Settled")
    answer(by=universe.worker, enquiry=answered, text="Yes.")
    for act in (
        lambda: close(by=universe.lead, enquiry=waiting),
        lambda: reopen(by=universe.lead, enquiry=waiting, text="More"),
        lambda: answer(by=universe.worker, enquiry=withdrawn, text="Yes."),
        lambda: reopen(by=universe.lead, enquiry=withdrawn, text="More"),
        lambda: withdraw(by=universe.lead, enquiry=answered, reason="Settled"),
    ):
        with pytest.raises(ValidationError, match="Open it again"):
            act()
    for empty in (
        lambda: answer(by=universe.worker, enquiry=waiting, text=" "),
        lambda: reopen(by=universe.lead, enquiry=answered, text=" "),
        lambda: withdraw(by=universe.lead, enquiry=waiting, reason=" "),
    ):
        with pytest.raises(ValidationError):
            empty()


def test_only_the_school_asks_reopens_closes_and_withdraws(universe: Universe) -> None:
    enquiry = draw_enquiry(universe)
    others = (
        universe.worker,
        universe.manager,
        universe.analyst,
        universe.other_school[Role.SAFEGUARDING_LEAD],
        universe.elsewhere[Role.SAFEGUARDING_LEAD],
    )
    for by in others:
        for act in (
            lambda by=by: draw_enquiry(universe, by=by),
            lambda by=by: reopen(by=by, enquiry=enquiry, text="More"),
            lambda by=by: close(by=by, enquiry=enquiry),
            lambda by=by: withdraw(by=by, enquiry=enquiry, reason="Settled"),
        ):
            with pytest.raises(PermissionDenied):
                act()


def test_only_the_worker_and_manager_of_the_school_answer(universe: Universe) -> None:
    enquiry = draw_enquiry(universe)
    others = (
        universe.lead,
        universe.programme_lead,
        universe.other_school[Role.SOCIAL_WORKER],
        universe.elsewhere[Role.TEAM_MANAGER],
    )
    for by in others:
        with pytest.raises(PermissionDenied):
            answer(by=by, enquiry=enquiry, text="Yes.")
    assert answer(by=universe.manager, enquiry=enquiry, text="Yes.").by == universe.manager


def test_enquiries_and_their_steps_are_seen_at_the_school_and_by_its_manager(universe: Universe) -> None:
    enquiry = draw_enquiry(universe)
    answer(by=universe.worker, enquiry=enquiry, text="Yes.")
    for user in (universe.lead, universe.worker, universe.manager):
        assert Enquiry.objects.visible_to(user).get() == enquiry
        assert EnquiryStep.objects.visible_to(user).count() == 1
    for user in (
        universe.other_school[Role.SAFEGUARDING_LEAD],
        universe.elsewhere[Role.TEAM_MANAGER],
        universe.governance,
    ):
        assert not Enquiry.objects.visible_to(user).exists()
        assert not EnquiryStep.objects.visible_to(user).exists()


def test_the_database_refuses_an_answer_without_words_and_an_unknown_state(universe: Universe) -> None:
    enquiry = draw_enquiry(universe)
    with pytest.raises(IntegrityError), transaction.atomic():
        EnquiryStep.objects.create(enquiry=enquiry, kind="answered", by=universe.worker)
    with pytest.raises(IntegrityError), transaction.atomic():
        Enquiry.objects.filter(pk=enquiry.pk).update(state="lost")


def test_a_lead_of_two_schools_asks_for_the_one_she_names(universe: Universe) -> None:
    with pytest.raises(PermissionDenied):
        ask(by=universe.lead, school=universe.ash, topic="attendance", urgency="today", question="Who comes?")
