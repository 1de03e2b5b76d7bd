"""DuckDB as the engine of a panel: in memory, in this process."""

from __future__ import annotations

from tempfile import TemporaryDirectory
from typing import Literal, TypeAlias

import duckdb
import ibis
import polars as pl

from swis.errors import EngineError
from swis.panel.engine import Schemas, empty_frame_of, refuse_values, shape_result

Spill: TypeAlias = Literal["encrypted", "weakly encrypted", "never"]

_DATABASE = "children"
_ARRIVING = "arriving_rows"
_COMPRESS_AFTER = "128MB"
_NO_MEMORY = (
    "The build needs more memory than it was given, and nothing was written to disk, as it could not be encrypted. Give it more "
    "memory, use Spark, or install DuckDB's encryption once: python -c \"import duckdb; duckdb.execute('INSTALL httpfs')\"."
)
_OF_A_VALUE = (
    duckdb.ConversionException,
    duckdb.OutOfRangeException,
    duckdb.InvalidInputException,
    duckdb.ConstraintException,
    duckdb.DataError,
)


class DuckdbEngine:
    """Staged tables in memory, compressed. What does not fit is written to a private folder encrypted, or not at all.

    `memory_limit` is as DuckDB writes it, such as 8GB; empty: four fifths of the machine's. `spill` says what becomes of what
    does not fit. 'encrypted': it is written if DuckDB's httpfs extension is installed here, since DuckDB takes strong
    encryption from it; else nothing is written and the build stops. 'weakly encrypted': without the extension it is written
    with keys that DuckDB itself calls unsafe. 'never': nothing is written. In no case is anything written in clear.
    """

    name = "duckdb"

    def __init__(self, *, memory_limit: str = "", threads: int = 0, spill: Spill = "encrypted") -> None:
        self._schemas = Schemas()
        self._folder: TemporaryDirectory[str] | None = None
        self._connection = _connect(memory_limit, threads)
        if spill != "never" and _load_encryption(self._connection, weak=spill == "weakly encrypted"):
            self._folder = TemporaryDirectory(prefix="swis-")
        _set_up(self._connection, self._folder.name if self._folder else "")

    def __repr__(self) -> str:
        return f"DuckdbEngine({'spills encrypted' if self._folder else 'never spills'})"

    @property
    def spills(self) -> bool:
        """Whether what does not fit into memory is written to disk."""
        return self._folder is not None

    def append(self, name: str, frame: pl.DataFrame) -> None:
        """As `Engine.append`."""
        if name in self._schemas:
            self._write(name, f'INSERT INTO "{name}" SELECT * FROM {_ARRIVING}', self._schemas.conform(name, frame))
        else:
            self._make(name, frame)

    def table(self, name: str) -> ibis.Table:
        """As `Engine.table`."""
        return self._schemas.table(name)

    def keep(self, name: str, expression: ibis.Table) -> ibis.Table:
        """As `Engine.keep`."""
        self._make(name, empty_frame_of(expression))
        try:
            self._connection.execute(f'INSERT INTO "{name}" {ibis.to_sql(expression, dialect="duckdb")}')
        except (duckdb.OutOfMemoryException, *_OF_A_VALUE) as error:
            raise self._explain(name, error) from None
        return self.table(name)

    def drop(self, name: str) -> None:
        """As `Engine.drop`."""
        self._schemas.forget(name)
        self._connection.execute(f'DROP TABLE "{name}"')

    def run(self, expression: ibis.Table) -> pl.DataFrame:
        """As `Engine.run`."""
        try:
            rows = self._connection.sql(ibis.to_sql(expression, dialect="duckdb")).to_arrow_table()
        except (duckdb.OutOfMemoryException, *_OF_A_VALUE) as error:
            raise self._explain("a result", error) from None
        return shape_result(expression, pl.DataFrame(pl.from_arrow(rows)))

    def close(self) -> None:
        """As `Engine.close`."""
        self._connection.close()
        if self._folder:
            self._folder.cleanup()

    def _make(self, name: str, frame: pl.DataFrame) -> None:
        self._schemas.add(name, frame)
        self._write(name, f'CREATE TABLE "{name}" AS SELECT * FROM {_ARRIVING}', frame)

    def _write(self, name: str, statement: str, frame: pl.DataFrame) -> None:
        self._connection.register(_ARRIVING, frame.to_arrow())
        try:
            self._connection.execute(statement)
        except (duckdb.OutOfMemoryException, *_OF_A_VALUE) as error:
            raise self._explain(name, error) from None
        finally:
            self._connection.unregister(_ARRIVING)

    def _explain(self, what: str, error: Exception) -> EngineError:
        if not isinstance(error, duckdb.OutOfMemoryException):
            return refuse_values("DuckDB", what, error)
        if self.spills:
            return EngineError("The build needs more memory and disk than it was given. Give it more, or use Spark.")
        return EngineError(_NO_MEMORY)


def _connect(memory_limit: str, threads: int) -> duckdb.DuckDBPyConnection:
    settings: dict[str, str | bool | int | float | list[str]] = {
        "temp_directory": "",
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    if memory_limit:
        settings["memory_limit"] = memory_limit
    if threads:
        settings["threads"] = threads
    try:
        return duckdb.connect(":memory:", config=settings)
    except duckdb.Error as error:
        asked = f"memory {memory_limit or 'as it is'}, threads {threads or 'as they are'}"
        raise EngineError(
            f"DuckDB does not start with {asked}: {type(error).__name__}. Write the memory as 8GB."
        ) from None


def _load_encryption(connection: duckdb.DuckDBPyConnection, *, weak: bool) -> bool:
    """Whether what is spilled can be encrypted: with the extension that is installed, else only with what DuckDB calls unsafe."""
    try:
        connection.execute("LOAD httpfs")
    except duckdb.Error:
        if weak:
            connection.execute("SET force_mbedtls_unsafe = true")
        return weak
    return True


def _set_up(connection: duckdb.DuckDBPyConnection, folder: str) -> None:
    if folder:
        connection.execute("SET temp_file_encryption = true")
        connection.execute("SET temp_directory = $folder", {"folder": folder})
    connection.execute(f"ATTACH ':memory:' AS {_DATABASE} (COMPRESS)")
    connection.execute(f"USE {_DATABASE}")
    # Rows that arrive are compressed at each checkpoint, and those of an unfinished group of rows again at the next.
    connection.execute(f"SET checkpoint_threshold = '{_COMPRESS_AFTER}'")
    # Rows have no order here: without one, large results are not held back until the first is there.
    for setting in (
        "preserve_insertion_order",
        "python_enable_replacements",
        "enable_progress_bar",
        "enable_external_access",
    ):
        connection.execute(f"SET {setting} = false")
    connection.execute("SET lock_configuration = true")
