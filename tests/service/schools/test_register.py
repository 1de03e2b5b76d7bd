"""Bringing the schools of the register in."""

from __future__ import annotations

import csv
import io
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from service.audit.models import Action, Entry
from service.permissions import Role
from service.schools.actions.register import compare_with_register, import_register
from service.schools.models import School
from service.schools.register import NEEDED, NotTheRegister, read_register
from tests.service.conftest import SignedIn
from tests.service.universe import Universe

ORDINARY = {
    "URN": "900010",
    "LA (code)": "801",
    "EstablishmentName": "Elm School",
    "TypeOfEstablishment (name)": "Community school",
    "EstablishmentTypeGroup (name)": "Local authority maintained schools",
    "EstablishmentStatus (code)": "1",
    "OpenDate": "01-09-1990",
    "CloseDate": "",
    "PhaseOfEducation (code)": "4",
    "NumberOfPupils": "812",
    "PercentageFSM": "23.45",
}
HERE = frozenset({"801"})


def register(*rows: dict[str, str], encoding: str = "utf-8") -> bytes:
    """A file of the register; each row differs from an ordinary school as said."""
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=["Postcode", *NEEDED], restval="")
    writer.writeheader()
    writer.writerows([ORDINARY | row for row in rows])
    return text.getvalue().encode(encoding)


def test_a_school_is_read_as_the_register_has_it() -> None:
    school = read_register(register({}), authorities=HERE).rows[0]
    assert (school.urn, school.name, school.phase, school.pupils) == ("900010", "Elm School", "secondary", 812)
    assert (school.free_school_meals_percent, school.opened, school.closed) == (Decimal("23.4"), date(1990, 9, 1), None)


@pytest.mark.parametrize(
    ("row", "phase"),
    [
        ({"PhaseOfEducation (code)": "2"}, "primary"),
        ({"PhaseOfEducation (code)": "5"}, "secondary"),
        ({"PhaseOfEducation (code)": "7"}, "all-through"),
        ({"PhaseOfEducation (code)": "0", "EstablishmentTypeGroup (name)": "Special schools"}, "special"),
        ({"PhaseOfEducation (code)": "0", "TypeOfEstablishment (name)": "Academy special converter"}, "special"),
        (
            {"PhaseOfEducation (code)": "0", "TypeOfEstablishment (name)": "Pupil referral unit"},
            "alternative provision",
        ),
    ],
)
def test_the_phase_is_taken_from_phase_and_type(row: dict[str, str], phase: str) -> None:
    assert read_register(register(row), authorities=HERE).rows[0].phase == phase


def test_what_is_passed_over_is_counted() -> None:
    reading = read_register(
        register({"LA (code)": "802"}, {"PhaseOfEducation (code)": "6"}, {"EstablishmentStatus (code)": "4"}),
        authorities=HERE,
    )
    assert not reading.rows
    assert reading.passed_over == {"of other authorities": 1, "nurseries, colleges and proposed schools": 2}


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ({"URN": "12345"}, "URN"),
        ({"URN": "12345x"}, "URN"),
        ({"EstablishmentName": ""}, "EstablishmentName"),
        ({"EstablishmentName": "x" * 151}, "EstablishmentName"),
        ({"OpenDate": "31-02-1990"}, "OpenDate"),
        ({"OpenDate": "01-09-2020", "CloseDate": "31-08-2019"}, "CloseDate"),
        ({"NumberOfPupils": "-4"}, "NumberOfPupils"),
        ({"NumberOfPupils": "²"}, "NumberOfPupils"),
        ({"PercentageFSM": "101"}, "PercentageFSM"),
        ({"PercentageFSM": "NaN"}, "PercentageFSM"),
    ],
)
def test_a_row_that_cannot_be_is_listed_with_its_column(row: dict[str, str], column: str) -> None:
    reading = read_register(register({}, {"URN": "900011"} | row), authorities=HERE)
    assert len(reading.rows) == 1
    assert [(problem.row, problem.column) for problem in reading.problems] == [(3, column)]


