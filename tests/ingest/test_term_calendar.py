from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from swis.errors import TableError
from swis.ingest.term_calendar import read_term_calendars
from swis.terms import term_of

HEADING = "authority,school,academic_year,term,first_day,last_day,source\n"
YEAR = """\
201,,2019-20,autumn,2019-09-03,2019-12-20,
201,,2019-20,spring,06/01/2020,03/04/2020,
201,,2019-20,summer,2020-Apr-20,2020-07-17,
"""


def write(folder: Path, rows: str) -> Path:
    path = folder / "term_calendar.csv"
    path.write_text(HEADING + rows, encoding="utf-8")
    return path


def test_dates_in_three_forms_make_a_calendar(tmp_path: Path) -> None:
    calendar = read_term_calendars(write(tmp_path, YEAR)).calendar_of("201", "Any School")
    assert calendar is not None
    term = term_of(date(2020, 4, 20), calendar, holidays="not counted")
    assert term is not None
    assert term.name == "summer 2020"


def test_a_school_with_dates_of_its_own_has_its_own_calendar(tmp_path: Path) -> None:
    own = YEAR.replace("201,,", "201,Oak,").replace("2019-09-03", "2019-08-28")
    calendars = read_term_calendars(write(tmp_path, YEAR + own))
    oak, other = calendars.calendar_of("201", "Oak"), calendars.calendar_of("201", "Elm")
    assert oak is not None
    assert other is not None
    assert oak.terms[0].first_day == date(2019, 8, 28)
    assert other.terms[0].first_day == date(2019, 9, 3)
    assert calendars.calendar_of("202") is None


def test_overlapping_terms_are_refused_with_their_rows(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"201: autumn 2019 and spring 2020 overlap \(rows 2, 3\)"):
        read_term_calendars(write(tmp_path, YEAR.replace("2019-12-20", "2020-01-10")))


def test_a_missing_term_is_refused_with_the_rows_of_its_year(tmp_path: Path) -> None:
    rows = "".join(line for line in YEAR.splitlines(keepends=True) if "spring" not in line)
    with pytest.raises(TableError, match=r"2019-20 lacks spring \(rows 2, 3\)"):
        read_term_calendars(write(tmp_path, rows))


@pytest.mark.parametrize("year", ["2019-21", "19-20", "2019", "autumn"])
def test_what_is_no_academic_year_is_refused_with_its_row(tmp_path: Path, year: str) -> None:
    with pytest.raises(
        TableError, match=r"column academic_year: 3 of 3 values are not an academic year \(rows 2, 3, 4\)"
    ):
        read_term_calendars(write(tmp_path, YEAR.replace("2019-20", year)))


@pytest.mark.parametrize("day", ["03/13/2019", "2019-02-30", "3 September", "1066", "2019-09-03 25:00:00"])
def test_what_is_no_date_is_refused_with_its_row(tmp_path: Path, day: str) -> None:
    with pytest.raises(TableError, match=r"column first_day: 1 of 3 values is not a date \(row 2\)"):
        read_term_calendars(write(tmp_path, YEAR.replace("2019-09-03", day)))
