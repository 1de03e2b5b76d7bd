"""Staged tables of any size as Parquet, drawn part by part: simulated, nobody is in them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from swis.panel.days import NEVER
from swis.panel.staged_tables import STAGED
from swis.panel.windows import tabulate_windows
from swis.panel.year_groups import LABELS
from swis.synthetic.authority import synthesise_authority
from swis.synthetic.settings import Settings
from swis.synthetic.write_returns import write_returns
from swis.terms import make_generic_calendar

AUTHORITY = "England"
SCHOOLS = 24_000
EPISODES_A_CHILD = 5
FIRST_YEAR, YEARS = 2010, 10
RETURNED_TO = 18_717  # 31 March 2021
CENSUSES = ("2018 autumn", "2019 spring", "2019 summer")
CENSUS_YEAR = 2018
_PART = 100_000
_FIRST_DAY = 14_853  # 1 September 2010

Whole = NDArray[np.int64]


def draw_authority(folder: Path, schools: int) -> None:
    """The returns of a synthetic authority: 300 pupils a school, four years."""
    write_returns(synthesise_authority(Settings(schools=schools, pupils=300, years=4), seed=1), folder)


def draw_care(folder: Path, episodes: int) -> None:
    """Episodes as staged and as CSV, stays, the map of child, school and term that follows from them, and the terms."""
    for name in ("episodes", "stays", "placements", "pupils"):
        (folder / name).mkdir()
    windows(FIRST_YEAR, YEARS).write_parquet(folder / "windows.parquet")
    children = episodes // EPISODES_A_CHILD
    with (folder / "episodes.csv").open("wb") as file:
        for first in range(0, children, _PART):
            part = _Care(first, min(_PART, children - first))
            part.as_returned().write_csv(file, include_header=not first, date_format="%d/%m/%Y")
            for name, table in part.tables().items():
                table.write_parquet(folder / name / f"{first:09}.parquet")


class _Care:
    """Some children in care: five episodes each that neither touch nor overlap, and two schools one after the other."""

    def __init__(self, first: int, children: int) -> None:
        rng = np.random.default_rng(first)
        self._child = pl.Series(np.arange(first, first + children)).cast(pl.String)
        days = _FIRST_DAY + rng.integers(5, 365, (children, 2 * EPISODES_A_CHILD)).cumsum(axis=1)
        self._started, self._ended = days[:, 0::2], days[:, 1::2]
        self._open = np.zeros(self._ended.shape, dtype=bool)
        self._open[::10, -1] = True
        self._schools = rng.integers(0, SCHOOLS, (children, 2))
        self._cohort = rng.integers(FIRST_YEAR - 2, FIRST_YEAR + 1, children)
        self._windows = windows(FIRST_YEAR, YEARS)
        self._moved = rng.integers(5, self._windows.height - 5, children)

    def tables(self) -> dict[str, pl.DataFrame]:
        """All but the CSV."""
        child = pl.DataFrame(
            {"child": self._child, "person": self._child, "pupil": self._child, "cohort": self._cohort}
        )
        return {
            "episodes": self._episodes(),
            "stays": self._stays(),
            "placements": self._placements(),
            "pupils": child.with_columns(why_none=pl.lit(None, dtype=pl.String)),
        }

    def as_returned(self) -> pl.DataFrame:
        """The episodes as a statutory CSV file has them."""
        fixed = {"RNE": "S", "LS": "C2", "CIN": "N1", "PLACE": "U6", "PLACE_PROVIDER": "PR1"}
        return self._episodes().select(
            "started_on", "ended_on", CHILD="child", **{name: pl.lit(text) for name, text in fixed.items()}
        ).select("CHILD", *fixed, DECOM="started_on", DEC="ended_on")  # fmt: skip

    def _episodes(self) -> pl.DataFrame:
        ended = _as_days(self._ended.ravel())
        frame = pl.DataFrame(
            {
                "child": self._child.gather(np.repeat(np.arange(len(self._child)), EPISODES_A_CHILD)),
                "started_on": _as_days(self._started.ravel()),
                "ended_on": ended.zip_with(~pl.Series(self._open.ravel()), pl.Series([None], dtype=pl.Date)),
                "reason_for_new_episode": "S",
                "legal_status": "C2",
            }
        )
        numbered = frame.with_columns(source=pl.lit(1, dtype=pl.Int64), row=pl.int_range(pl.len(), dtype=pl.Int64))
        returned = numbered.with_columns(returned_to=pl.lit(RETURNED_TO, dtype=pl.Int32).cast(pl.Date))
        return _in_columns(returned, "episodes")

    def _stays(self) -> pl.DataFrame:
        starts, ends = self._windows["first_day"].to_numpy(), self._windows["last_day"].to_numpy()
        spans = (
            (np.full(len(self._child), starts[0]), ends[self._moved - 1]),
            (starts[self._moved], np.full(len(self._child), NEVER)),
        )
        return pl.concat(
            pl.DataFrame(
                {
                    "pupil": self._child, "school": name_schools(self._schools[:, place]), "calendar": AUTHORITY,
                    "cohort": self._cohort, "from_day": first, "to_day": last,
                }
            )
            for place, (first, last) in enumerate(spans)
        )  # fmt: skip

    def _placements(self) -> pl.DataFrame:
        children, terms = len(self._child), self._windows.height
        child, term = np.divmod(np.arange(children * terms), terms)
        own = self._windows.select("term", "academic_year", "counts_from", "counts_to")[term]
        second = (term >= self._moved[child]).astype(np.int64)
        return own.select(
            "term",
            pupil=self._child.gather(child),
            school=name_schools(self._schools[child, second]),
            year_group=pl.col("academic_year") - pl.Series(self._cohort[child]),
            from_day="counts_from",
            to_day="counts_to",
        )


def draw_rolls(folder: Path, pupils: int) -> None:
    """Three censuses of the nation as staged: of every hundred pupils one moves before the second, one leaves the country."""
    (folder / "pupils_on_roll").mkdir()
    terms = windows(CENSUS_YEAR, 1)
    terms.write_parquet(folder / "windows.parquet")
    schools = pl.DataFrame({"school": name_schools(np.arange(SCHOOLS))})
    keys = schools.select(school_as_returned="school", school="school", calendar=pl.lit(AUTHORITY))
    keys.write_parquet(folder / "school_keys.parquet")
    for first in range(0, pupils, _PART):
        for source, part in enumerate(_draw_censuses(first, min(_PART, pupils - first), terms)):
            part.write_parquet(folder / "pupils_on_roll" / f"{source}-{first:09}.parquet")


def _draw_censuses(first: int, pupils: int, terms: pl.DataFrame) -> Iterator[pl.DataFrame]:
    rng = np.random.default_rng(first)
    number = np.arange(first, first + pupils)
    year, school = rng.integers(0, 12, pupils), rng.integers(0, SCHOOLS, pupils)
    entered = terms["first_day"][0] - 365 * rng.integers(0, 4, pupils)
    described = pl.DataFrame(
        {
            "unique_pupil_number": "A" + pl.Series(number + 100_000_000_000).cast(pl.String),
            "pupil_record": pl.Series(number).cast(pl.String),
            "born_on": _as_days(13_000 + rng.integers(0, 4_000, pupils)),
            "year_group": pl.Series([LABELS[each] for each in range(12)]).gather(year),
            "lives_in": pl.Series(["201", "202", "203"]).gather(rng.integers(0, 3, pupils)),
        }
    ).with_columns(
        enrolment_status=pl.lit("C"),
        sessions_possible=pl.lit(120, dtype=pl.Int64),
        sessions_authorised=pl.Series(rng.integers(0, 9, pupils)),
    )
    for source, (collection, term) in enumerate(zip(CENSUSES, terms.iter_rows(named=True), strict=True)):
        moves = number % 100 == source
        school = np.where(moves, (school + 1) % SCHOOLS, school)
        entered = np.where(moves, term["first_day"] + 9, entered)
        rows = described.with_columns(
            school=name_schools(school),
            entered_on=_as_days(entered),
            collection=pl.lit(collection),
            census_day=pl.lit(term["census_day"], dtype=pl.Int32).cast(pl.Date),
            source=pl.lit(source, dtype=pl.Int64),
            row=pl.Series(number),
        )
        gone = (number % 100 == 50) & (source == len(CENSUSES) - 1)
        yield _in_columns(rows, "pupils_on_roll").filter(pl.Series(~gone))


def windows(first_year: int, years: int) -> pl.DataFrame:
    """The terms as the build has them, made by rule."""
    calendar = make_generic_calendar(first_year, first_year + years - 1)
    return tabulate_windows({AUTHORITY: calendar}, holidays="next term")


def name_schools(numbers: Whole) -> pl.Series:
    """Schools by six digits."""
    return pl.Series(100_000 + numbers).cast(pl.String)


def _as_days(numbers: Whole) -> pl.Series:
    return pl.Series(numbers).cast(pl.Int32).cast(pl.Date)


def _in_columns(frame: pl.DataFrame, table: str) -> pl.DataFrame:
    schema = STAGED[table]
    return frame.select(
        pl.col(name) if name in frame.columns else pl.lit(None, dtype=data_type).alias(name)
        for name, data_type in schema.items()
    )