def test_a_number_that_stands_twice_is_a_problem() -> None:
    assert read_register(register({}, {}), authorities=HERE).problems[0].column == "URN"


def test_the_older_coding_of_the_register_is_read() -> None:
    content = register({"EstablishmentName": "St John’s École"}, encoding="cp1252")
    assert read_register(content, authorities=HERE).rows[0].name == "St John’s École"


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04\x00\x00", b"URN,Name\n1,2\n", b"\xff\xfe\x00", b'"' + b"a" * 200_000]
)
def test_what_is_not_the_register_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(NotTheRegister):
        read_register(content, authorities=HERE)


@given(st.binary(max_size=300))
def test_no_file_makes_the_reader_fall_over(content: bytes) -> None:
    with suppress(NotTheRegister):
        read_register(register({}) + content, authorities=HERE)


def test_a_check_changes_nothing(universe: Universe) -> None:
    done = compare_with_register(by=universe.administrator, content=register({}))
    assert done.added == ["Elm School"] and School.objects.count() == 4
    assert not Entry.objects.exists()


def test_an_import_adds_corrects_and_names_who_is_missing(universe: Universe) -> None:
    content = register(
        {},
        {"URN": "900001", "EstablishmentName": "Alder Academy"},
        {"URN": "900009", "EstablishmentStatus (code)": "2"},
    )
    done = import_register(by=universe.administrator, content=content)
    assert done.added == ["Elm School"]
    assert done.changed == {"Alder Academy": ["pupils", "free_school_meals_percent", "opened"]}
    assert done.missing == ["Ash Primary", "Beech High"]
    assert done.passed_over["closed and not known here"] == 1
    assert School.objects.get(urn="900001").pupils == 812
    change = Entry.objects.get(action=Action.CHANGE)
    assert change.details["changed"] == ["free_school_meals_percent", "opened", "pupils"]
    assert Entry.objects.get(action=Action.RUN).details["added"] == 1
    again = import_register(by=universe.administrator, content=content)
    assert not again.added and not again.changed and again.unchanged == 2


def test_a_school_that_closed_is_marked_as_closed(universe: Universe) -> None:
    row = {
        "URN": "900003",
        "EstablishmentName": "Beech High",
        "EstablishmentStatus (code)": "2",
        "CloseDate": "31-08-2026",
    }
    import_register(by=universe.administrator, content=register(row))
    assert School.objects.get(urn="900003").closed == date(2026, 8, 31)


def test_the_schools_of_another_authority_stay_as_they_are(universe: Universe) -> None:
    rows = ({"URN": "900004", "LA (code)": "802"}, {"URN": "900004", "LA (code)": "801"})
    done = import_register(by=universe.administrator, content=register(*rows))
    assert School.objects.get(urn="900004").name == "Cedar School"
    assert [problem.column for problem in done.problems] == ["LA (code)"]


def test_nobody_else_imports(universe: Universe) -> None:
    for by in (universe.manager, universe.stranger):
        with pytest.raises(PermissionDenied):
            import_register(by=by, content=register({}))


def test_the_page_checks_first_and_then_imports(universe: Universe, signed_in: SignedIn) -> None:
    client, page = signed_in(universe.administrator), reverse("school-register")

    def send(do: str, content: bytes) -> Any:
        return client.post(page, {"do": do, "file": SimpleUploadedFile("register.csv", content)})

    assert b"Nothing was changed" in send("check", register({})).content
    assert School.objects.count() == 4
    assert b"The register is imported" in send("import", register({})).content
    assert School.objects.filter(name="Elm School", authority=universe.northbrook).exists()
    assert b"lacks the column" in send("check", b"a,b\n1,2\n").content


def test_it_refuses_a_team_manager(universe: Universe, signed_in: SignedIn) -> None:
    assert signed_in(universe.own[Role.TEAM_MANAGER]).get(reverse("school-register")).status_code == 403
