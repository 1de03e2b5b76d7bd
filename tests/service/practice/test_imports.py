"""The three pilots' logs: read, checked without writing, and imported once."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from service.audit.models import Action, Entry
from service.permissions import Permission, Role
from service.practice.actions.log_imports import discard_log, import_log, map_columns, map_words, take_in_log
from service.practice.log_checks import check_log, unknown_words
from service.practice.log_files import MOST_ROWS, read_log
from service.practice.log_shapes import code_of, guess_columns
from service.practice.models import Contact, LogFile, LogImport
from tests.service.conftest import SignedIn
from tests.service.universe import Universe

LAMBETH = """Date,School,Type of work,Account
03/09/2019,Alder Academy,Direct work with child,"Listened to a student, and planned the week"
4/9/2019,900002,Consultation,Asked about a referral
"""
SOUTHAMPTON = """Date,School,Year group,Member of staff,Advice/ Action
2019-09-10,Alder Academy,Year 7,Headteacher,Call to a parent
2019-09-11,Beech High,11,HOY,E-mail to the social worker
"""
STOCKPORT = """Date of enquiry,School,Enquirer,What was the query?,Social worker response and advice given,Time taken
10 September 2019,Ash Primary,DSL,About housing,Told whom to ask,5-30 minutes
11 Sep 2019,Ash Primary,Pastoral,About a grandparent,Advised a referral,over an hour
12/09/2019,Ash Primary,Pupil,About a letter,Read it together,12 mins
"""
SECRET = "a boy called Tam"


def take_in(universe: Universe, text: str, shape: str = "lambeth", **told: Any) -> LogFile:
    given = {"by": universe.manager, "authority": universe.northbrook, "name": "log.csv"} | told
    return take_in_log(shape=shape, content=text.encode(), **given)


def test_lambeths_log_is_imported_with_the_kind_of_work_and_the_account(universe: Universe) -> None:
    done = import_log(by=universe.manager, file=take_in(universe, LAMBETH))
    assert (done.rows, done.contacts_made, done.held_already) == (2, 2, 0)
    told = list(Contact.objects.values_list("date", "school__name", "kind_of_work", "account", "worker", "role"))
    assert (
        date(2019, 9, 3),
        "Alder Academy",
        "direct work",
        "Listened to a student, and planned the week",
        None,
        "",
    ) in told
    assert (date(2019, 9, 4), "Ash Primary", "advice", "Asked about a referral", None, "") in told
    assert not LogFile.objects.exists()


def test_southamptons_log_is_imported_with_year_group_and_who_raised_it(universe: Universe) -> None:
    import_log(by=universe.manager, file=take_in(universe, SOUTHAMPTON, "southampton"))
    told = set(Contact.objects.values_list("school__name", "year_group", "raised_by", "kind_of_work"))
    assert told == {("Alder Academy", "7", "head", "advice"), ("Beech High", "11", "head of year", "advice")}


def test_stockports_log_is_imported_with_query_response_and_time(universe: Universe) -> None:
    import_log(by=universe.manager, file=take_in(universe, STOCKPORT, "stockport"))
    told = set(Contact.objects.values_list("raised_by", "time_band", "minutes"))
    assert told == {
        ("safeguarding lead", "5 to 30 minutes", None),
        ("pastoral staff", "over 60 minutes", None),
        ("child", "5 to 30 minutes", 12),
    }
    assert Contact.objects.filter(account="Query: About a letter\n\nResponse: Read it together").exists()


def test_a_workbook_is_read_like_the_csv(universe: Universe) -> None:
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.append(["Date", "School", "Type of work", "Account"])
    sheet.append([datetime(2019, 9, 3), 900001, "Advice", "From a workbook"])
    content = io.BytesIO()
    workbook.save(content)
    file = take_in_log(
        by=universe.manager, authority=universe.northbrook, shape="lambeth", name="log.xlsx", content=content.getvalue()
    )
    import_log(by=universe.manager, file=file)
    assert Contact.objects.get().date == date(2019, 9, 3)


@time_machine.travel("2027-06-15T23:30:00+00:00")  # half past midnight of the sixteenth, by British Summer Time
def test_the_day_of_an_import_is_told_as_it_was_in_london(universe: Universe) -> None:
    import_log(by=universe.manager, file=take_in(universe, LAMBETH))
    with pytest.raises(ValidationError, match="imported on 16/06/2027"):
        take_in(universe, LAMBETH)


def test_the_same_file_is_refused_the_second_time(universe: Universe) -> None:
    import_log(by=universe.manager, file=take_in(universe, LAMBETH))
    with pytest.raises(ValidationError, match="not imported twice"):
        take_in(universe, LAMBETH)


def test_rows_that_are_held_already_are_recognised_in_another_file(universe: Universe) -> None:
    import_log(by=universe.manager, file=take_in(universe, LAMBETH))
    longer = take_in(universe, LAMBETH + "05/09/2019,Alder Academy,Training,For staff\n")
    check = check_log(longer)
    assert (len(check.entries), check.held_already) == (1, 2)
    assert import_log(by=universe.manager, file=longer).contacts_made == 1
    assert Contact.objects.count() == 3


def test_two_rows_that_are_alike_are_two_contacts(universe: Universe) -> None:
    row = "05/09/2019,Alder Academy,Training,For staff\n"
    import_log(by=universe.manager, file=take_in(universe, f"Date,School,Type of work,Account\n{row}{row}"))
    assert Contact.objects.count() == 2


def test_a_dry_run_writes_nothing_and_tells_rows_and_columns_but_no_text(universe: Universe) -> None:
    file = take_in(
        universe,
        "Date,School,Type of work,Account\n"
        f"32/09/2019,Alder Academy,Advice,{SECRET}\n"
        f"03/09/2019,Nowhere School of {SECRET},Advice,x\n"
        f"03/09/2019,Alder Academy,{SECRET},x\n"
        "03/09/2035,Alder Academy,Advice,x\n"
        ",,,\n"
        f"03/09/2019,Alder Academy,Advice,{'x' * 10_001}\n"
        "03/09/2019,Cedar School,Advice,x\n"
        "03/09/2019,Alder Academy,Advice,good\n",
    )  # fmt: skip
    check = check_log(file)
    assert [(each.row, each.column) for each in check.problems] == [
        (2, "Date"), (3, "School"), (4, "Type of work"), (5, "Date"), (7, "Account"), (8, "School"),
    ]  # fmt: skip
    assert (check.rows, len(check.entries), check.empty_rows) == (8, 1, 1)
    assert not any("Tam" in each.what or "Tam" in each.column for each in check.problems)
    assert "Tam" not in repr(check.problems)
    assert not Contact.objects.exists()


def test_problems_stop_the_import_unless_their_rows_are_left_out(universe: Universe) -> None:
    file = take_in(universe, LAMBETH + "sometime,Alder Academy,Advice,x\n")
    with pytest.raises(ValidationError, match="stand in the way"):
        import_log(by=universe.manager, file=file)
    assert not Contact.objects.exists()
    done = import_log(by=universe.manager, file=file, leave_out=True)
    assert (done.rows, done.contacts_made) == (3, 2)
    told = Entry.objects.get(subject=str(done.public_id)).details
    assert told == {"rows": 3, "to_import": 2, "with_problems": 1, "held_already": 0, "empty": 0}


def test_an_import_is_all_or_nothing(universe: Universe, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("the disk is full")

    file = take_in(universe, LAMBETH)
    monkeypatch.setattr("service.practice.actions.log_imports.record", fail)
    with pytest.raises(RuntimeError):
        import_log(by=universe.manager, file=file)
    assert not Contact.objects.exists()
    assert not LogImport.objects.exists()
    assert LogFile.objects.filter(pk=file.pk).exists()


def test_words_without_a_code_are_asked_for_and_then_understood(universe: Universe) -> None:
    file = take_in(universe, "Date,School,Type of work,Account\n03/09/2019,Alder Academy,Walk and talk,x\n")
    assert unknown_words(file) == {"kind_of_work": ["walk and talk"]}
    map_words(by=universe.manager, file=file, codes={"kind_of_work": {"walk and talk": "direct work"}})
    assert unknown_words(file) == {}
    import_log(by=universe.manager, file=file)
    assert Contact.objects.get().kind_of_work == "direct work"


@pytest.mark.parametrize(
    "codes", [{"kind_of_work": {"other word": "advice"}}, {"kind_of_work": {"walk and talk": "x"}}]
)
def test_a_meaning_that_does_not_fit_is_refused(universe: Universe, codes: dict[str, dict[str, str]]) -> None:
    file = take_in(universe, "Date,School,Type of work,Account\n03/09/2019,Alder Academy,Walk and talk,x\n")
    with pytest.raises(ValidationError):
        map_words(by=universe.manager, file=file, codes=codes)


def test_one_school_and_one_kind_stand_for_columns_that_are_missing(universe: Universe) -> None:
    file = take_in(universe, "When,Who,What\n03/09/2019,Headteacher,x\n", "southampton")
    with pytest.raises(ValidationError, match="school"):
        map_columns(by=universe.manager, file=file, fields={"date": "When"})
    map_columns(
        by=universe.manager, file=file, fields={"date": "When", "raised_by": "Who", "account": "What"}, school="900003",
        kind_of_work="meeting",
    )  # fmt: skip
    import_log(by=universe.manager, file=file)
    assert Contact.objects.values_list("school__urn", "kind_of_work", "raised_by").get() == (
        "900003",
        "meeting",
        "head",
    )


@pytest.mark.parametrize(
    "told",
    [
        {"fields": {"school": "School"}},
        {"fields": {"date": "Nothing"}},
        {"fields": {"date": "Date", "school": "School", "account": "School"}},
        {"fields": {"date": "Date", "school": "School"}, "kind_of_work": "gossip"},
        {"fields": {"date": "Date"}, "school": "900004"},
    ],
)
def test_columns_that_do_not_fit_are_refused(universe: Universe, told: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        map_columns(by=universe.manager, file=take_in(universe, LAMBETH), **told)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "log.csv"),
        (b"Date,School\n", "log.csv"),
        (b"Date,Date\n1,2\n", "log.csv"),
        (b"Date,,School\n1,2,3\n", "log.csv"),
        (b'Date,School\n"1,2\n', "log.csv"),
        (b"PK\x03\x04 not a workbook", "log.xlsx"),
        (b"\x00\x01\x02", "log.csv"),
        (b"a\n" + b"1\n" * (MOST_ROWS + 1), "log.csv"),
        (",".join(f"h{n}" for n in range(61)).encode() + b"\n1\n", "log.csv"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_words(content: bytes, name: str) -> None:
    with pytest.raises(ValidationError):
        read_log(content, name)


@given(
    rows=st.lists(
        st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12), min_size=2, max_size=2),
        min_size=1, max_size=5,
    )
)  # fmt: skip
def test_what_a_csv_file_holds_is_what_is_read(rows: list[list[str]]) -> None:
    text = io.StringIO()
    csv.writer(text).writerows([["Date", "Account"], *rows])
    wanted = [[cell.strip() for cell in row] for row in rows]
    while wanted and not any(wanted[-1]):
        wanted.pop()
    if wanted:
        assert read_log(text.getvalue().encode(), "log.csv").rows == wanted


@pytest.mark.parametrize(
    ("list_name", "word", "code"),
    [
        ("raised_by", "DSL.", "safeguarding lead"),
        ("raised_by", "  Head  of Year ", "head of year"),
        ("kind_of_work", "Direct work", "direct work"),
        ("time_band", "5–30", "5 to 30 minutes"),
        ("time_band", "Under 5 minutes", "under 5 minutes"),
        ("outcome", "NFA", "advice given"),
        ("outcome", "something else", None),
    ],
)
def test_the_words_of_the_pilots_are_understood(list_name: Any, word: str, code: str | None) -> None:
    assert code_of(list_name, word, chosen={}) == code


def test_headings_are_guessed_once_each() -> None:
    assert guess_columns("stockport", ["Query", "Date", "Response", "Who enquired", "School"]) == {
        "date": "Date", "school": "School", "raised_by": "Who enquired", "query": "Query", "response": "Response",
    }  # fmt: skip


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.TEAM_MANAGER])
def test_who_manages_no_team_imports_nothing(universe: Universe, role: Role) -> None:
    with pytest.raises(PermissionDenied):
        take_in(universe, LAMBETH, by=universe.own[role])


def test_a_manager_imports_nothing_into_another_authority(universe: Universe) -> None:
    with pytest.raises(PermissionDenied):
        take_in(universe, LAMBETH, authority=universe.southmere)
    assert not LogFile.objects.visible_to(universe.elsewhere[Role.TEAM_MANAGER], Permission.IMPORT_LOG).exists()


def test_discarding_deletes_the_file_with_its_text(universe: Universe) -> None:
    discard_log(by=universe.manager, file=take_in(universe, LAMBETH))
    assert not LogFile.objects.exists()
    assert Entry.objects.get(action=Action.DISPOSE).details == {"rows": 2}


def test_the_pages_lead_from_the_file_to_the_import(
    universe: Universe, signed_in: SignedIn, django_assert_max_num_queries: Any
) -> None:
    client = signed_in(universe.manager)
    text = f"Date,School,Type of work,Account\n03/09/2019,Alder Academy,Walk,x\nsometime,Alder Academy,Walk,{SECRET}\n"
    upload = {"authority": "801", "shape": "lambeth", "file": SimpleUploadedFile("log.csv", text.encode())}
    columns = client.post(reverse("import-upload"), upload).headers["Location"]
    assert "Account" in client.get(columns).content.decode()
    file = LogFile.objects.get()
    fields = {
        "date": "Date",
        "school": "School",
        "kind_of_work": "Type of work",
        "account": "Account",
        "one_kind": "advice",
    }
    words = client.post(columns, fields).headers["Location"]
    assert words == reverse("import-words", kwargs={"public_id": file.public_id})
    check = client.post(words, {"kind_of_work_0": "direct work"}).headers["Location"]
    with django_assert_max_num_queries(12):
        page = client.get(check).content.decode()
    assert "Write the date as day/month/year." in page
    assert "Tam" not in page
    problems = client.get(reverse("import-problems", kwargs={"public_id": file.public_id})).content.decode("utf-8-sig")
    assert problems.splitlines() == ["Row,Column,What to do", "3,Date,Write the date as day/month/year."]
    assert "stand in the way" in client.post(check, {"x": "1"}).content.decode()
    assert client.post(check, {"leave_out": "on"}).headers["Location"] == reverse("import-list")
    assert Contact.objects.get().kind_of_work == "direct work"
    assert "log.csv" in client.get(reverse("import-list")).content.decode()


def test_an_imported_contact_is_corrected_by_the_manager(universe: Universe, signed_in: SignedIn) -> None:
    import_log(by=universe.manager, file=take_in(universe, LAMBETH))
    contact = Contact.objects.visible_to(universe.manager).first()
    assert contact is not None
    client = signed_in(universe.manager)
    page = client.get(reverse("contact", kwargs={"public_id": contact.public_id})).content.decode()
    assert "Not told by the imported log" in page
    form = {
        "school": str(contact.school.public_id), "date": "2019-09-05", "raised_by": "head", "kind_of_work": "advice",
        "role": "statutory", "time_band": "under 5 minutes", "reason": "Coded again",
    }  # fmt: skip
    client.post(reverse("contact-correct", kwargs={"public_id": contact.public_id}), form)
    contact.refresh_from_db()
    assert (contact.latest.version, contact.latest.date) == (2, date(2019, 9, 5))
    with pytest.raises(ValidationError, match="not imported twice"):
        take_in(universe, LAMBETH)
