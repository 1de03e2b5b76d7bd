"""The pack: what the team reads, what the school reads, and the files."""

from __future__ import annotations

import io
import re
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from docx import Document

from service.pages.tables import cell_text
from service.practice.actions.contacts import record_contact
from service.practice.actions.involvement import close_involvement, open_involvement
from service.practice.models import ChildReference
from service.reviews.actions.agenda import say_what_next
from service.reviews.models import ItemKind, Review
from service.reviews.packs.contents import Audience, Pack, printable
from service.reviews.packs.gathering import gather_pack
from service.reviews.packs.pdf import breakable, write_pdf
from service.reviews.packs.word import write_word
from service.reviews.periods import period_of
from tests.service.diary.drawing import MONDAY, draw_entry, draw_session
from tests.service.enquiries.drawing import draw_enquiry
from tests.service.practice.drawing import ADVICE, draw_child
from tests.service.reviews.drawing import (
    LAST_HALF_TERM,
    close,
    draw_action,
    draw_closed,
    draw_item,
    draw_meeting,
    draw_open_child,
    draw_review,
)
from tests.service.universe import TODAY, Universe

pytestmark = pytest.mark.django_db
SECRET = ("BKQR-4729", "MMMM-2222", "Court work took two days", "Visit the family", "Two families to visit")


def draw_full(universe: Universe) -> Review:
    """A review with something in every part: children, work, presence, enquiries, actions from before."""
    last = draw_review(universe, day=LAST_HALF_TERM)
    draw_action(universe, last)
    draw_action(universe, last, text="Visit the family.", owner=universe.worker)
    close(universe, last)
    child = draw_open_child(universe)
    other = draw_child(universe.worker, universe.alder, reference="MMMM-2222", known_to_social_care="no")
    draw_entry(universe, MONDAY)
    draw_session(universe, date(2026, 11, 18))
    draw_enquiry(universe)
    for about in (child, child, other):
        record_contact(by=universe.worker, school=universe.alder, date=TODAY, child=about, **ADVICE)
    review = draw_review(universe)
    item = draw_item(universe, review, topic="exclusion")
    say_what_next(by=universe.worker, item=item, what_next="Talk to heads of year.")
    draw_item(universe, review, kind=ItemKind.MAY_COME, text="Often late since September.", year_group="8")
    draw_item(
        universe, review, by=universe.worker, kind=ItemKind.OPEN_CHILD, child=child, text="Plan ends in December."
    )
    draw_item(universe, review, by=universe.worker, kind=ItemKind.MAY_COME, child=other, text="Seen at the drop-in.")
    draw_item(universe, review, by=universe.worker, text="Court work took two days.")
    draw_action(
        universe, review, text="Invite the heads of year.", owner=None, owner_name="Head of year 9", shared=True
    )
    return review


def words_of(pack: Pack) -> str:
    """Everything that a pack says."""
    words = [pack.title, pack.handling, *(f"{fact.label}: {cell_text(fact.value)}" for fact in pack.facts)]
    for part in pack.parts:
        words += [part.heading, *part.text]
        for table in part.tables:
            words += [table.caption, table.note, *(column.label for column in table.columns)]
            words += [cell_text(value) for row in table.rows for value in row]
    return "\n".join(words)


def table_of(pack: Pack, caption: str) -> list[list[str]]:
    tables = [table for part in pack.parts for table in part.tables if table.caption == caption]
    return [[cell_text(value) for value in row] for row in tables[0].rows]


