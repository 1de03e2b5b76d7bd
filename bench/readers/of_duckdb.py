"""DuckDB: the file as a table in memory, dates typed, unchecked."""

from __future__ import annotations

from pathlib import Path

import duckdb

_EPISODES = """
create table episodes as select
  * replace (strptime(DECOM, '%d/%m/%Y')::date as DECOM, strptime(nullif(DEC, ''), '%d/%m/%Y')::date as DEC)
from read_csv(?, header = true, all_varchar = true)
"""


def episodes(path: Path) -> dict[str, int]:
    """Episodes, and those that have ended."""
    with duckdb.connect() as database:
        database.execute(_EPISODES, [str(path)])
        found = database.execute("select count(*), count(DEC) from episodes").fetchone()
    return dict(zip(("episodes", "ended"), found or (), strict=True))
