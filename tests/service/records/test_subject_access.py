"""What is recorded of a child, for who may ask: the clock, what is taken out, and the second signature."""

from __future__ import annotations

import io
import zipfile
from datetime import date, timedelta
from typing import Any

import pikepdf
import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from service.accounts.models import User
from service.audit.models import Action, Entry
from service.enquiries.models import EnquiryStep
from service.permissions import Role
from service.practice.models import ChildReference, Contact, RestrictedAccess
from service.records.actions.subject_access import (
    end_request,
    extend_clock,
    lift_redaction,
    mark_redaction,
    open_request,
    pause_clock,
    resume_clock,
    sign_off,
    take_pack,
)
from service.records.clock import add_months, clock_of
from service.records.gathering import CHILD_PATHS, NOT_GIVEN, contents_of, gather
from service.records.models import RequestState, SubjectRequest
from service.records.packing import write_pdf, write_zip
from tests.service.conftest import SignedIn
from tests.service.practice.drawing import draw_child, draw_contact
from tests.service.records.drawing import draw_second, draw_version
from tests.service.records.test_disposals import draw_action, draw_enquiry, draw_review
from tests.service.universe import TODAY, Universe

WORDS = "Mother told of the neighbour Mr Ash, and again of Mr Ash."


@pytest.fixture
def child(universe: Universe) -> ChildReference:
    return draw_child(universe.worker, universe.alder)


@pytest.fixture
def contact(universe: Universe, child: ChildReference) -> Contact:
    return draw_contact(universe.worker, universe.alder, child=child, account=WORDS)


@pytest.fixture
def asked(universe: Universe, child: ChildReference) -> SubjectRequest:
    return open_request(by=universe.manager, child=child, requester="parent", received_on=TODAY)


@pytest.fixture
def second(universe: Universe) -> User:
    return draw_second(universe, Role.TEAM_MANAGER)


def place_of(contact: Contact, field: str = "account") -> tuple[str, Any, str]:
    return "practice.contact", contact.public_id, field


def words_of(request: SubjectRequest) -> str:
    return "\n".join(told.text for table in contents_of(request) for row in table.rows for told in row.fields)


def test_every_table_that_names_a_child_is_in_the_pack_or_listed_with_a_reason() -> None:
    for model in apps.get_models():
        if any(field.related_model is ChildReference for field in model._meta.concrete_fields):
            assert model._meta.label in {**CHILD_PATHS, **NOT_GIVEN}, model._meta.label


def test_everything_of_the_child_is_gathered_and_nothing_of_another(universe: Universe, child: ChildReference) -> None:
    first = draw_contact(universe.worker, universe.alder, child=child, account="First words")
    draw_version(first, account="Second words", child=child)
    enquiry = draw_enquiry(universe, question="What of this child?")
    EnquiryStep.objects.create(enquiry=enquiry, kind="answered", by=universe.worker, text="An answer", contact=first)
    draw_action(universe, draw_review(universe), child=child)
    other = draw_child(universe.worker, universe.alder, reference="WXYK-2345")
    draw_contact(universe.worker, universe.alder, child=other, account="Words of another")
    tables = {table.kind: table for table in gather(child)}
    assert set(tables) == {
        "practice.childreference", "practice.contact", "enquiries.enquiry", "enquiries.enquirystep",
        "reviews.reviewaction",
    }  # fmt: skip
    told = str(list(tables.values()))
    assert all(words in told for words in ("First words", "Second words", "What of this child?", "An answer"))
    assert universe.worker.name in told
    assert "Words of another" not in told
    assert "WXYK-2345" not in told


@pytest.mark.parametrize(
    ("received", "due"),
    [
        (date(2026, 9, 3), date(2026, 10, 5)),  # 3 October is a Saturday
        (date(2026, 8, 31), date(2026, 9, 30)),  # September has no 31st
        (date(2026, 11, 18), date(2026, 12, 18)),
    ],
)
def test_a_request_is_due_in_a_month(universe: Universe, child: ChildReference, received: date, due: date) -> None:
    request = SubjectRequest(child=child, requester="child", received_on=received, opened_by=universe.manager)
    request.save()
    assert clock_of(request, TODAY).due == due


def test_months_end_on_their_last_day() -> None:
    assert add_months(date(2026, 11, 30), 3) == date(2027, 2, 28)
    assert add_months(date(2026, 12, 31), 1) == date(2027, 1, 31)


