"""The pages of the log: the quick entry, the list, the search, the export, and what the audit tells of them."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from openpyxl import load_workbook

from service.accounts.models import User
from service.audit.models import Action, Entry
from service.permissions import Role
from service.practice.actions.children import move_child
from service.practice.actions.code_lists import choose_pathway, label_code
from service.practice.actions.involvement import open_involvement
from service.practice.brief import BRIEFS
from service.practice.models import Code, Contact
from service.practice.tickets import FIELD, issue_ticket
from tests.service.conftest import SignedIn
from tests.service.practice.drawing import ADVICE, draw_child, draw_contact
from tests.service.universe import STARTED, TODAY, Universe, draw_membership, draw_person

LIST = "contact-list"


def shown_form(page: str) -> dict[str, Any]:
    """What a browser would send of the form as it is shown, without anything touched."""
    form = page[page.index("data-autosave=") :]
    fields = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"[^>]*>', form[: form.index("</form>")]))
    checked = dict(re.findall(r'name="([^"]+)" value="([^"]*)"[^>]* checked', form))
    chosen = set(re.findall(r'type="(?:radio|checkbox)" name="([^"]+)"', form))
    return {name: value for name, value in fields.items() if name not in chosen} | checked


def test_the_quick_entry_needs_four_choices_and_save(universe: Universe, signed_in: SignedIn) -> None:
    client = signed_in(universe.worker)
    form = shown_form(client.get(reverse("contact-record")).content.decode())
    response = client.post(reverse("contact-record"), form | ADVICE)
    contact = Contact.objects.get()
    assert response.headers["Location"] == reverse("contact-saved", kwargs={"public_id": contact.public_id})
    assert (contact.school, contact.date, contact.worker) == (universe.alder, TODAY, universe.worker)
    assert "Record another" in client.get(response.headers["Location"]).content.decode()


def test_the_quick_entry_stays_within_its_queries(
    universe: Universe, signed_in: SignedIn, django_assert_max_num_queries: Any
) -> None:
    for number in range(2, 8):
        draw_child(universe.worker, universe.alder, reference=f"BKQR-{number}729")
    client = signed_in(universe.worker)
    with django_assert_max_num_queries(16):
        page = client.get(reverse("contact-record")).content.decode()
    form = shown_form(page) | ADVICE | {"topic": ["neglect"], "child": "BKQR-3729"}
    with django_assert_max_num_queries(42):
        client.post(reverse("contact-record"), form)
    assert Contact.objects.get().child.reference == "BKQR-3729"  # type: ignore[union-attr]


def test_what_is_wrong_is_told_and_what_was_typed_stays(universe: Universe, signed_in: SignedIn) -> None:
    client = signed_in(universe.worker)
    form = shown_form(client.get(reverse("contact-record")).content.decode())
    page = client.post(
        reverse("contact-record"), form | {"account": "He waited", "child": "NONE-0000"}
    ).content.decode()
    assert "<title>Error:" in page
    for words in ("There is a problem", "He waited", "Answer “Who raised it?”"):
        assert words in page
    page = client.post(reverse("contact-record"), form | ADVICE | {"child": "NONE-2222"}).content.decode()
    assert "There is no child with this reference in your schools." in page
    page = client.post(reverse("contact-record"), form | ADVICE | {"time_band": ""}).content.decode()
    assert "Answer “How long did it take?”" in page
    assert not Contact.objects.exists()


def test_minutes_stand_for_the_band(universe: Universe, signed_in: SignedIn) -> None:
    client = signed_in(universe.worker)
    form = (
        shown_form(client.get(reverse("contact-record")).content.decode()) | ADVICE | {"time_band": "", "minutes": "45"}
    )
    client.post(reverse("contact-record"), form)
    assert Contact.objects.get().time_band == "30 to 60 minutes"


def test_a_topic_below_the_first_six_stands_open_when_it_was_chosen(universe: Universe, signed_in: SignedIn) -> None:
    contact = draw_contact(universe.worker, universe.alder, topic="other")
    client = signed_in(universe.manager)
    page = client.get(reverse("contact-correct", kwargs={"public_id": contact.public_id})).content.decode()
    folded = page[page.rindex("<details", 0, page.index("More topics")) :]
    assert " open>" in folded[:120]


def test_the_topics_used_most_come_first(universe: Universe, signed_in: SignedIn) -> None:
    for _ in range(3):
        draw_contact(universe.worker, universe.alder, topic="young carer")
    page = signed_in(universe.worker).get(reverse("contact-record")).content.decode()
    assert re.findall(r'name="topic" value="([^"]+)"', page)[0] == "young carer"


def test_a_worker_of_two_schools_chooses_and_one_of_the_day_is_chosen_for_her(
    universe: Universe, signed_in: SignedIn
) -> None:
    draw_membership(universe.worker, Role.SOCIAL_WORKER, universe.ash)
    page = signed_in(universe.worker).get(reverse("contact-record")).content.decode()
    assert page.count(f'value="{universe.ash.public_id}"') == 2  # the form and the brief contacts
    assert 'name="school" value="" checked' not in page
    assert "Select a school" in page


def test_a_manager_records_for_a_worker_on_the_page(universe: Universe, signed_in: SignedIn) -> None:
    client = signed_in(universe.manager)
    form = shown_form(client.get(reverse("contact-record")).content.decode())
    data = form | ADVICE | {"school": str(universe.alder.public_id), "worker": str(universe.worker.public_id)}
    client.post(reverse("contact-record"), data)
    assert Contact.objects.get().worker == universe.worker


def test_a_second_contact_on_the_same_form_does_not_vanish_behind_the_first(
    universe: Universe, signed_in: SignedIn
) -> None:
    client, other = signed_in(universe.worker), {"raised_by": "parent", "kind_of_work": "direct work"}
    form = shown_form(client.get(reverse("contact-record")).content.decode()) | ADVICE
    first = client.post(reverse("contact-record"), form)
    assert client.post(reverse("contact-record"), form).headers["Location"] == first.headers["Location"]
    again = client.post(reverse("contact-record"), form | other | {"outcome": "referral"}).content.decode()
    assert "This form was saved before" in again
    shown = shown_form(again)
    assert (shown["raised_by"], shown["kind_of_work"], shown["outcome"]) == ("parent", "direct work", "referral")
    second = client.post(reverse("contact-record"), shown)
    assert second.headers["Location"] != first.headers["Location"]
    assert set(Contact.objects.values_list("raised_by", "outcome")) == {
        ("safeguarding lead", ""),
        ("parent", "referral"),
    }


def test_each_brief_button_and_school_is_a_contact_of_its_own(universe: Universe, signed_in: SignedIn) -> None:
    draw_membership(universe.worker, Role.SOCIAL_WORKER, universe.ash)
    client, ticket = signed_in(universe.worker), issue_ticket(universe.worker, "contact").text
    for school, key in ((universe.alder, "teacher"), (universe.alder, "parent"), (universe.ash, "parent")):
        client.post(reverse("contact-brief"), {FIELD: ticket, "school": str(school.public_id), "brief": key})
    assert sorted(Contact.objects.values_list("school__name", "raised_by")) == [
        ("Alder Academy", "parent"), ("Alder Academy", "teacher"), ("Ash Primary", "parent"),
    ]  # fmt: skip


def test_what_was_recorded_is_told_with_kind_source_time_and_school(universe: Universe, signed_in: SignedIn) -> None:
    contact = draw_contact(universe.worker, universe.alder)
    address = reverse("contact-saved", kwargs={"public_id": contact.public_id})
    page = signed_in(universe.worker).get(address).content.decode()
    panel = page[page.index("govuk-panel__body") :][:300]
    for words in (
        "Alder Academy",
        "18 November 2026",
        "Discussion or advice",
        "afeguarding lead",
        "5 to 30 minutes",
        "10:00",
    ):
        assert words in panel


def test_a_manager_records_late_for_a_worker_who_has_left(universe: Universe, signed_in: SignedIn) -> None:
    left = TODAY - timedelta(days=20)
    universe.worker.memberships.update(ends=left)
    User.objects.filter(pk=universe.worker.pk).update(is_active=False)
    client = signed_in(universe.manager)
    page = client.get(reverse("contact-record")).content.decode()
    assert f"{universe.worker.name} (has left)" in page
    data = shown_form(page) | ADVICE | {"school": str(universe.alder.public_id)}
    data |= {"worker": str(universe.worker.public_id), "date_day": str(left.day), "date_month": str(left.month)}
    assert "covered" in client.post(reverse("contact-record"), data | {"date_day": "30"}).content.decode()
    client.post(reverse("contact-record"), data)
    contact = Contact.objects.get()
    assert (contact.worker, contact.date, contact.recorded_by) == (universe.worker, left, universe.manager)


def test_who_left_before_the_last_half_term_is_not_offered(universe: Universe, signed_in: SignedIn) -> None:
    colleague = User.objects.create_user("colleague@example.org", name="Colleague")
    draw_membership(
        colleague, Role.SOCIAL_WORKER, universe.alder, starts=date(2026, 1, 1), ends=STARTED - timedelta(days=1)
    )
    page = signed_in(universe.manager).get(reverse("contact-record")).content.decode()
    assert "Colleague" not in page


@pytest.mark.parametrize("brief", BRIEFS, ids=lambda brief: brief.key)
def test_a_brief_contact_is_one_press(universe: Universe, signed_in: SignedIn, brief: Any) -> None:
    client = signed_in(universe.worker)
    ticket = issue_ticket(universe.worker, "contact").text
    form = {FIELD: ticket, "school": str(universe.alder.public_id), "brief": brief.key}
    for _ in range(2):  # a double press is one contact
        client.post(reverse("contact-brief"), form)
    contact = Contact.objects.get()
    assert (contact.raised_by, contact.kind_of_work, contact.role) == (brief.raised_by, brief.kind_of_work, brief.role)
    assert contact.time_band == "under 5 minutes"


@pytest.mark.parametrize("wrong", [{"brief": "gossip"}, {"school": ""}, {FIELD: ""}])
def test_a_brief_contact_that_lacks_something_records_nothing(
    universe: Universe, signed_in: SignedIn, wrong: dict[str, str]
) -> None:
    ticket = issue_ticket(universe.worker, "contact").text
    form = {FIELD: ticket, "school": str(universe.alder.public_id), "brief": "teacher"} | wrong
    page = signed_in(universe.worker).post(reverse("contact-brief"), form, follow=True).content.decode()
    assert "Nothing was recorded" in page
    assert not Contact.objects.exists()


def test_the_list_is_paged_and_stays_within_its_queries(
    universe: Universe, signed_in: SignedIn, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        draw_contact(universe.worker, universe.alder, date=TODAY - timedelta(days=number), account="Text of a case")
    client = signed_in(universe.worker)
    with django_assert_max_num_queries(18):
        page = client.get(reverse(LIST)).content.decode()
    assert page.count('<th scope="row"') == 25
    assert "Text of a case" not in page
    assert client.get(reverse(LIST), {"page": "2"}).content.decode().count('<th scope="row"') == 5


def test_the_list_narrows_by_every_filter(universe: Universe, signed_in: SignedIn) -> None:
    child = draw_child(universe.worker, universe.alder)
    wanted = draw_contact(
        universe.worker, universe.alder, child=child, topic="neglect", kind_of_work="meeting", role="preventative",
        outcome="referral", date=STARTED,
    )  # fmt: skip
    draw_contact(universe.manager, universe.beech)
    client = signed_in(universe.manager)
    for filters in (
        {"school": str(universe.alder.public_id)},
        {"worker": str(universe.worker.public_id)},
        {"child": child.reference.lower()},
        {"topic": "neglect"},
        {"kind_of_work": "meeting"},
        {"role": "preventative"},
        {"outcome": "referral"},
        {"last": STARTED.isoformat()},
    ):
        page = client.get(reverse(LIST), filters).content.decode()
        assert page.count('<th scope="row"') == 1, filters
        assert reverse("contact", kwargs={"public_id": wanted.public_id}) in page
    assert client.get(reverse(LIST), {"first": "nonsense"}).status_code == 200


def test_reading_a_contact_is_in_the_audit(universe: Universe, signed_in: SignedIn) -> None:
    child = draw_child(universe.worker, universe.alder)
    contact = draw_contact(universe.worker, universe.alder, child=child, account="Text of a case")
    page = signed_in(universe.manager).get(reverse("contact", kwargs={"public_id": contact.public_id}))
    assert "Text of a case" in page.content.decode()
    read = Entry.objects.get(action=Action.READ)
    assert (read.actor, read.subject, read.child) == (
        str(universe.manager.public_id), str(contact.public_id), str(child.public_id),
    )  # fmt: skip


def test_a_search_finds_and_the_audit_tells_of_it_without_the_words(universe: Universe, signed_in: SignedIn) -> None:
    draw_contact(universe.worker, universe.alder, account="The Boy at the gate")
    draw_contact(universe.worker, universe.alder, account="A girl")
    draw_contact(universe.manager, universe.beech, account="A boy elsewhere")
    client = signed_in(universe.worker)
    response = client.post(reverse("contact-search"), {"words": "boy gate"})
    assert "boy" not in response.headers["Location"]
    page = client.get(response.headers["Location"]).content.decode()
    assert page.count('<th scope="row"') == 1
    told = Entry.objects.get(action=Action.SEARCH).details
    assert told == {"what": "contacts", "words": 2, "length": 8, "filters": [], "hits": 1}
    client.post(reverse("contact-search"), {"words": ""})
    assert client.get(f"{reverse(LIST)}?search=on").content.decode().count('<th scope="row"') == 2


def test_the_words_of_a_search_leave_the_session_with_the_next_list_without_one(
    universe: Universe, signed_in: SignedIn
) -> None:
    client = signed_in(universe.worker)
    client.post(reverse("contact-search"), {"words": "boy gate"})
    client.get(f"{reverse(LIST)}?search=on")
    assert "boy gate" in client.session.values()
    client.get(reverse(LIST))
    assert "boy gate" not in client.session.values()


def test_a_percent_sign_finds_only_itself(universe: Universe, signed_in: SignedIn) -> None:
    draw_contact(universe.worker, universe.alder, account="Attendance is 60%")
    draw_contact(universe.worker, universe.alder, account="Nothing")
    client = signed_in(universe.worker)
    client.post(reverse("contact-search"), {"words": "%"})
    assert client.get(f"{reverse(LIST)}?search=on").content.decode().count('<th scope="row"') == 1


def rows_of(response: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


def test_an_export_holds_the_codes_of_the_activity_log_and_no_text(universe: Universe, signed_in: SignedIn) -> None:
    draw_contact(universe.worker, universe.alder, topic=["neglect", "attendance"], account="Text of a case")
    address = reverse("contact-export", kwargs={"kind": "csv"})
    row = rows_of(signed_in(universe.worker).get(address))[0]
    assert (row["kind_of_work"], row["topic"], row["school"]) == ("advice", "attendance; neglect", "900001")
    assert "account" not in row
    assert Entry.objects.get(action=Action.EXPORT).details == {
        "what": "contacts", "kind": "csv", "rows": 1, "filters": [], "words": 0, "texts": 0, "children": 0,
    }  # fmt: skip


def test_an_export_is_in_the_audit_of_each_child_of_whom_it_tells(universe: Universe, signed_in: SignedIn) -> None:
    children = [draw_child(universe.worker, universe.alder, reference=f"BKQR-{number}729") for number in (2, 3)]
    for child in (*children, children[1], None):
        draw_contact(universe.worker, universe.alder, child=child)
    signed_in(universe.worker).get(reverse("contact-export", kwargs={"kind": "csv"}))
    whole, *each = Entry.objects.filter(action=Action.EXPORT)
    assert (whole.child, whole.details["rows"], whole.details["children"]) == ("", 4, 2)
    assert {entry.child: entry.details for entry in each} == {
        str(child.public_id): {"what": "contacts", "kind": "csv", "contacts": number}
        for child, number in zip(children, (1, 2), strict=True)
    }


def test_a_list_that_is_narrowed_is_a_search_in_the_audit(universe: Universe, signed_in: SignedIn) -> None:
    draw_contact(universe.worker, universe.alder, topic="neglect", outcome="referral")
    client = signed_in(universe.worker)
    client.get(reverse(LIST), {"outcome": "referral", "topic": "neglect"})
    told = Entry.objects.get(action=Action.SEARCH).details
    assert told == {"what": "contacts", "words": 0, "length": 0, "filters": ["outcome", "topic"], "hits": 1}
    client.get(reverse(LIST))
    assert Entry.objects.get(action=Action.READ).details == {"what": "contacts", "hits": 1}


@time_machine.travel("2027-06-15T23:30:00+00:00")  # half past midnight of the sixteenth, by British Summer Time
def test_the_day_of_recording_is_told_as_it_was_in_london(universe: Universe, signed_in: SignedIn) -> None:
    contact = draw_contact(universe.worker, universe.alder)
    page = signed_in(universe.worker).get(reverse("contact", kwargs={"public_id": contact.public_id}))
    assert "16/06/2027 by" in page.content.decode()


def test_texts_leave_only_with_who_holds_the_case(universe: Universe, signed_in: SignedIn) -> None:
    colleague = User.objects.create_user("colleague@example.org", name="Colleague")
    draw_membership(colleague, Role.SOCIAL_WORKER, universe.alder)
    child = draw_child(universe.worker, universe.alder)
    draw_contact(universe.worker, universe.alder, account="Of the worker")
    draw_contact(universe.worker, universe.alder, account="Of the child", child=child)
    open_involvement(by=universe.worker, child=child, worker=colleague, level="advice", reason="school asked", on=TODAY)
    address = reverse("contact-export", kwargs={"kind": "csv"}) + "?text=on"
    for user, texts in (
        (colleague, {"", "Of the child"}),
        (universe.worker, {"Of the worker", "Of the child"}),
        (universe.manager, {"Of the worker", "Of the child"}),
    ):
        assert {row["account"] for row in rows_of(signed_in(user).get(address))} == texts
    exports = Entry.objects.filter(action=Action.EXPORT, child="").order_by("sequence")
    assert [entry.details["texts"] for entry in exports] == [1, 2, 2]


def test_a_workbook_holds_the_same(universe: Universe, signed_in: SignedIn, django_assert_max_num_queries: Any) -> None:
    draw_contact(universe.worker, universe.alder, account="=1+1")
    client = signed_in(universe.worker)
    with django_assert_max_num_queries(20):
        response = client.get(reverse("contact-export", kwargs={"kind": "xlsx"}) + "?text=on")
    sheet = load_workbook(io.BytesIO(response.content)).worksheets[0]
    assert sheet.cell(2, sheet.max_column).value == "'=1+1"


def test_too_many_contacts_for_a_file_are_refused_in_words(
    universe: Universe, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.practice.views.export.MOST_ROWS", 1)
    for _ in range(2):
        draw_contact(universe.worker, universe.alder)
    response = signed_in(universe.worker).get(reverse("contact-export", kwargs={"kind": "csv"}))
    assert response.status_code == 400
    assert "Too many contacts" in response.content.decode()


def test_a_correction_on_its_page_keeps_the_history(universe: Universe, signed_in: SignedIn) -> None:
    contact = draw_contact(universe.worker, universe.alder, account="As it was", topic="neglect")
    client = signed_in(universe.worker)
    address = reverse("contact-correct", kwargs={"public_id": contact.public_id})
    page = client.get(address).content.decode()
    assert "As it was" in page
    form = shown_form(page) | ADVICE | {"reason": "Wrong text", "account": "As it is"}
    response = client.post(address, form)
    shown = client.get(response.headers["Location"]).content.decode()
    for words in ("As it is", "Version 1", "Wrong text"):
        assert words in shown
    old = client.get(reverse("contact", kwargs={"public_id": contact.public_id})).content.decode()
    assert "See it as it stands" in old
    assert "in the meantime" in client.post(address, form | {FIELD: ""}).content.decode()


@pytest.mark.parametrize("who", ["worker", "manager"])
def test_correcting_a_contact_keeps_its_child_who_has_moved_to_another_school(
    universe: Universe, signed_in: SignedIn, who: str
) -> None:
    child = draw_child(universe.worker, universe.alder)
    contact = draw_contact(universe.worker, universe.alder, child=child, account="As it was")
    move_child(by=universe.manager, child=child, school=universe.beech, year_group="9", starts=TODAY)
    client = signed_in(getattr(universe, who))
    address = reverse("contact-correct", kwargs={"public_id": contact.public_id})
    page = client.get(address).content.decode()
    selected = re.findall(r'<option value="([^"]+)" selected', page)
    assert child.reference in selected
    form = shown_form(page) | {"child": child.reference, "year_group": "9", "account": "As it is", "reason": "Text"}
    client.post(address, form)
    after = Contact.objects.counted().get()
    assert (after.account, after.child) == ("As it is", child)


def test_a_child_of_another_school_is_still_not_named_in_a_correction(universe: Universe, signed_in: SignedIn) -> None:
    draw_child(universe.manager, universe.beech, reference="BKQR-2222")
    contact = draw_contact(universe.worker, universe.alder)
    address = reverse("contact-correct", kwargs={"public_id": contact.public_id})
    form = {**ADVICE, "school": str(universe.alder.public_id), "child": "BKQR-2222", "reason": "Child", "date_day": 18}
    client = signed_in(universe.worker)
    page = client.post(address, form | {"date_month": 11, "date_year": 2026}).content.decode()
    assert "There is no child with this reference in your schools." in page
    assert Contact.objects.get().child is None


def test_correcting_a_contact_keeps_codes_that_were_hidden_since(universe: Universe, signed_in: SignedIn) -> None:
    choose_pathway(by=universe.administrator, authority=universe.northbrook, asks_pathway=True)
    contact = draw_contact(universe.worker, universe.alder, outcome="referral", topic="neglect", pathway="A")
    choose_pathway(by=universe.administrator, authority=universe.northbrook, asks_pathway=False)
    for list_name, code in (("outcome", "referral"), ("topic", "neglect")):
        held = Code.objects.get(list_name=list_name, code=code)
        label_code(by=universe.administrator, authority=universe.northbrook, code=held, hidden=True)
    client = signed_in(universe.worker)
    address = reverse("contact-correct", kwargs={"public_id": contact.public_id})
    page = client.get(address).content.decode()
    assert 'value="A" selected' in page
    client.post(address, shown_form(page) | {"pathway": "A", "account": "Text", "reason": "Text"})
    after = Contact.objects.counted().get()
    topics = list(after.topics.values_list("code", flat=True))
    assert (after.account, after.outcome, after.pathway, topics) == ("Text", "referral", "A", ["neglect"])


def test_withdrawing_and_the_outcome_of_a_referral_on_their_pages(universe: Universe, signed_in: SignedIn) -> None:
    contact = draw_contact(universe.worker, universe.alder, outcome="referral")
    client, here = signed_in(universe.worker), {"public_id": contact.public_id}
    client.post(
        reverse("contact-referral", kwargs=here),
        {"outcome": "threshold not met", "heard_on": TODAY.isoformat(), "note": "By phone"},
    )
    assert "Threshold not met" in client.get(reverse("contact", kwargs=here)).content.decode()
    asked = client.get(reverse("contact-withdraw", kwargs=here)).content.decode()
    assert 'class="govuk-back-link">Back</a>' in asked
    client.post(reverse("contact-withdraw", kwargs=here), {"reason": "Recorded twice"})
    contact.refresh_from_db()
    assert contact.state == "withdrawn"
    assert "Recorded twice" in client.get(reverse("contact", kwargs=here)).content.decode()


def test_the_number_of_a_referral_is_for_its_worker_and_managers_and_the_sight_of_it_is_in_the_audit(
    universe: Universe, signed_in: SignedIn
) -> None:
    colleague = draw_person(Role.SOCIAL_WORKER, universe.alder, "colleague")
    contact = draw_contact(universe.worker, universe.alder, outcome="referral", date=STARTED)
    here = {"public_id": contact.public_id}
    signed_in(universe.worker).post(
        reverse("contact-referral", kwargs=here),
        {"outcome": "accepted", "led_to": "section 17", "heard_on": TODAY.isoformat(), "external_reference": "M-4711"},
    )
    for user, sees in ((universe.worker, True), (universe.manager, True), (colleague, False)):
        page = signed_in(user).get(reverse("contact", kwargs=here)).content.decode()
        assert "Accepted: Section 17 assessment" in page
        assert ("M-4711" in page) is sees
        looked = Entry.objects.filter(action=Action.READ, actor=str(user.public_id))
        assert any(entry.details == {"fields": ["external_reference"]} for entry in looked) is sees


def test_the_list_narrows_to_referrals_without_an_answer(universe: Universe, signed_in: SignedIn) -> None:
    draw_contact(universe.worker, universe.alder, outcome="referral", date=STARTED)
    draw_contact(universe.worker, universe.alder, outcome="referral")
    page = signed_in(universe.worker).get(reverse(LIST), {"unanswered": "on"}).content.decode()
    assert page[page.index("<table") :].count('scope="row"') == 1


def test_a_colleague_gets_no_page_to_correct(universe: Universe, signed_in: SignedIn) -> None:
    contact = draw_contact(universe.manager, universe.alder)
    address = reverse("contact-correct", kwargs={"public_id": contact.public_id})
    assert signed_in(universe.worker).get(address).status_code == 403


def test_who_has_no_school_yet_is_told_so(universe: Universe, signed_in: SignedIn) -> None:
    lonely = User.objects.create_user("lonely@example.org", name="Lonely")
    empty = type(universe.northbrook).objects.create(code="803", name="Westfield")
    draw_membership(lonely, Role.TEAM_MANAGER, type(universe.alder)(authority=empty))
    client = signed_in(lonely)
    page = client.get(reverse("contact-record"), follow=True).content.decode()
    assert "There is no school yet" in page
