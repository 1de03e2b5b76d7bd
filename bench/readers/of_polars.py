"""Polars: the whole file in memory, dates typed, unchecked."""

from __future__ import annotations

from pathlib import Path

import polars as pl


def episodes(path: Path) -> dict[str, int]:
    """Episodes, and those that have ended."""
    days = (pl.col("DECOM").str.to_date("%d/%m/%Y"), pl.col("DEC").str.to_date("%d/%m/%Y"))
    frame = pl.read_csv(path, infer_schema=False).with_columns(days)
    return {"episodes": frame.height, "ended": frame["DEC"].count()}


def register(path: Path) -> dict[str, int]:
    """Schools, and those that have closed."""
    frame = pl.read_csv(path, infer_schema=False, encoding="windows-1252")
    days = frame.with_columns(pl.col("OpenDate", "CloseDate").str.to_date("%d/%m/%Y"))
    return {"schools": days.height, "closed": days["CloseDate"].count()}


def roll(path: Path) -> dict[str, int]:
    """Pupils."""
    frame = pl.read_csv(path, infer_schema=False).with_columns(pl.col("dob", "entrydate").str.to_date("%Y-%m-%d"))
    return {"pupils": frame.height}