def test_the_clock_stands_while_it_is_paused_and_is_extended_once(universe: Universe, child: ChildReference) -> None:
    received = TODAY - timedelta(days=28)
    request = open_request(by=universe.manager, child=child, requester="child", received_on=received)
    assert clock_of(request).due == date(2026, 11, 23)  # 21 November is a Saturday
    pause_clock(by=universe.manager, request=request, starts=TODAY - timedelta(days=10), reason="Who are you?")
    assert clock_of(request).paused
    with pytest.raises(ValidationError, match="stands already"):
        pause_clock(by=universe.manager, request=request, starts=TODAY, reason="Again")
    resume_clock(by=universe.manager, request=request, on=TODAY - timedelta(days=3))
    request = SubjectRequest.objects.get()
    assert (clock_of(request).days_paused, clock_of(request).due) == (7, date(2026, 11, 30))
    with pytest.raises(ValidationError, match="does not stand"):
        resume_clock(by=universe.manager, request=request, on=TODAY)
    with pytest.raises(ValidationError, match="stood on that day"):
        pause_clock(by=universe.manager, request=request, starts=TODAY - timedelta(days=5), reason="Again")
    extend_clock(by=universe.manager, request=request, reason="Three schools")
    assert clock_of(request).due == date(2027, 1, 28)
    with pytest.raises(ValidationError, match="can be once"):
        extend_clock(by=universe.manager, request=request, reason="Four schools")


def test_a_late_request_says_so(universe: Universe, child: ChildReference, signed_in: SignedIn) -> None:
    open_request(by=universe.manager, child=child, requester="child", received_on=TODAY - timedelta(days=40))
    assert clock_of(SubjectRequest.objects.get()).is_late
    seen = signed_in(universe.manager).get("/records/").content.decode()
    assert "Late since" in seen
    assert child.reference in seen
    officer = signed_in(universe.governance).get("/records/").content.decode()
    assert "Late since" in officer
    assert child.reference not in officer


def test_a_passage_is_taken_out_wherever_it_stands(asked: SubjectRequest, contact: Contact, universe: Universe) -> None:
    marks = mark_redaction(
        by=universe.manager, request=asked, place=place_of(contact), why="third party", passage="Mr Ash"
    )
    assert len(marks) == 2
    gap = "[taken out: it is about another person]"
    assert f"Mother told of the neighbour {gap}, and again of {gap}." in words_of(asked)
    lift_redaction(by=universe.manager, redaction=marks[0])
    assert "neighbour Mr Ash, and" in words_of(asked)


def test_passages_that_overlap_go_together(asked: SubjectRequest, contact: Contact, universe: Universe) -> None:
    for passage in ("the neighbour Mr Ash", "Mr Ash, and again"):
        mark_redaction(by=universe.manager, request=asked, place=place_of(contact), why="serious harm", passage=passage)
    assert "Mother told of [taken out: it would be likely to cause serious harm] of Mr Ash." in words_of(asked)


def test_a_text_that_changed_after_the_mark_is_taken_out_whole(
    asked: SubjectRequest, contact: Contact, universe: Universe
) -> None:
    mark_redaction(by=universe.manager, request=asked, place=place_of(contact), why="third party", passage="Mr Ash")
    Contact.every_version.filter(pk=contact.pk).update(account="Now Mr Ash stands elsewhere")
    assert "Ash" not in words_of(asked)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"passage": "Mrs Oak"}, "do not stand"),
        ({"why": "other"}, "Say why"),
        ({"field": "entry"}, "no such field"),
        ({"kind": "accounts.user"}, "no such field"),
    ],
)
def test_a_mark_that_cannot_be_is_refused(
    asked: SubjectRequest, contact: Contact, universe: Universe, wrong: dict[str, str], said: str
) -> None:
    kind, subject, field = place_of(contact, wrong.get("field", "account"))
    place = (wrong.get("kind", kind), subject, field)
    with pytest.raises(ValidationError, match=said):
        mark_redaction(
            by=universe.manager, request=asked, place=place, why=wrong.get("why", "third party"),
            passage=wrong.get("passage", ""),
        )  # fmt: skip


def test_the_words_that_are_taken_out_are_kept_nowhere_else(
    asked: SubjectRequest, contact: Contact, universe: Universe
) -> None:
    mark_redaction(by=universe.manager, request=asked, place=place_of(contact), why="third party", passage="Mr Ash")
    elsewhere = [model for model in apps.get_models() if model is not Contact]
    assert not any("Mr Ash" in str(row) for model in elsewhere for row in model._base_manager.values())


