"""What a panel asks of the engine that holds the children while it is built."""

from __future__ import annotations

from typing import Protocol

import ibis
import polars as pl

from swis.errors import EngineError


class Engine(Protocol):
    """Holds staged tables, computes Ibis expressions over them, and leaves nothing behind.

    Expressions name tables and nothing of an engine: the same expression runs on every one.
    """

    @property
    def name(self) -> str:
        """What the engine is called: duckdb or spark."""

    def append(self, name: str, frame: pl.DataFrame) -> None:
        """Adds rows to a staged table. The first call makes the table, with the columns of its frame, rows or none."""

    def table(self, name: str) -> ibis.Table:
        """A table that was staged or kept, to build expressions on. Raises KeyError."""

    def keep(self, name: str, expression: ibis.Table) -> ibis.Table:
        """The rows of an expression as a table of that name: computed once, in the engine. Raises EngineError."""

    def drop(self, name: str) -> None:
        """Forgets a table, and frees what it takes. Raises KeyError."""

    def run(self, expression: ibis.Table) -> pl.DataFrame:
        """The rows of an expression, in no order. For aggregates: they leave the engine. Raises EngineError."""

    def close(self) -> None:
        """Takes everything away, in memory and on disk. May be called twice."""


class Schemas:
    """The names and types of the columns of each table, which an engine need not be asked for."""

    def __init__(self) -> None:
        self._of_tables: dict[str, ibis.Schema] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._of_tables

    def add(self, name: str, frame: pl.DataFrame) -> None:
        """Remembers the columns of a table. Raises ValueError if it is there already."""
        if name in self._of_tables:
            raise ValueError(f"The table {name} is there already.")
        self._of_tables[name] = ibis.Schema.from_polars(frame.schema)

    def forget(self, name: str) -> None:
        """The table is there no more. Raises KeyError."""
        del self._of_tables[name]

    def table(self, name: str) -> ibis.Table:
        """The table for expressions. Raises KeyError."""
        return ibis.table(self._of_tables[name], name=name)

    def conform(self, name: str, frame: pl.DataFrame) -> pl.DataFrame:
        """A further batch in the columns and types of the table. Raises ValueError if columns differ."""
        schema = self._of_tables[name].to_polars()
        if set(schema) != set(frame.columns):
            raise ValueError(f"The columns of {name} differ from batch to batch.")
        return frame.select(pl.col(column).cast(data_type) for column, data_type in schema.items())


def shape_result(expression: ibis.Table, frame: pl.DataFrame) -> pl.DataFrame:
    """A result in the types that Ibis says it has: engines count and sum in types of their own."""
    return frame.cast(expression.schema().to_polars())


def empty_frame_of(expression: ibis.Table) -> pl.DataFrame:
    """The columns of an expression, without rows."""
    return pl.DataFrame(schema=expression.schema().to_polars())


def refuse_values(engine: str, what: str, error: Exception) -> EngineError:
    """The error for a calculation that failed on a value. What the engine said of it may hold the value and is left out."""
    return EngineError(f"{engine} could not compute {what}: {type(error).__name__}. Nothing was written.")