def test_the_pack_of_the_team_holds_every_part(universe: Universe) -> None:
    pack = gather_pack(reader=universe.manager, review=draw_full(universe), audience=Audience.TEAM)
    assert [part.heading for part in pack.parts] == [
        "Actions from before", "Open children", "Children who may come", "Matters of the school",
        "Work since the last meeting", "Presence", "Sessions", "Enquiries", "New actions",
    ]  # fmt: skip
    assert table_of(pack, "Children with open involvement") == [
        ["BKQR-4729", "Year 9", "Child in need", "21 September 2026", universe.worker.name, "2", "18 November 2026",
         "Plan ends in December.", ""]
    ]  # fmt: skip
    assert table_of(pack, "From the log: contacts, and no open involvement") == [
        ["MMMM-2222", "Year 9", "No", "1", "18 November 2026"]
    ]
    assert [row[:2] for row in table_of(pack, "Contacts by kind of work")] == [["Discussion or advice to staff", "3"]]
    assert table_of(pack, "Enquiries of the school") == [
        ["18 November 2026", "Attendance", "Year 9", "Waiting for an answer"]
    ]
    assert [row[0] for row in table_of(pack, "Actions that come back")] == [
        "Send the list of internal exclusions.", "Visit the family.",
    ]  # fmt: skip


def test_presence_stands_as_agreed_beside_as_entered(universe: Universe) -> None:
    pack = gather_pack(reader=universe.lead, review=draw_full(universe), audience=Audience.SCHOOL)
    row = table_of(pack, "Presence agreed and entered")[0]
    # Mondays and Wednesdays from 15 October on, without the half-term week: 19, 21 October; 2, 4, 9, 11, 16, 18 November.
    assert row == [universe.worker.name, "8", "1", "0", "0", "0", "7", "0"]


def test_the_school_reads_no_child_by_reference_no_case_text_and_no_count_of_contacts(universe: Universe) -> None:
    review = draw_full(universe)
    close(universe, review)
    for reader in (universe.lead, universe.worker, universe.manager):
        pack = gather_pack(reader=reader, review=review, audience=Audience.SCHOOL)
        words = words_of(pack)
        assert not [secret for secret in SECRET if secret in words]
        assert "Contacts" not in words
        assert "Often late since September." in words
        assert "Talk to heads of year." in words
        assert "Drop-ins move to Tuesdays." in words
        assert {"Open children", "Work since the last meeting"}.isdisjoint(part.heading for part in pack.parts)


def test_the_pack_of_the_team_is_not_the_schools(universe: Universe) -> None:
    review = draw_review(universe)
    with pytest.raises(PermissionDenied):
        gather_pack(reader=universe.lead, review=review, audience=Audience.TEAM)
    for person in (*universe.other_school.values(), universe.elsewhere[next(iter(universe.elsewhere))]):
        with pytest.raises(PermissionDenied):
            gather_pack(reader=person, review=review, audience=Audience.SCHOOL)


def test_a_restricted_child_is_left_out_for_who_may_not_see_it(universe: Universe) -> None:
    review = draw_full(universe)
    ChildReference.objects.update(restricted=True)
    words = words_of(gather_pack(reader=universe.manager, review=review, audience=Audience.TEAM))
    assert "BKQR-4729" not in words
    assert "Plan ends in December." not in words
    assert "MMMM-2222" not in words


def test_withdrawn_items_are_not_in_the_pack(universe: Universe) -> None:
    review = draw_review(universe)
    item = draw_item(universe, review)
    type(item).objects.filter(pk=item.pk).update(withdrawn_at="2026-11-18T10:00Z", withdrawn_reason="Settled")
    assert item.text not in words_of(gather_pack(reader=universe.lead, review=review, audience=Audience.SCHOOL))


def test_a_review_looks_back_to_the_day_after_the_last_one(universe: Universe) -> None:
    review = draw_full(universe)
    period = period_of(review, today=TODAY)
    assert (period.first, period.last) == (date(2026, 10, 15), TODAY)


def test_the_first_review_looks_back_to_the_beginning_of_its_half_term(universe: Universe) -> None:
    review = draw_review(universe, day=date(2026, 12, 2))
    period = period_of(review, today=TODAY)
    assert (period.first, period.last) == (date(2026, 10, 31), TODAY)


def test_a_file_bears_no_name_of_a_person(universe: Universe) -> None:
    pack = gather_pack(reader=universe.lead, review=draw_review(universe), audience=Audience.SCHOOL)
    assert pack.stem == "review-900001-2026-27-half-term-2-school"
    meeting = gather_pack(reader=universe.worker, review=draw_meeting(universe), audience=Audience.TEAM)
    assert meeting.stem == "team-around-the-school-900001-2026-11-18-team"


