"""What every engine does, DuckDB and Spark alike."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import ibis
import polars as pl
import pytest

from swis.errors import EngineError
from swis.panel.duckdb_engine import DuckdbEngine
from swis.panel.engine import Engine
from swis.panel.spark_engine import SparkEngine

PUPILS = pl.DataFrame(
    {
        "pupil": ["b", "a", "a", None, "c"],
        "from_day": [date(2019, 9, 3), date(2019, 1, 7), date(2019, 9, 3), date(2020, 2, 29), None],
        "sessions": [120, 100, None, 60, 0],
        "present": [True, False, None, True, False],
    },
    schema={"pupil": pl.String, "from_day": pl.Date, "sessions": pl.Int64, "present": pl.Boolean},
)
TERMS = pl.DataFrame(
    {
        "term": ["spring", "autumn", "spring after"],
        "first_day": [date(2019, 1, 7), date(2019, 9, 3), date(2020, 1, 6)],
        "last_day": [date(2019, 4, 5), date(2019, 12, 20), date(2020, 4, 3)],
    }
)


@pytest.fixture(params=["duckdb", pytest.param("spark", marks=pytest.mark.slow)])
def engine(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    made: Engine
    if request.param == "duckdb":
        made = DuckdbEngine(spill="weakly encrypted", threads=2)
    else:
        made = SparkEngine(request.getfixturevalue("spark"), staging=tmp_path)
    with closing(made):
        yield made
    assert list(tmp_path.iterdir()) == []


def run(engine: Engine, expression: ibis.Table) -> list[tuple[object, ...]]:
    frame = engine.run(expression)
    return frame.sort(frame.columns, nulls_last=True).rows()


def stage(engine: Engine) -> tuple[ibis.Table, ibis.Table]:
    engine.append("pupils", PUPILS)
    engine.append("terms", TERMS)
    return engine.table("pupils"), engine.table("terms")


def test_a_table_that_is_dropped_is_gone_and_its_name_free(engine: Engine) -> None:
    pupils, _ = stage(engine)
    kept = engine.keep("kept", pupils.select("pupil"))
    assert len(run(engine, kept)) == PUPILS.height
    engine.drop("kept")
    with pytest.raises(KeyError):
        engine.table("kept")
    again = engine.keep("kept", pupils.filter(pupils.pupil == "c").select("pupil"))
    assert run(engine, again) == [("c",)]
    engine.drop("kept")
    engine.drop("terms")
    with pytest.raises(KeyError):
        engine.drop("terms")


def test_a_table_comes_back_as_it_was_given(engine: Engine) -> None:
    pupils, _ = stage(engine)
    back = engine.run(pupils)
    assert back.schema == PUPILS.schema
    assert back.sort(back.columns).equals(PUPILS.sort(PUPILS.columns))


def test_batches_add_up_whatever_the_order_of_their_columns(engine: Engine) -> None:
    engine.append("pupils", PUPILS.clear())
    engine.append("pupils", PUPILS.head(2).select("sessions", "present", "pupil", "from_day"))
    assert run(engine, engine.table("pupils").count().as_table()) == [(2,)]
    engine.append("pupils", PUPILS.tail(3))
    assert run(engine, engine.table("pupils").count().as_table()) == [(5,)]


def test_a_batch_with_other_columns_is_refused(engine: Engine) -> None:
    engine.append("pupils", PUPILS)
    with pytest.raises(ValueError, match="differ from batch to batch"):
        engine.append("pupils", PUPILS.drop("present"))


def test_a_table_without_rows_is_there_and_can_be_counted(engine: Engine) -> None:
    engine.append("nobody", PUPILS.clear())
    nobody = engine.table("nobody")
    assert run(engine, nobody.aggregate(rows=nobody.count(), sessions=nobody.sessions.sum())) == [(0, None)]
    assert engine.run(nobody).schema == PUPILS.schema


def test_a_table_that_is_not_there_is_an_error(engine: Engine) -> None:
    with pytest.raises(KeyError):
        engine.table("nobody")


def test_counts_and_sums_have_the_types_that_ibis_says(engine: Engine) -> None:
    pupils, _ = stage(engine)
    by_pupil = pupils.group_by("pupil").aggregate(rows=pupils.count(), sessions=pupils.sessions.sum())
    schema = {"pupil": pl.String(), "rows": pl.Int64(), "sessions": pl.Int64()}
    assert dict(engine.run(by_pupil).schema) == schema
    kept = engine.keep("by_pupil", by_pupil)
    assert dict(engine.run(kept).schema) == schema
    assert run(engine, kept) == [("a", 2, 100), ("b", 1, 120), ("c", 1, 0), (None, 1, 60)]


def test_a_kept_table_does_not_change_with_what_is_added_later(engine: Engine) -> None:
    pupils, _ = stage(engine)
    kept = engine.keep("kept", pupils.filter(pupils.pupil.notnull()))
    engine.append("pupils", PUPILS)
    assert run(engine, kept.count().as_table()) == [(4,)]
    with pytest.raises(ValueError, match="there already"):
        engine.keep("kept", pupils)


def test_windows_count_and_look_ahead_within_each_pupil(engine: Engine) -> None:
    pupils, _ = stage(engine)
    dated = pupils.filter(pupils.from_day.notnull() & pupils.pupil.notnull())
    window = ibis.window(group_by=dated.pupil, order_by=dated.from_day)
    told = dated.select(
        "pupil", "from_day", place=ibis.row_number().over(window), next_day=dated.from_day.lead(1).over(window)
    )
    assert run(engine, told) == [
        ("a", date(2019, 1, 7), 0, date(2019, 9, 3)),
        ("a", date(2019, 9, 3), 1, None),
        ("b", date(2019, 9, 3), 0, None),
    ]


def test_a_running_maximum_takes_only_the_rows_before(engine: Engine) -> None:
    pupils, _ = stage(engine)
    dated = pupils.filter(pupils.from_day.notnull())
    reached = dated.filter(dated.pupil.isnull() | (dated.pupil != "b"))
    window = ibis.window(order_by=reached.from_day, preceding=(None, 1))
    told = reached.select("from_day", before=reached.sessions.max().over(window))
    assert run(engine, told) == [(date(2019, 1, 7), None), (date(2019, 9, 3), 100), (date(2020, 2, 29), 100)]


def test_a_day_joins_the_term_that_holds_it_and_a_null_joins_none(engine: Engine) -> None:
    pupils, terms = stage(engine)
    joined = pupils.left_join(terms, [pupils.from_day >= terms.first_day, pupils.from_day <= terms.last_day])
    assert run(engine, joined.select("pupil", "term")) == [
        ("a", "autumn"),
        ("a", "spring"),
        ("b", "autumn"),
        ("c", None),
        (None, "spring after"),
    ]


def test_a_null_key_joins_nothing(engine: Engine) -> None:
    pupils, _ = stage(engine)
    other = pupils.select(same="pupil", there="from_day").distinct()
    assert len(run(engine, pupils.inner_join(other, pupils.pupil == other.same).select("pupil", "there"))) == 6


def test_nulls_in_conditions_are_neither_true_nor_false(engine: Engine) -> None:
    pupils, _ = stage(engine)
    counted = pupils.aggregate(
        present=pupils.present.cast("int64").sum(),
        absent=(~pupils.present).sum(),
        not_known=pupils.present.isnull().sum(),
        pupils=pupils.pupil.nunique(),
    )
    assert run(engine, counted) == [(2, 2, 1, 3)]


def test_the_latest_value_that_is_there_decides(engine: Engine) -> None:
    pupils, _ = stage(engine)
    latest = pupils.group_by("pupil").aggregate(
        sessions=pupils.sessions.argmax(pupils.from_day, where=pupils.sessions.notnull())
    )
    assert [row for row in run(engine, latest) if row[0] in ("a", "b")] == [("a", 100), ("b", 120)]


def test_days_are_counted_over_a_leap_day_and_a_change_of_the_clock(engine: Engine) -> None:
    pupils, _ = stage(engine)
    days = pupils.from_day.delta(ibis.date(2019, 1, 1), unit="day")
    told = pupils.filter(pupils.from_day.notnull()).select("from_day", days=days, month=pupils.from_day.month())
    assert sorted(set(run(engine, told))) == [
        (date(2019, 1, 7), 6, 1),
        (date(2019, 9, 3), 245, 9),
        (date(2020, 2, 29), 424, 2),
    ]


def test_words_are_told_apart_by_their_letters(engine: Engine) -> None:
    engine.append("schools", pl.DataFrame({"school": ["a", "A", "a ", "á", "B", "b"]}))
    schools = engine.table("schools")
    assert engine.run(schools.aggregate(schools=schools.school.nunique())).item() == 6
    assert engine.run(schools.aggregate(first=schools.school.min())).item() == "A"


def test_an_error_about_a_value_does_not_tell_it(engine: Engine, capfd: pytest.CaptureFixture[str]) -> None:
    engine.append("children", pl.DataFrame({"unique_pupil_number": ["H201900000123"]}))
    children = engine.table("children")
    for attempt in (
        lambda: engine.run(children.select(number=children.unique_pupil_number.cast("int64"))),
        lambda: engine.keep("numbers", children.select(number=children.unique_pupil_number.cast("int64"))),
    ):
        with pytest.raises(EngineError, match="could not compute") as caught:
            attempt()
        assert "H2019" not in str(caught.value)
        assert caught.value.__suppress_context__
    assert "H2019" not in "".join(capfd.readouterr())


def test_closing_twice_does_no_harm(engine: Engine) -> None:
    stage(engine)
    engine.close()
    engine.close()


def test_its_repr_holds_no_value(engine: Engine) -> None:
    engine.append("children", pl.DataFrame({"unique_pupil_number": ["H201900000123"]}))
    assert "H2019" not in repr(engine)


def test_nothing_is_left_when_the_work_ends_in_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(KeyError), closing(DuckdbEngine(spill="weakly encrypted")) as engine:
        engine.append("pupils", PUPILS)
        engine.table("nobody")
    assert list(tmp_path.iterdir()) == []
