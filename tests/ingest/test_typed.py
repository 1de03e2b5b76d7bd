from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from swis.ingest.finding import Effect, Finding, Matter, Tally
from swis.ingest.sense import check_dates
from swis.ingest.typed import type_rows
from swis.tables.column import Column, Kind
from swis.tables.table import Table


def declare(kind: Kind, **more: object) -> Table:
    column = Column("value", kind, "A value.", statutory=("Value",), **{"required": False, **more})  # type: ignore[arg-type]
    return Table("drawn", "drawn.csv", "Drawn.", "All.", "None.", (column,))


def read(table: Table, *texts: str | None) -> tuple[list[object], tuple[Finding, ...]]:
    rows = pl.DataFrame(
        {"row": range(2, len(texts) + 2), "value": list(texts)}, schema={"row": pl.Int64, "value": pl.String}
    )
    tally = Tally()
    tally.begin_file("drawn.csv")
    return type_rows(table, rows, tally)["value"].to_list(), tally.sum_up("row").findings


@pytest.mark.parametrize(
    ("text", "value", "matter"),
    [
        ("12", 12, None),
        (" 12 ", 12, None),
        ("12.0", 12, Matter.TIDIED),
        ("1,234", 1234, Matter.TIDIED),
        ("12.5", None, Matter.UNREADABLE),
        ("1e5", None, Matter.UNREADABLE),
        ("twelve", None, Matter.UNREADABLE),
        ("SUPP", None, Matter.SYMBOL),
        ("<5", None, Matter.SYMBOL),
        ("..", None, Matter.SYMBOL),
        ("-1", None, Matter.BELOW_MINIMUM),
        ("", None, None),
    ],
)
def test_a_whole_number_is_read_or_found(text: str, value: int | None, matter: Matter | None) -> None:
    values, findings = read(declare(Kind.WHOLE_NUMBER, minimum=0), text)
    assert values == [value]
    assert [finding.matter for finding in findings] == ([matter] if matter else [])


@pytest.mark.parametrize(
    ("text", "value"),
    [("32.7", 32.7), ("1,234.5", 1234.5), ("12%", 12.0), ("nan", None), ("inf", None), ("1e999", None)],
)
def test_a_number_is_finite_or_null(text: str, value: float | None) -> None:
    assert read(declare(Kind.NUMBER), text)[0] == [value]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2012-01-21", date(2012, 1, 21)),
        ("21/01/2012", date(2012, 1, 21)),
        ("2012-Jan-21 00:00:00", date(2012, 1, 21)),
        ("2012-01-21T00:00:00", date(2012, 1, 21)),
        ("21/01/2012 00:00", date(2012, 1, 21)),
        ("21/01/12", None),
        ("2012-02-30", None),
        ("01/21/2012", None),
        ("41012", None),
    ],
)
def test_a_date_is_read_alone_and_among_dates_of_another_form(text: str, value: date | None) -> None:
    table = declare(Kind.DATE)
    assert read(table, text)[0] == [value]
    assert read(table, "01/02/2003", "2004-05-06", text, None)[0] == [date(2003, 2, 1), date(2004, 5, 6), value, None]


def test_a_required_value_that_cannot_be_read_drops_its_row_and_says_so() -> None:
    values, findings = read(declare(Kind.DATE, required=True), "2012-01-21", "soon", None)
    assert values == [date(2012, 1, 21)]
    assert {(f.matter, f.effect, f.places) for f in findings} == {
        (Matter.UNREADABLE, Effect.DROPPED, (3,)),
        (Matter.NO_VALUE, Effect.DROPPED, (4,)),
    }


def test_ten_places_are_kept_and_all_are_counted() -> None:
    _, (finding,) = read(declare(Kind.DATE), *["soon"] * 25)
    assert (finding.count, finding.places) == (25, tuple(range(2, 12)))


def test_a_column_without_any_value_has_its_type() -> None:
    for kind, data_type in ((Kind.DATE, pl.Date), (Kind.YES_NO, pl.Boolean), (Kind.NUMBER, pl.Float64)):
        rows = pl.DataFrame(schema={"row": pl.Int64, "value": pl.String})
        assert type_rows(declare(kind), rows, Tally()).schema["value"] == data_type


def test_a_conference_that_is_due_after_the_day_of_the_return_makes_sense() -> None:
    columns = tuple(Column(name, Kind.DATE, "A day.", required=False) for name in ("conference_due_on", "started_on"))
    table = Table("drawn", "drawn.csv", "Drawn.", "All.", "None.", columns)
    frame = pl.DataFrame({"row": [2], "conference_due_on": [date(2022, 4, 9)], "started_on": [date(2022, 4, 1)]})
    tally = Tally()
    tally.begin_file("drawn.csv")
    check_dates(table, frame, tally, place="row", returned_on=date(2022, 3, 31))
    assert [(f.column, f.matter) for f in tally.sum_up("row").findings] == [("started_on", Matter.IN_THE_FUTURE)]
