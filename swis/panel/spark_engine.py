"""Spark as the engine of a panel: for more than one machine holds. Needs `pip install 'swis[spark]'` and Java."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from shutil import rmtree, which

import ibis
import polars as pl

from swis.errors import EngineError
from swis.panel.engine import Schemas, empty_frame_of, refuse_values, shape_result
from swis.panel.private_files import write_private
from swis.panel.staging_folder import StagingFolder

try:
    from pyspark.errors import PySparkException
    from pyspark.logger import PySparkLogger
    from pyspark.sql import DataFrame, SparkSession
except ImportError:
    raise EngineError("Spark is not installed. Install it with pip install 'swis[spark]', or use DuckDB.") from None

_TYPES: Mapping[str, str] = {
    "int8": "tinyint",
    "int16": "smallint",
    "int32": "int",
    "int64": "bigint",
    "float32": "float",
    "float64": "double",
    "string": "string",
    "boolean": "boolean",
    "date": "date",
}
_SETTINGS: Mapping[str, str] = {
    "spark.ui.enabled": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.io.encryption.enabled": "true",
    "spark.ui.showConsoleProgress": "false",
    "spark.hadoop.fs.permissions.umask-mode": "077",
}
_LOGS_OF_VALUES = (
    "DataFrameQueryContextLogger",
    "SQLQueryContextLogger",
)  # they quote the value that a query failed on


class SparkEngine:
    """Staged tables as Parquet in a private folder below `staging`, which every worker of the cluster must see.

    The folder holds children in clear while the panel is built, and is removed on close. Folders of processes that were
    killed are removed when the next engine is made. What Spark itself spills is encrypted, in sessions that `start_spark`
    made. The session goes on after close: who started it stops it.
    """

    name = "spark"

    def __init__(self, session: SparkSession, *, staging: Path | None = None) -> None:
        for logger in _LOGS_OF_VALUES:
            PySparkLogger.getLogger(logger).disabled = True
        self._session = session.newSession()
        self._schemas = Schemas()
        self._parts: dict[str, int] = {}
        self._views: set[str] = set()
        try:
            self._folder = StagingFolder(staging)
        except OSError as error:
            raise EngineError(
                f"{staging}: nothing can be staged there: {error.strerror}. Name another folder."
            ) from None

    def __repr__(self) -> str:
        return f"SparkEngine({len(self._parts)} tables)"

    def append(self, name: str, frame: pl.DataFrame) -> None:
        """As `Engine.append`."""
        if name in self._schemas:
            frame = self._schemas.conform(name, frame)
        else:
            self._schemas.add(name, frame)
        part = self._parts[name] = self._parts.get(name, 0) + 1
        self._views.discard(name)
        self._path(name).mkdir(exist_ok=True)
        write_private(self._path(name) / f"part-{part:06}.parquet", frame.write_parquet)

    def table(self, name: str) -> ibis.Table:
        """As `Engine.table`."""
        return self._schemas.table(name)

    def keep(self, name: str, expression: ibis.Table) -> ibis.Table:
        """As `Engine.keep`."""
        self._schemas.add(name, empty_frame_of(expression))
        try:
            self._typed(expression).write.parquet(str(self._path(name)))
        except PySparkException as error:
            raise refuse_values("Spark", name, error) from None
        self._parts[name] = 0
        return self.table(name)

    def drop(self, name: str) -> None:
        """As `Engine.drop`."""
        self._schemas.forget(name)
        del self._parts[name]
        if name in self._views:
            self._session.catalog.dropTempView(name)
            self._views.discard(name)
        rmtree(self._path(name))

    def run(self, expression: ibis.Table) -> pl.DataFrame:
        """As `Engine.run`."""
        try:
            rows = self._typed(expression).toArrow()
        except PySparkException as error:
            raise refuse_values("Spark", "a result", error) from None
        return shape_result(expression, pl.DataFrame(pl.from_arrow(rows)))

    def close(self) -> None:
        """As `Engine.close`."""
        try:
            for name in self._views:
                self._session.catalog.dropTempView(name)
            self._views.clear()
        finally:
            # Spark may be gone already, where the whole group of processes was stopped.
            self._folder.remove()

    def _path(self, name: str) -> Path:
        return self._folder.path / name

    def _typed(self, expression: ibis.Table) -> DataFrame:
        """The rows of an expression in the types that Ibis says they have."""
        self._make_views()
        rows = self._session.sql(str(ibis.to_sql(expression, dialect="pyspark")))
        columns = []
        for name, data_type in expression.schema().items():
            declared = _TYPES.get(str(data_type.copy(nullable=True)))
            columns.append(rows[name].cast(declared).alias(name) if declared else rows[name])
        return rows.select(columns)

    def _make_views(self) -> None:
        """A view is made of the files that are there: anew, once there are more."""
        for name in self._parts.keys() - self._views:
            self._session.read.parquet(str(self._path(name))).createOrReplaceTempView(name)
            self._views.add(name)


def start_spark(master: str, *, local_folder: Path | None = None) -> SparkSession:
    """A session on the cluster of that master, such as local[2] or spark://host:7077. Raises EngineError.

    `local_folder` is where Spark spills, encrypted. Whoever starts the session stops it.
    """
    if not (os.environ.get("JAVA_HOME") or which("java")):
        raise EngineError("Spark needs Java 17 or later, and there is none here. Install it, or use DuckDB.")
    builder = SparkSession.builder.master(master).appName("swis")
    for setting, value in _SETTINGS.items():
        builder = builder.config(setting, value)
    if local_folder:
        builder = builder.config("spark.local.dir", str(local_folder))
    try:
        session = builder.getOrCreate()
    except PySparkException as error:
        raise EngineError(f"Spark does not start with the master {master}: {type(error).__name__}.") from None
    session.sparkContext.setLogLevel("OFF")
    return session
