"""Nothing that is typed is lost, and nobody but its writer sees it."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from service.accounts.models import User
from service.audit.models import Action, Entry
from service.permissions import Role, forget_memberships
from service.practice.actions.drafts import (
    DRAFTS_EACH,
    KEPT_FIELDS,
    content_of,
    discard_draft,
    keep_at_the_door,
    save_draft,
    take_over_draft,
)
from service.practice.actions.involvement import open_involvement
from service.practice.left_drafts import drafts_left_to
from service.practice.models import Contact, Draft
from service.practice.tickets import FIELD, SALT, Ticket, issue_ticket, read_ticket
from tests.service.conftest import SignedIn, mark_second_factor
from tests.service.practice.drawing import ADVICE, draw_child, draw_contact
from tests.service.universe import STARTED, TODAY, Universe, draw_membership, draw_person, make_universe

TYPED = "He asked me what would happen next."


def form_of(universe: Universe, ticket: Ticket, **fields: Any) -> dict[str, Any]:
    return {
        FIELD: ticket.text,
        "school": str(universe.alder.public_id),
        "date_day": TODAY.day,
        "date_month": TODAY.month,
        "date_year": TODAY.year,
        "account": TYPED,
        **ADVICE,
        **fields,
    }


def test_save_draft_keeps_what_was_typed_and_the_draft_fills_the_form_again(
    universe: Universe, signed_in: SignedIn
) -> None:
    client = signed_in(universe.worker)
    ticket = issue_ticket(universe.worker, "contact")
    response = client.post(
        reverse("contact-record"), form_of(universe, ticket, save_draft="1", topic=["neglect", "attendance"])
    )
    assert response.headers["Location"] == reverse("draft-list")
    draft = Draft.objects.get()
    page = client.get(f"{reverse('contact-record')}?draft={draft.public_id}").content.decode()
    assert TYPED in page
    chosen = re.findall(r'name="(?:raised_by|kind_of_work|role|topic|time_band)" value="([^"]*)"[^>]* checked', page)
    assert set(chosen) == {"neglect", "attendance", *ADVICE.values()}


def test_saving_the_contact_deletes_its_draft(universe: Universe, signed_in: SignedIn) -> None:
    client = signed_in(universe.worker)
    ticket = issue_ticket(universe.worker, "contact")
    client.post(reverse("contact-record"), form_of(universe, ticket, save_draft="1"))
    client.post(reverse("contact-record"), form_of(universe, ticket))
    assert Contact.objects.get().account == TYPED
    assert not Draft.objects.exists()


def test_a_new_form_never_starts_with_the_last_text(universe: Universe, signed_in: SignedIn) -> None:
    client = signed_in(universe.worker)
    client.post(reverse("contact-record"), form_of(universe, issue_ticket(universe.worker, "contact")))
    client.post(reverse("contact-record"), form_of(universe, issue_ticket(universe.worker, "contact"), save_draft="1"))
    page = client.get(reverse("contact-record")).content.decode()
    assert TYPED not in page
    assert not re.search(r'name="(?:raised_by|kind_of_work|role|topic|time_band)"[^>]* checked', page)


def test_a_form_sent_after_the_session_has_ended_is_kept_for_its_writer(
    universe: Universe, signed_in: SignedIn
) -> None:
    ticket = issue_ticket(universe.worker, "contact")
    response = Client().post(reverse("contact-record"), form_of(universe, ticket))
    assert response.status_code == 302
    assert reverse("account_login") in response.headers["Location"]
    assert not Contact.objects.exists()
    draft = Draft.objects.get()
    assert (draft.user, draft.kept_at_the_door, draft.content["account"]) == (universe.worker, True, [TYPED])
    page = signed_in(universe.worker).get(reverse("contact-record")).content.decode()
    assert reverse("draft-list") in page


def test_a_form_that_runs_into_the_idle_limit_is_kept(universe: Universe, signed_in: SignedIn) -> None:
    client = signed_in(universe.worker)
    session = client.session
    session["last_seen"] = 0
    session.save()
    client.post(reverse("contact-record"), form_of(universe, issue_ticket(universe.worker, "contact")))
    assert Draft.objects.get().content["account"] == [TYPED]


def test_a_form_with_a_stale_csrf_token_is_kept(universe: Universe) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(universe.worker)
    mark_second_factor(client)
    response = client.post(reverse("contact-record"), form_of(universe, issue_ticket(universe.worker, "contact")))
    assert response.status_code == 403
    assert Draft.objects.get().user == universe.worker


def test_a_form_that_fails_on_the_way_is_kept(
    universe: Universe, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_: Any) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("service.practice.views.recording.record_contact", fail)
    client = signed_in(universe.worker)
    client.raise_request_exception = False
    response = client.post(reverse("contact-record"), form_of(universe, issue_ticket(universe.worker, "contact")))
    assert response.status_code == 500
    assert Draft.objects.get().content["account"] == [TYPED]


def test_a_correction_sent_too_late_is_kept_with_what_it_corrects(universe: Universe, signed_in: SignedIn) -> None:
    contact = draw_contact(universe.worker, universe.alder)
    ticket = issue_ticket(universe.worker, "correction", subject=contact.public_id)
    address = reverse("contact-correct", kwargs={"public_id": contact.public_id})
    Client().post(address, form_of(universe, ticket, reason="Wrong time"))
    draft = Draft.objects.get()
    assert draft.subject == contact.public_id
    client = signed_in(universe.worker)
    assert f"{address}?draft={draft.public_id}" in client.get(reverse("draft-list")).content.decode()
    assert "Wrong time" in client.get(f"{address}?draft={draft.public_id}").content.decode()


NOT_OURS = {"none": "", "forged": "forged", "signed for nobody": signing.dumps(["x", "y", "contact", ""], salt=SALT)}


@pytest.mark.parametrize("ticket", NOT_OURS.values(), ids=NOT_OURS)
def test_without_a_true_ticket_nothing_is_kept(universe: Universe, ticket: str) -> None:
    data = form_of(universe, issue_ticket(universe.worker, "contact")) | {FIELD: ticket}
    assert Client().post(reverse("contact-record"), data).status_code == 302
    assert not Draft.objects.exists()


def test_a_ticket_of_another_purpose_is_none(universe: Universe) -> None:
    assert read_ticket(signing.dumps([str(universe.worker.public_id), str(uuid4()), "contact", ""])) is None


def test_a_ticket_is_of_no_use_after_a_week(universe: Universe) -> None:
    with time_machine.travel("2026-11-01"):
        old = issue_ticket(universe.worker, "contact").text
    assert read_ticket(old) is None


def test_a_form_that_another_person_opened_in_this_browser_is_kept_for_that_person_and_not_shown(
    universe: Universe, signed_in: SignedIn
) -> None:
    client = signed_in(universe.manager)
    response = client.post(
        reverse("contact-record"), form_of(universe, issue_ticket(universe.worker, "contact")), follow=True
    )
    assert TYPED not in response.content.decode()
    assert not Contact.objects.exists()
    assert Draft.objects.get().user == universe.worker


def test_nobody_else_opens_a_draft_or_discards_it(universe: Universe, signed_in: SignedIn) -> None:
    draft = save_draft(
        by=universe.worker, ticket=issue_ticket(universe.worker, "contact"), content={"account": [TYPED]}
    )
    assert draft is not None
    client = signed_in(universe.manager)
    for name in ("contact-record", "draft-discard"):
        assert client.get(f"{reverse(name)}?draft={draft.public_id}").status_code == 404
    with pytest.raises(PermissionDenied):
        discard_draft(by=universe.manager, draft=draft)
    assert not Draft.objects.visible_to(universe.manager).exists()


def test_discarding_deletes_the_draft_and_nothing_else(universe: Universe, signed_in: SignedIn) -> None:
    contact = draw_contact(universe.worker, universe.alder)
    draft = save_draft(
        by=universe.worker, ticket=issue_ticket(universe.worker, "contact"), content={"account": [TYPED]}
    )
    assert draft is not None
    client = signed_in(universe.worker)
    assert client.get(f"{reverse('draft-discard')}?draft={draft.public_id}").status_code == 200
    client.post(f"{reverse('draft-discard')}?draft={draft.public_id}")
    assert not Draft.objects.exists()
    assert Contact.objects.get() == contact
    assert Entry.objects.get(action=Action.DISPOSE).subject == str(draft.public_id)


def test_autosave_keeps_the_same_draft_and_tells_no_text(universe: Universe, signed_in: SignedIn) -> None:
    client = signed_in(universe.worker)
    ticket = issue_ticket(universe.worker, "contact")
    for text in ("He asked", TYPED):
        answer = client.post(reverse("draft-save"), form_of(universe, ticket, account=text))
        assert json.loads(answer.content) == {"saved": "10:00"}
    assert Draft.objects.get().content["account"] == [TYPED]
    assert Entry.objects.filter(action=Action.CREATE).count() == 1


def test_autosave_after_the_contact_was_saved_brings_no_draft_back(universe: Universe, signed_in: SignedIn) -> None:
    client = signed_in(universe.worker)
    ticket = issue_ticket(universe.worker, "contact")
    client.post(reverse("contact-record"), form_of(universe, ticket))
    answer = json.loads(client.post(reverse("draft-save"), form_of(universe, ticket)).content)
    assert answer["saved"] == ""
    assert "saved before" in answer["why"]
    assert not Draft.objects.exists()


def test_going_back_and_writing_on_neither_loses_the_text_nor_records_twice(
    universe: Universe, signed_in: SignedIn
) -> None:
    client = signed_in(universe.worker)
    ticket = issue_ticket(universe.worker, "contact")
    first = client.post(reverse("contact-record"), form_of(universe, ticket))
    assert (
        client.post(reverse("contact-record"), form_of(universe, ticket)).headers["Location"]
        == first.headers["Location"]
    )
    changed = client.post(reverse("contact-record"), form_of(universe, ticket, account="Another text"))
    assert "Another text" in changed.content.decode()
    assert "This form was saved before" in changed.content.decode()
    assert Contact.objects.count() == 1


def test_a_changed_form_at_the_door_that_was_saved_before_is_kept_anew(universe: Universe) -> None:
    ticket = issue_ticket(universe.worker, "contact")
    draw_contact(universe.worker, universe.alder, submission=ticket.form, account=TYPED)
    assert keep_at_the_door(ticket=ticket, content={"account": [TYPED]}) is None
    kept = keep_at_the_door(ticket=ticket, content={"account": ["More"]})
    assert kept is not None
    assert kept.public_id != ticket.form


def test_nothing_is_kept_for_who_has_left(universe: Universe) -> None:
    User.objects.filter(pk=universe.worker.pk).update(is_active=False)
    assert keep_at_the_door(ticket=issue_ticket(universe.worker, "contact"), content={"account": [TYPED]}) is None


def test_an_empty_form_at_the_door_is_no_draft(universe: Universe) -> None:
    data = form_of(universe, issue_ticket(universe.worker, "contact"), account=" ")
    Client().post(reverse("contact-record"), data)
    assert not Draft.objects.exists()


def test_a_draft_too_long_and_one_too_many_are_refused(universe: Universe) -> None:
    with pytest.raises(ValidationError, match="at most"):
        save_draft(
            by=universe.worker, ticket=issue_ticket(universe.worker, "contact"), content={"account": ["x" * 50_001]}
        )
    Draft.objects.bulk_create([Draft(user=universe.worker, kind="contact") for _ in range(DRAFTS_EACH)])
    with pytest.raises(ValidationError, match="discard some"):
        save_draft(by=universe.worker, ticket=issue_ticket(universe.worker, "contact"), content={"account": ["x"]})


def fill_drafts(user: User) -> None:
    Draft.objects.bulk_create([Draft(user=user, kind="contact") for _ in range(DRAFTS_EACH)])


@pytest.mark.parametrize("kind", ["contact", "correction"])
def test_a_draft_too_many_shows_the_form_again_with_what_was_typed(
    universe: Universe, signed_in: SignedIn, kind: str
) -> None:
    client, contact = signed_in(universe.worker), draw_contact(universe.worker, universe.alder)
    subject = contact.public_id if kind == "correction" else None
    address = reverse("contact-correct", kwargs={"public_id": subject}) if subject else reverse("contact-record")
    fill_drafts(universe.worker)
    ticket = issue_ticket(universe.worker, kind, subject=subject)
    response = client.post(address, form_of(universe, ticket, save_draft="1", raised_by=""))
    page = response.content.decode()
    assert response.status_code == 200
    assert TYPED in page
    assert "You have 100 drafts. Save or discard some first." in page
    assert "Answer “" not in page  # a draft need not be complete
    assert Draft.objects.count() == DRAFTS_EACH


def test_a_draft_too_long_shows_the_form_again_with_what_was_typed(universe: Universe, signed_in: SignedIn) -> None:
    ticket, long = issue_ticket(universe.worker, "contact"), TYPED * 2000
    data = form_of(universe, ticket, save_draft="1", account=long)
    page = signed_in(universe.worker).post(reverse("contact-record"), data).content.decode()
    assert long in page
    assert "A draft holds at most 50,000 characters." in page


def test_autosave_tells_why_it_kept_nothing(universe: Universe, signed_in: SignedIn) -> None:
    client = signed_in(universe.worker)
    ticket = issue_ticket(universe.worker, "contact")

    def why(data: dict[str, Any]) -> str:
        answer = json.loads(client.post(reverse("draft-save"), data).content)
        assert answer["saved"] == ""
        return str(answer["why"])

    assert "at most 50,000" in why(form_of(universe, ticket, account="x" * 50_001))
    assert "too long ago" in why(form_of(universe, ticket) | {FIELD: "forged"})
    assert "somebody else" in why(form_of(universe, issue_ticket(universe.manager, "contact")))
    Draft.objects.all().delete()
    fill_drafts(universe.worker)
    assert "You have 100 drafts" in why(form_of(universe, ticket))


def test_an_unseen_nul_character_neither_stops_a_draft_nor_a_contact(universe: Universe, signed_in: SignedIn) -> None:
    client, ticket = signed_in(universe.worker), issue_ticket(universe.worker, "contact")
    data = form_of(universe, ticket, account=f"\x00{TYPED}\x00")
    client.post(reverse("draft-save"), data)
    assert Draft.objects.get().content["account"] == [TYPED]
    client.post(reverse("contact-record"), data)
    assert Contact.objects.get().account == TYPED


def test_save_draft_after_the_contact_was_saved_keeps_the_text_as_another_draft(
    universe: Universe, signed_in: SignedIn
) -> None:
    client, ticket = signed_in(universe.worker), issue_ticket(universe.worker, "contact")
    client.post(reverse("contact-record"), form_of(universe, ticket))
    client.post(reverse("contact-record"), form_of(universe, ticket, account="Another text", save_draft="1"))
    assert Draft.objects.get().content["account"] == ["Another text"]


def test_a_placement_that_ends_while_the_form_is_open_keeps_the_text_and_says_so(
    universe: Universe, signed_in: SignedIn
) -> None:
    draw_membership(universe.worker, Role.SOCIAL_WORKER, universe.ash)
    universe.worker.memberships.filter(school=universe.alder).update(ends=TODAY - timedelta(days=1))
    client, ticket = signed_in(universe.worker), issue_ticket(universe.worker, "contact")
    page = client.post(reverse("contact-record"), form_of(universe, ticket)).content.decode()
    assert "You no longer cover this school. Your text is kept as a draft." in page
    assert "Select a valid choice" not in page
    assert TYPED in page
    draft = Draft.objects.get()
    assert draft.content["account"] == [TYPED]
    for form in (page, client.get(f"{reverse('contact-record')}?draft={draft.public_id}").content.decode()):
        assert re.search(rf'type="radio" name="school" value="{universe.ash.public_id}"', form)
        assert not re.search(r'name="school"[^>]* checked', form)
    client.post(reverse("contact-record"), form_of(universe, ticket, school=str(universe.ash.public_id)))
    assert Contact.objects.get().school == universe.ash
    assert not Draft.objects.exists()


def end_the_placement(universe: Universe) -> None:
    universe.worker.memberships.update(ends=TODAY - timedelta(days=1))
    forget_memberships(universe.worker)


def test_who_covers_no_school_any_more_is_told_that_the_text_is_kept_and_who_can_record_it(
    universe: Universe, signed_in: SignedIn
) -> None:
    client, ticket = signed_in(universe.worker), issue_ticket(universe.worker, "contact")
    end_the_placement(universe)
    response = client.post(reverse("contact-record"), form_of(universe, ticket))
    page = response.content.decode()
    assert response.status_code == 403
    assert "What you wrote is kept" in page and universe.manager.name in page
    assert universe.elsewhere[Role.TEAM_MANAGER].name not in page
    assert Entry.objects.filter(action=Action.DENIED, actor=str(universe.worker.public_id)).exists()
    manager = signed_in(universe.manager)
    left = manager.get(reverse("draft-left")).content.decode()
    assert universe.worker.name in left and TYPED not in left
    draft = Draft.objects.get()
    taken = manager.post(f"{reverse('draft-take-over')}?draft={draft.public_id}", follow=True).content.decode()
    assert TYPED in taken and f'value="{universe.worker.public_id}" selected' in taken
    assert universe.worker.name in manager.get(reverse("draft-list")).content.decode()
    data = form_of(universe, issue_ticket(universe.manager, "contact", form=draft.public_id))
    yesterday = TODAY - timedelta(days=1)
    manager.post(
        reverse("contact-record"), data | {"worker": str(universe.worker.public_id), "date_day": yesterday.day}
    )
    contact = Contact.objects.get()
    assert (contact.worker, contact.recorded_by, contact.account) == (universe.worker, universe.manager, TYPED)
    assert not Draft.objects.exists()


def test_only_a_manager_there_takes_over_and_only_what_its_writer_cannot_record(universe: Universe) -> None:
    draft = save_draft(
        by=universe.worker, ticket=issue_ticket(universe.worker, "contact"),
        content={"school": [str(universe.alder.public_id)], "account": [TYPED]},
    )  # fmt: skip
    assert draft is not None
    colleague, elsewhere = draw_person(Role.SOCIAL_WORKER, universe.alder, "new"), universe.elsewhere[Role.TEAM_MANAGER]
    with pytest.raises(PermissionDenied):
        take_over_draft(by=universe.manager, draft=draft)
    end_the_placement(universe)
    for user in (colleague, elsewhere, universe.lead):
        with pytest.raises(PermissionDenied):
            take_over_draft(by=user, draft=draft)
    assert take_over_draft(by=universe.manager, draft=draft).began_by == universe.worker
    told = Entry.objects.get(action=Action.CHANGE, subject_kind="practice.draft")
    assert told.details == {"fields": ["user"], "began_by": str(universe.worker.public_id)}
    assert TYPED not in str(told.details)


def test_a_draft_about_a_record_closed_to_the_manager_is_not_taken_over(universe: Universe) -> None:
    child = draw_child(universe.worker, universe.alder)
    content = {"school": [str(universe.alder.public_id)], "account": [TYPED], "child": [child.reference.lower()]}
    save_draft(by=universe.worker, ticket=issue_ticket(universe.worker, "contact"), content=content)
    end_the_placement(universe)
    assert len(drafts_left_to(universe.manager)) == 1
    type(child).objects.update(restricted=True)
    assert drafts_left_to(universe.manager) == []


def test_what_is_written_on_after_a_draft_was_taken_over_is_kept_beside_it(universe: Universe) -> None:
    ticket = issue_ticket(universe.worker, "contact")
    draft = save_draft(by=universe.worker, ticket=ticket, content={"school": [str(universe.alder.public_id)]})
    assert draft is not None
    end_the_placement(universe)
    take_over_draft(by=universe.manager, draft=draft)
    Client().post(reverse("contact-record"), form_of(universe, ticket, account="One thing more"))
    assert {(each.user, each.content.get("account", [""])[0]) for each in Draft.objects.all()} == {
        (universe.manager, ""),
        (universe.worker, "One thing more"),
    }


def test_a_note_of_another_form_sent_too_late_is_kept_and_goes_on_where_it_was(
    universe: Universe, signed_in: SignedIn
) -> None:
    child = draw_child(universe.worker, universe.alder)
    held = open_involvement(
        by=universe.worker, child=child, worker=universe.worker, level="advice", reason="school asked", on=STARTED
    )
    address = reverse("involvement-step", kwargs={"public_id": held.public_id})
    client = signed_in(universe.worker)
    page = client.get(address).content.decode()
    ticket = re.search(rf'name="{FIELD}" value="([^"]+)"', page)
    assert ticket is not None
    typed = {
        FIELD: ticket[1], "level": "child in need", "reason": "new concern", "on_day": 3, "on_month": 11,
        "on_year": 2026, "note": f"{TYPED}\x00",
    }  # fmt: skip
    assert Client().post(address, typed).status_code == 302
    draft = Draft.objects.get()
    assert (draft.user, draft.kind, draft.content["note"]) == (universe.worker, "form", [TYPED])
    assert "Step of an involvement" in client.get(reverse("draft-list")).content.decode()
    read = client.get(f"{reverse('draft-read')}?draft={draft.public_id}").content.decode()
    assert TYPED in read and f"{address}?draft={draft.public_id}" in read
    again = client.get(f"{address}?draft={draft.public_id}").content.decode()
    assert TYPED in again and re.search(r'value="child in need"[^>]* checked', again)
    carried = re.search(rf'name="{FIELD}" value="([^"]+)"', again)
    assert carried is not None
    client.post(address, typed | {FIELD: carried[1]})
    assert held.steps.last().note == TYPED  # type: ignore[union-attr]
    assert not Draft.objects.exists()


def test_a_form_that_was_sent_or_shown_again_leaves_no_draft(universe: Universe, signed_in: SignedIn) -> None:
    contact = draw_contact(universe.worker, universe.alder, outcome="referral")
    address = reverse("contact-referral", kwargs={"public_id": contact.public_id})
    client = signed_in(universe.worker)
    ticket = issue_ticket(universe.worker, "contact-referral", subject=contact.public_id).text
    wrong = client.post(address, {FIELD: ticket, "note": TYPED}).content.decode()
    assert TYPED in wrong and ticket in wrong
    client.post(address, {FIELD: ticket, "note": TYPED, "outcome": "accepted", "heard_on": TODAY.isoformat()})
    assert contact.referral_outcomes.count() == 1
    assert not Draft.objects.exists()


def test_a_note_that_seems_to_hold_a_name_is_saved_with_a_hint(universe: Universe, signed_in: SignedIn) -> None:
    contact = draw_contact(universe.worker, universe.alder, outcome="referral")
    address = reverse("contact-referral", kwargs={"public_id": contact.public_id})
    data = {"outcome": "accepted", "heard_on": TODAY.isoformat(), "note": "They will ring about Jordan Smith."}
    page = signed_in(universe.worker).post(address, data, follow=True).content.decode()
    assert "may hold a name: Jordan Smith." in page
    assert contact.referral_outcomes.get().note == data["note"]


def test_another_form_without_a_word_or_of_another_page_is_no_draft(universe: Universe, signed_in: SignedIn) -> None:
    contact = draw_contact(universe.worker, universe.alder, outcome="referral")
    address = reverse("contact-referral", kwargs={"public_id": contact.public_id})
    ticket = issue_ticket(universe.worker, "contact-referral", subject=contact.public_id).text
    Client().post(address, {FIELD: ticket, "outcome": "accepted"})
    Client().post(address, {FIELD: issue_ticket(universe.worker, "contact-list").text, "note": TYPED})
    assert not Draft.objects.exists()
    Client().post(address, {FIELD: ticket, "note": TYPED})
    draft = Draft.objects.get()
    assert TYPED not in signed_in(universe.manager).get(f"{address}?draft={draft.public_id}").content.decode()
    reading = signed_in(universe.manager).get(f"{reverse('draft-read')}?draft={draft.public_id}")
    assert reading.status_code == 302


def test_the_door_stays_polite_when_a_form_cannot_be_kept(universe: Universe) -> None:
    data = form_of(universe, issue_ticket(universe.worker, "contact"), account="x" * 50_001)
    assert Client().post(reverse("contact-record"), data).status_code == 302
    assert not Draft.objects.exists()


def test_no_draft_for_who_records_nothing(universe: Universe) -> None:
    with pytest.raises(PermissionDenied):
        save_draft(by=universe.lead, ticket=issue_ticket(universe.lead, "contact"), content={})


def test_signing_in_tells_of_a_form_that_was_kept(universe: Universe) -> None:
    keep_at_the_door(ticket=issue_ticket(universe.worker, "contact"), content={"account": [TYPED]})
    client = Client()
    client.force_login(universe.worker)
    mark_second_factor(client)
    assert "your drafts" in client.get(reverse("contact-list")).content.decode().lower()


class DraftsHoldWhatWasTyped(TestCase):
    """Whatever is typed, in whatever order it is kept, comes back as it was last kept, to its writer alone."""

    def setUp(self) -> None:
        self.universe = make_universe()
        self.colleague = draw_person(Role.SOCIAL_WORKER, self.universe.ash, "ash")

    @settings(max_examples=25, deadline=None)
    @given(
        contents=st.lists(
            st.dictionaries(
                st.sampled_from((*KEPT_FIELDS, "password", FIELD)),
                st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=3),
                max_size=6,
            ),
            min_size=1,
            max_size=4,
        )
    )
    def test_the_last_kept_content_comes_back(self, contents: list[dict[str, list[str]]]) -> None:
        ticket = issue_ticket(self.universe.worker, "contact")
        for content in contents:
            save_draft(by=self.universe.worker, ticket=ticket, content=content_of(content))
        draft = Draft.objects.get(public_id=ticket.form)
        assert draft.content == content_of(contents[-1])
        assert set(draft.content) <= set(KEPT_FIELDS)
        assert not Draft.objects.visible_to(self.colleague).exists()
        assert read_ticket(ticket.text) == ticket