def test_a_second_person_signs_off(asked: SubjectRequest, contact: Contact, universe: Universe, second: User) -> None:
    with pytest.raises(ValidationError, match="not been signed off"):
        take_pack(by=universe.manager, request=asked, form="pdf")
    with pytest.raises(PermissionDenied, match="another person"):
        sign_off(by=universe.manager, request=asked)
    with pytest.raises(IntegrityError), transaction.atomic():
        SubjectRequest.objects.update(signed_by=universe.manager)
    [mark] = mark_redaction(by=second, request=asked, place=place_of(contact), why="third party")
    with pytest.raises(PermissionDenied, match="another person"):
        sign_off(by=second, request=asked)
    third = draw_third(universe)
    sign_off(by=third, request=asked)
    assert take_pack(by=universe.manager, request=asked, form="pdf")
    lift_redaction(by=universe.manager, redaction=mark)
    asked.refresh_from_db()
    assert asked.state == RequestState.OPEN


def draw_third(universe: Universe) -> User:
    third = User.objects.create_user("third@own.example.org", name="The third person")
    third.memberships.create(role=Role.TEAM_MANAGER, authority=universe.northbrook, starts=date(2026, 9, 1))
    return third


def test_what_was_recorded_after_the_sign_off_does_not_go_out_unread(
    asked: SubjectRequest, contact: Contact, universe: Universe, second: User, child: ChildReference
) -> None:
    sign_off(by=second, request=asked)
    draw_contact(universe.worker, universe.alder, child=child, account="New words")
    with pytest.raises(ValidationError, match="changed since the sign-off"):
        take_pack(by=universe.manager, request=asked, form="zip")
    sign_off(by=second, request=asked)
    assert "New words" in str(take_pack(by=universe.manager, request=asked, form="zip"))


def test_a_pack_is_a_tagged_pdf_or_files(
    asked: SubjectRequest, contact: Contact, universe: Universe, second: User, signed_in: SignedIn
) -> None:
    Contact.every_version.filter(pk=contact.pk).update(account="=1+1 <b>&amp; café\n# no heading")
    sign_off(by=second, request=asked)
    manager = signed_in(universe.manager)
    response = manager.get(f"/records/requests/{asked.public_id}/pack.pdf")
    assert response.headers["Content-Type"] == "application/pdf"
    with pikepdf.open(io.BytesIO(response.content)) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang) == "en-GB"
    response = manager.get(f"/records/requests/{asked.public_id}/pack.zip")
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        assert set(archive.namelist()) == {"index.html", "practice.childreference.csv", "practice.contact.csv"}
        assert "'=1+1" in archive.read("practice.contact.csv").decode("utf-8-sig")
        assert "<b>" not in archive.read("index.html").decode()
        assert universe.worker.name in archive.read("index.html").decode()
    taken = Entry.objects.filter(action=Action.EXPORT)
    assert [entry.child_reference for entry in taken] == [asked.child.reference] * 2
    assert manager.get(f"/records/requests/{asked.public_id}/pack.doc").status_code == 404


def test_the_same_pack_has_the_same_bytes(asked: SubjectRequest, contact: Contact) -> None:
    contents = contents_of(asked)
    assert write_pdf(asked, contents) == write_pdf(asked, contents)
    assert write_zip(asked, contents)[:2] == b"PK"


def test_a_request_ends_with_the_pack_or_with_a_reason(
    asked: SubjectRequest, universe: Universe, second: User, child: ChildReference
) -> None:
    with pytest.raises(ValidationError, match="Say why"):
        end_request(by=universe.manager, request=asked, on=TODAY)
    with pytest.raises(ValidationError, match="future"):
        end_request(by=universe.manager, request=asked, on=TODAY + timedelta(days=1), reason="Withdrawn")
    pause_clock(by=universe.manager, request=asked, starts=TODAY, reason="Who are you?")
    end_request(by=universe.manager, request=asked, on=TODAY, reason="No answer came")
    assert asked.state == RequestState.CLOSED
    with pytest.raises(ValidationError, match="has ended"):
        extend_clock(by=universe.manager, request=asked, reason="More")
    again = open_request(by=universe.manager, child=child, requester="child", received_on=TODAY)
    sign_off(by=second, request=again)
    assert end_request(by=universe.manager, request=again, on=TODAY).state == RequestState.ANSWERED


def test_a_request_is_taken_in_once_and_not_for_a_day_to_come(
    asked: SubjectRequest, universe: Universe, child: ChildReference
) -> None:
    with pytest.raises(ValidationError, match="open already"):
        open_request(by=universe.manager, child=child, requester="child", received_on=TODAY)
    other = draw_child(universe.worker, universe.alder, reference="WXYK-2345")
    with pytest.raises(ValidationError, match="future"):
        open_request(by=universe.manager, child=other, requester="child", received_on=TODAY + timedelta(days=1))
    with pytest.raises(PermissionDenied):
        open_request(by=universe.worker, child=other, requester="child", received_on=TODAY)