def test_the_pdf_is_tagged_and_the_same_on_every_day(universe: Universe) -> None:
    pack = gather_pack(reader=universe.manager, review=draw_full(universe), audience=Audience.TEAM)
    pdf = write_pdf(pack)
    assert pdf.startswith(b"%PDF-")
    assert b"pdfuaid" in pdf
    assert pdf == write_pdf(pack)


def test_the_word_file_has_headings_and_header_rows_and_is_the_same_on_every_day(universe: Universe) -> None:
    pack = gather_pack(reader=universe.manager, review=draw_full(universe), audience=Audience.TEAM)
    data = write_word(pack)
    assert data == write_word(pack)
    word = Document(io.BytesIO(data))
    headings = [each.text for each in word.paragraphs if each.style is not None and each.style.name == "Heading 1"]
    assert headings == [part.heading for part in pack.parts]
    assert word.core_properties.title == pack.title
    for table in word.tables:
        assert "w:tblHeader" in table.rows[0]._tr.xml
        assert "w:tblCaption" in table._tbl.xml


HOSTILE = '#panic("x") $x^2$ <w:b/> & *bold* [link] \\ "quoted" // `code` @ref = heading\n- list\x0b\x00'


def test_what_people_wrote_is_shown_as_they_wrote_it(universe: Universe) -> None:
    review = draw_review(universe)
    draw_item(universe, review, text=HOSTILE.replace("\x00", ""))
    pack = gather_pack(reader=universe.lead, review=review, audience=Audience.SCHOOL)
    assert write_pdf(pack).startswith(b"%PDF-")
    word = Document(io.BytesIO(write_word(pack)))
    shown = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    assert any('#panic("x") $x^2$ <w:b/> & *bold*' in text for text in shown)


def test_characters_that_no_document_holds_become_spaces() -> None:
    assert printable("a\x0bb\x00c\x1fd\ufffe\ne") == "a b c d \ne"


def test_a_letter_that_the_typefaces_lack_is_told_without_its_text(universe: Universe) -> None:
    review = draw_review(universe)
    draw_item(universe, review, text="Meeting \U0001f600")
    pack = gather_pack(reader=universe.lead, review=review, audience=Audience.SCHOOL)
    with pytest.raises(ValidationError, match="Take the Word file") as told:
        write_pdf(pack)
    assert "Meeting" not in str(told.value)
    assert write_word(pack)


def test_a_review_of_long_ago_tells_who_was_open_then_and_who_was_not(universe: Universe) -> None:
    ended, begun = draw_open_child(universe), draw_child(universe.worker, universe.alder, reference="MMMM-2222")
    for about in (ended, begun):
        record_contact(by=universe.worker, school=universe.alder, date=LAST_HALF_TERM, child=about, **ADVICE)
    review = draw_closed(universe)
    close_involvement(
        by=universe.worker, involvement=ended.involvements.get(), reason="needs met", on=TODAY, note="Over."
    )
    open_involvement(
        by=universe.worker, child=begun, worker=universe.worker, level="child in need", reason="referral", on=TODAY
    )
    pack = gather_pack(reader=universe.manager, review=review, audience=Audience.TEAM)
    assert [row[0] for row in table_of(pack, "Children with open involvement")] == ["BKQR-4729"]
    assert [row[0] for row in table_of(pack, "From the log: contacts, and no open involvement")] == ["MMMM-2222"]


def test_a_long_word_breaks_within_its_column_and_loses_nothing(universe: Universe) -> None:
    address = "https://example.org/" + "a" * 300
    broken = breakable(f"See {address} today, not tomorrow.")
    assert broken.replace("\u200b", "") == f"See {address} today, not tomorrow."
    assert max(map(len, re.split("[ \u200b]", broken))) == 24
    draw_item(universe, review := draw_review(universe), text=address)
    pack = gather_pack(reader=universe.lead, review=review, audience=Audience.SCHOOL)
    assert write_pdf(pack).startswith(b"%PDF")
