from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from swis.ingest.across import Duplicates, Spells
from swis.ingest.finding import Matter, Tally
from tests.ingest.measure import measure_peak_megabytes

FIRST = date(2021, 4, 1)
EPISODES_IN_MEMORY = """
import polars as pl
from datetime import date
from swis.ingest.across import Duplicates, Spells
from swis.ingest.finding import Tally
spells = Spells(("episodes", "started_on"), most=10_000_000)
for part in range(40):
    rows = pl.Series("row", range(part * 50_000, part * 50_000 + 50_000))
    child = (rows // 2).cast(pl.String)
    day = (rows % 365).cast(pl.Int32).cast(pl.Date)
    spells.add(child, pl.DataFrame([rows, day.alias("started_on"), day.alias("ended_on"), (rows < 0).alias("goes_on")]), file=0)
tally = Tally()
tally.begin_file("episodes.csv")
spells.note(tally)
"""

episode = st.tuples(st.integers(0, 40), st.integers(0, 12), st.one_of(st.none(), st.integers(0, 15)), st.booleans())


def find_plainly(episodes: list[tuple[int, int, int | None, bool]]) -> dict[Matter | None, list[int]]:
    """One child after another, one episode after another."""
    found: dict[Matter | None, list[int]] = {}
    for child in {episode[0] for episode in episodes}:
        mine = sorted((e[1], row, e[2], e[3]) for row, e in enumerate(episodes) if e[0] == child)
        for before, this in pairwise(mine):
            if before[0] == this[0]:
                found.setdefault(Matter.DUPLICATE, []).append(this[1])
        once = sorted({(each[0], each[2]): each for each in reversed(mine)}.values())
        for before, this in pairwise(once):
            found.setdefault(_tell(before, this), []).append(this[1])
    return found


def _tell(before: tuple[int, int, int | None, bool], this: tuple[int, int, int | None, bool]) -> Matter | None:
    if before[2] is None:
        return Matter.OPEN_BEFORE
    if before[2] == this[0]:
        return None
    if before[2] > this[0]:
        return Matter.OVERLAP
    return Matter.GAP if before[3] else Matter.BACK_IN_CARE


@settings(deadline=None, max_examples=60)
@given(episodes=st.lists(episode, max_size=40))
def test_spells_are_found_as_by_going_from_one_episode_to_the_next(
    episodes: list[tuple[int, int, int | None, bool]],
) -> None:
    def day(number: int | None) -> date | None:
        return None if number is None else FIRST + timedelta(days=number)

    spells, tally = Spells(("episodes", "started_on"), most=100), Tally()
    tally.begin_file("episodes.csv")
    for row, (child, start, end, goes_on) in enumerate(episodes):
        frame = {"row": [row], "started_on": [day(start)], "ended_on": [day(end)], "goes_on": [goes_on]}
        schema = {"row": pl.Int64, "started_on": pl.Date, "ended_on": pl.Date, "goes_on": pl.Boolean}
        spells.add(pl.Series("child", [str(child)]), pl.DataFrame(frame, schema=schema), file=0)
    spells.note(tally)
    found = {f.matter: (f.count, list(f.places)) for f in tally.sum_up("row").findings}
    plainly = find_plainly(episodes)
    plainly.pop(None, None)
    assert found == {matter: (len(rows), sorted(rows)[:10]) for matter, rows in plainly.items()}


@settings(deadline=None, max_examples=60)
@given(
    files=st.lists(
        st.lists(st.tuples(st.one_of(st.none(), st.integers(0, 30)), st.integers(0, 2)), max_size=20), max_size=3
    ),
    owned=st.booleans(),
)
def test_a_key_that_was_there_before_is_found_as_by_looking_through_all_rows_before(
    files: list[list[tuple[int | None, int]]], owned: bool
) -> None:
    duplicates, tally = Duplicates(("pupils", "number"), Matter.DUPLICATE), Tally()
    expected: dict[str, list[int]] = {}
    before: dict[int, int] = {}
    for file, rows in enumerate(files):
        tally.begin_file(f"{file}.csv")
        for place, (key, owner) in enumerate(rows, 2):
            keys = pl.DataFrame({"number": [key]}, schema={"number": pl.Int64})
            owners = pl.Series([str(owner)]) if owned else None
            duplicates.add(keys, pl.Series([place]), file=file, owner=owners)
            if key in before and not (owned and before[key] == owner):
                expected.setdefault(f"{file}.csv", []).append(place)
            if key is not None:
                before[key] = owner
    duplicates.note(tally)
    found = {f.file: (f.count, list(f.places)) for f in tally.sum_up("row").findings}
    assert found == {file: (len(places), places[:10]) for file, places in expected.items()}


def test_two_million_episodes_take_less_than_300_megabytes_with_all_that_is_loaded(tmp_path: Path) -> None:
    _, megabytes = measure_peak_megabytes(EPISODES_IN_MEMORY, tmp_path)
    assert megabytes < 300