def test_a_restricted_record_is_answered_only_by_who_may_see_it(
    universe: Universe, child: ChildReference, second: User, signed_in: SignedIn
) -> None:
    ChildReference.objects.filter(pk=child.pk).update(restricted=True)
    with pytest.raises(PermissionDenied, match="closed to you"):
        open_request(by=universe.manager, child=child, requester="child", received_on=TODAY)
    RestrictedAccess.objects.create(child=child, user=second, granted_by=universe.manager, ends="2027-01-01T00:00:00Z")
    request = open_request(by=second, child=child, requester="child", received_on=TODAY)
    assert signed_in(universe.manager).get(f"/records/requests/{request.public_id}/").status_code == 404
    assert signed_in(second).get(f"/records/requests/{request.public_id}/").status_code == 200


def test_a_clock_that_has_run_out_is_not_stopped_nor_extended(universe: Universe, asked: SubjectRequest) -> None:
    SubjectRequest.objects.update(received_on=date(2026, 10, 16))  # due on 16 November, two days ago
    with pytest.raises(ValidationError, match="had run out by that day"):
        pause_clock(by=universe.manager, request=asked, starts=TODAY, reason="Who are they?")
    with pytest.raises(ValidationError, match="time has run out"):
        extend_clock(by=universe.manager, request=asked, reason="Much to read")
    pause_clock(by=universe.manager, request=asked, starts=date(2026, 11, 16), reason="Asked on its last day")
    assert clock_of(asked).paused


def test_a_pause_over_the_ends_of_months_adds_its_days(universe: Universe, asked: SubjectRequest) -> None:
    SubjectRequest.objects.update(received_on=date(2026, 8, 31))
    pause_clock(by=universe.manager, request=asked, starts=date(2026, 9, 30), reason="Who are they?")
    asked = SubjectRequest.objects.get()
    resume_clock(by=universe.manager, request=asked, on=date(2026, 11, 1))
    clock = clock_of(SubjectRequest.objects.get(), TODAY)
    assert (clock.due, clock.days_paused) == (date(2026, 11, 2), 32)  # 30 September and 32 days is a Sunday
    assert clock.is_late


def test_a_pack_did_not_go_before_it_was_signed(universe: Universe, asked: SubjectRequest, second: User) -> None:
    SubjectRequest.objects.update(received_on=TODAY - timedelta(days=5))
    signed = sign_off(by=second, request=asked)
    with pytest.raises(ValidationError, match="signed off later"):
        end_request(by=universe.manager, request=signed, on=TODAY - timedelta(days=1))
    assert end_request(by=universe.manager, request=signed, on=TODAY).state == RequestState.ANSWERED


@pytest.mark.parametrize("passage", ["shouts at\r\nnight", "shouts  at night", " shouts at night "])
def test_a_passage_is_found_however_its_lines_are_broken(
    passage: str, universe: Universe, asked: SubjectRequest, child: ChildReference
) -> None:
    contact = draw_contact(universe.worker, universe.alder, child=child, account="He shouts at\nnight. Always.")
    mark_redaction(by=universe.manager, request=asked, place=place_of(contact), why="third party", passage=passage)
    assert "He [taken out: it is about another person]. Always." in words_of(asked)


def test_it_is_told_where_the_same_words_still_stand(
    universe: Universe, asked: SubjectRequest, contact: Contact, child: ChildReference, signed_in: SignedIn
) -> None:
    draw_version(contact, account="Mr  Ash, it was.", child=child)
    client, kind = signed_in(universe.manager), "practice.contact"
    address = f"/records/requests/{asked.public_id}/take-out/{kind}/{contact.public_id}/account"
    page = client.post(address, {"passage": "Mr Ash", "why": "third party"}, follow=True).content.decode()
    assert "The same words still stand in 1 of its fields" in page


def test_what_was_put_back_after_the_page_was_opened_is_not_signed(
    universe: Universe, asked: SubjectRequest, contact: Contact, second: User, signed_in: SignedIn
) -> None:
    [mark] = mark_redaction(by=universe.manager, request=asked, place=place_of(contact), why="third party")
    client, address = signed_in(second), f"/records/requests/{asked.public_id}/sign"
    seen = client.get(address).context["form"]["seen"].value()
    lift_redaction(by=universe.manager, redaction=mark)
    for sent in ({"seen": seen}, {}):
        assert "has changed since you opened" in client.post(address, sent, follow=True).content.decode()
    client.post(address, {"seen": client.get(address).context["form"]["seen"].value()})
    asked.refresh_from_db()
    assert asked.state == RequestState.SIGNED
