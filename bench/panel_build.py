"""A panel from the returns of a synthetic authority: reading them into an engine, and counting what is there.

Each function gets everything ready and gives the call that is timed.
"""

from __future__ import annotations

from pathlib import Path

from bench.panel_care import Answer, Ready
from swis.panel.build import build_panel
from swis.panel.duckdb_engine import DuckdbEngine
from swis.panel.engine import Engine
from swis.panel.settings import PanelSettings
from swis.panel.spark_engine import SparkEngine, start_spark
from swis.panel.staging import StagedReturns, stage_returns

_SETTINGS = PanelSettings("Fictown")


def reading(folder: Path) -> Ready:
    """All files, checked and staged."""

    def read() -> Answer:
        staged = _stage(folder, DuckdbEngine())
        return {"rows": sum(source.rows_kept for source in staged.sources)}

    return read


def counting(folder: Path) -> Ready:
    """Everything after that."""
    staged = _stage(folder, DuckdbEngine())
    return lambda: _count(staged)


def counting_on_spark(folder: Path) -> Ready:
    """The same on Spark within this machine, without its start."""
    staged = _stage(folder, SparkEngine(start_spark("local[2]")))

    def count_and_close() -> Answer:
        try:
            return _count(staged)
        finally:
            staged.engine.close()

    return count_and_close


def _stage(folder: Path, engine: Engine) -> StagedReturns:
    return stage_returns([folder], engine, _SETTINGS)


def _count(staged: StagedReturns) -> Answer:
    panel = build_panel(staged, _SETTINGS)
    names = ("section_47_enquiries", "days_in_care", "sessions_possible", "pupils_on_census_day")
    return {"cells": panel.cells.height, **{name: int(panel.cells[name].sum()) for name in names}}
