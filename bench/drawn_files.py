"""Returns of any size, drawn and written as a stream, so that drawing takes no memory: simulated, nobody is in them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl

from swis.tables.returns.schools_register import SCHOOLS
from tests.ingest.drawn_returns import write_cin_census

_ROWS = 500_000
_COLUMNS_OF_THE_REGISTER = 140
_FIRST_URN = 100_000


def draw_census(path: Path, children: int) -> None:
    """A children in need census in XML: 1.25 kB a child."""
    write_cin_census(path, children)


def draw_censuses(folder: Path, children: int) -> None:
    """The census of ten authorities, a file each."""
    folder.mkdir()
    for number in range(10):
        write_cin_census(folder / f"cin_{number}.xml", children // 10)


def draw_episodes(path: Path, episodes: int) -> None:
    """Episodes of the SSDA903 as CSV, two a child, most with an end."""
    _write_parts(path, (_draw_episodes(first, min(_ROWS, episodes - first)) for first in range(0, episodes, _ROWS)))


def _draw_episodes(first: int, rows: int) -> pl.DataFrame:
    rng = np.random.default_rng(first)
    starts = rng.integers(15_000, 18_500, rows)
    ends = np.where(rng.random(rows) < 0.9, starts + rng.integers(5, 400, rows), -1)
    end = _as_days(ends, "%d/%m/%Y").zip_with(pl.Series(ends >= 0), pl.Series([None], dtype=pl.String))
    fixed = {"RNE": "S", "LS": "C2", "CIN": "N1", "PLACE": "U6", "PLACE_PROVIDER": "PR1"}
    after = {"REC": "E8", "REASON_PLACE_CHANGE": "", "HOME_POST": "AB1 2CD", "PL_POST": "EF3 4GH", "URN": "SC1234567"}
    return pl.DataFrame({"CHILD": np.arange(first, first + rows) // 2, "DECOM": _as_days(starts, "%d/%m/%Y")}).select(
        pl.all(), *_literals(fixed), DEC=end, **{name: pl.lit(text) for name, text in after.items()}
    )


def draw_register(path: Path, schools: int) -> None:
    """A register of schools with 140 columns, in Windows-1252, every tenth closed."""
    rng = np.random.default_rng(1)
    urns = np.arange(_FIRST_URN, _FIRST_URN + schools)
    opened = _as_days(rng.integers(3_000, 15_000, schools), "%d/%m/%Y")
    closed = _as_days(rng.integers(15_000, 18_000, schools), "%d/%m/%Y")
    closed = closed.zip_with(pl.Series(urns % 10 == 0), pl.Series([None], dtype=pl.String))
    known = [column.statutory[0] for column in SCHOOLS.columns if column.statutory]
    fixed = dict.fromkeys(known, "1") | {
        "LA (code)": "201",
        "EstablishmentName": "École of St Zoë",
        "LSOA (code)": "E01",
    }
    more = {f"Column {number}": f"text {number}" for number in range(_COLUMNS_OF_THE_REGISTER - len(known))}
    frame = pl.DataFrame({"URN": urns}).with_columns(*_literals({name: fixed[name] for name in known[1:]} | more))
    dates = frame.with_columns(OpenDate=opened, CloseDate=closed, CensusDate=opened)
    path.write_bytes(dates.write_csv(quote_style="necessary").encode("cp1252"))


def draw_roll(path: Path, pupils: int) -> None:
    """A roll of the nation: nine columns, 400 pupils a school."""
    _write_parts(path, (_draw_roll(first, min(_ROWS, pupils - first)) for first in range(0, pupils, _ROWS)))


def _draw_roll(first: int, rows: int) -> pl.DataFrame:
    rng = np.random.default_rng(first)
    numbers = np.arange(first, first + rows)
    digits = 201_000_000_000 + numbers
    weights = sum((digits // 10 ** (11 - place)) % 10 * (place + 2) for place in range(12))
    letters = pl.Series(list("ABCDEFGHJKLMNPQRTUVWXYZ")).gather(weights % 23)
    born = _as_days(rng.integers(12_000, 17_000, rows), "%Y-%m-%d")
    return pl.DataFrame(
        {
            "urn": _FIRST_URN + numbers // 400,
            "upn": letters + pl.Series(digits).cast(pl.String),
            "dob": born,
            "sex": pl.Series(["F", "M"]).gather(numbers % 2),
            "entrydate": _as_days(17_500 + rng.integers(0, 700, rows), "%Y-%m-%d"),
            "ncyearactual": pl.Series([str(year) for year in range(1, 12)]).gather(numbers % 11),
        }
    ).with_columns(*_literals({"enrolstatus": "C", "senprovision": "N", "homela": "201"}))


def _as_days(numbers: np.ndarray, form: str) -> pl.Series:
    return pl.Series(numbers).cast(pl.Int32).cast(pl.Date).dt.strftime(form)


def _literals(texts: dict[str, str]) -> Iterator[pl.Expr]:
    return (pl.lit(text).alias(name) for name, text in texts.items())


def _write_parts(path: Path, parts: Iterator[pl.DataFrame]) -> None:
    with path.open("wb") as file:
        for number, part in enumerate(parts):
            part.write_csv(file, include_header=number == 0, quote_style="never")
