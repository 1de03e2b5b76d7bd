"""What DuckDB does with what does not fit into memory."""

from __future__ import annotations

import stat
from contextlib import closing
from pathlib import Path

import duckdb
import ibis
import polars as pl
import pytest

from swis.errors import EngineError
from swis.panel.duckdb_engine import DuckdbEngine

PLANTED = "H201900000123"
ROWS = 600_000


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def draw_children() -> pl.DataFrame:
    """More than the memory that the tests give. Every number holds the one that is looked for."""
    row = pl.int_range(ROWS, eager=True)
    return pl.DataFrame({"row": row, "number": PLANTED + "-" + (row * 7919 % 1_000_003).cast(pl.String)})


def sort_all(children: ibis.Table) -> ibis.Table:
    return children.mutate(place=ibis.row_number().over(order_by=[children.number, children.row]))


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def holds_planted(folder: Path) -> bool:
    return any(PLANTED.encode() in path.read_bytes() for path in files_below(folder))


def test_what_is_spilled_lies_in_a_private_folder_and_is_not_in_clear(temporary: Path) -> None:
    with closing(DuckdbEngine(memory_limit="40MB", threads=2, spill="weakly encrypted")) as engine:
        engine.append("children", draw_children())
        engine.keep("sorted", sort_all(engine.table("children")))
        (folder,) = temporary.iterdir()
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert sum(path.stat().st_size for path in files_below(folder)) > 1_000_000
        assert not holds_planted(folder)
    assert list(temporary.iterdir()) == []


def test_the_search_would_find_what_is_in_clear(temporary: Path) -> None:
    settings = {"temp_directory": str(temporary), "memory_limit": "40MB", "threads": 2}
    with duckdb.connect(":memory:", config=settings) as connection:
        connection.execute("ATTACH ':memory:' AS children (COMPRESS)")
        connection.execute("USE children")
        connection.register("arriving", draw_children().to_arrow())
        connection.execute("CREATE TABLE children AS SELECT * FROM arriving")
        connection.execute("CREATE TABLE s AS SELECT *, row_number() OVER (ORDER BY number, row) AS p FROM children")
        assert holds_planted(temporary)


@pytest.mark.parametrize("spill", ["never", "encrypted"])
def test_without_encryption_nothing_is_spilled_and_the_build_says_what_to_do(
    spill: str, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(temporary / "nobody"))  # where DuckDB looks for the extension that encrypts
    with closing(DuckdbEngine(memory_limit="40MB", threads=2, spill=spill)) as engine:  # type: ignore[arg-type]
        assert not engine.spills
        with pytest.raises(EngineError, match=r"more memory than it was given.*INSTALL httpfs") as caught:
            engine.append("children", draw_children())
            engine.keep("sorted", sort_all(engine.table("children")))
        assert PLANTED not in str(caught.value)
        assert files_below(temporary) == []


def test_a_memory_that_is_no_size_is_refused() -> None:
    with pytest.raises(EngineError, match="memory a lot"):
        DuckdbEngine(memory_limit="a lot")


def test_an_engine_cannot_be_told_to_read_or_write_files(tmp_path: Path) -> None:
    with closing(DuckdbEngine()) as engine:
        engine.append("children", pl.DataFrame({"number": [PLANTED]}))
        for statement in (f"COPY children TO '{tmp_path}/out.csv'", "SET enable_external_access = true"):
            with pytest.raises(duckdb.Error):
                engine._connection.execute(statement)
    assert list(tmp_path.iterdir()) == []
