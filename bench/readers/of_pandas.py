"""pandas: the whole file in memory, dates typed, unchecked."""

from __future__ import annotations

from pathlib import Path

import pandas as pd


def register(path: Path) -> dict[str, int]:
    """Schools, and those that have closed."""
    frame = pd.read_csv(path, encoding="cp1252", dtype=str)
    for name in ("OpenDate", "CloseDate"):
        frame[name] = pd.to_datetime(frame[name], format="%d/%m/%Y")
    return {"schools": len(frame), "closed": int(frame["CloseDate"].count())}


def roll(path: Path) -> dict[str, int]:
    """Pupils."""
    frame = pd.read_csv(path, dtype=str)
    for name in ("dob", "entrydate"):
        frame[name] = pd.to_datetime(frame[name], format="%Y-%m-%d")
    return {"pupils": len(frame)}
