"""The returns of an authority of the demonstration: drawn by the library for the schools that it has. Nobody in them is real."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from service.evidence.archives import pack
from swis.synthetic.authority import Authority, synthesise_authority
from swis.synthetic.mess import Mess
from swis.synthetic.register_tables import tabulate_schools
from swis.synthetic.settings import Settings
from swis.synthetic.write_returns import RETURNS_FOLDER, SCHOOL_CENSUS_FOLDER, write_returns
from swis.tables.returns.schools_register import SCHOOLS

SCHOOLS_OF_AN_AUTHORITY = 38  # eight secondaries, which the programme has, and the primaries around them
PUPILS_OF_A_SCHOOL = 420  # on average; a secondary has more
YEARS = 2
MARK = "SYNTHETIC"
_NUMBERS = {"998": 2, "997": 3}  # as the library counts the authorities that England does not have
_REGISTER_IS_IN = "cp1252"
_TAKEN = {"autumn": (10, 1), "spring": (1, 15), "summer": (5, 15)}  # the days of the school census, nearly


@cache
def synthesise(code: str, *, last_year: int, seed: int) -> Authority:
    """Everybody in the returns of an authority, over two school years of which the last begins in the autumn of a year.

    No effect is planted: schools with a social worker and without differ by chance alone.
    """
    settings = Settings(
        schools=SCHOOLS_OF_AN_AUTHORITY,
        pupils=PUPILS_OF_A_SCHOOL,
        years=YEARS,
        first_year=last_year - YEARS + 1,
        academies=0,
        number=_NUMBERS[code],
    )
    return synthesise_authority(settings, seed=seed)


def school_of(made: Authority, place: int) -> tuple[str, int, Decimal]:
    """Number, pupils and per cent with free school meals of a school; the secondaries stand first."""
    row = tabulate_schools(made).row(place, named=True)
    return str(row["urn"]), int(row["pupils"]), Decimal(row["free_school_meals_percent"])


def pack_returns(made: Authority, *, taken_on: date, authority: str, schools: Sequence[str], mess: int | None) -> bytes:
    """A zip of the returns as the authority has them on a day, under the names of its schools; with errors from a seed.

    Returns of the year under way are drawn whole: the analyst says up to which term they count.
    """
    with TemporaryDirectory(prefix="demonstration-") as name:
        write_returns(made, Path(name) / MARK, mess=None if mess is None else Mess(seed=mess))
        folder = Path(name) / MARK / RETURNS_FOLDER
        files = {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in folder.rglob("*")
            if path.suffix in (".csv", ".xml") and _is_there(path, taken_on)
        }
    register = f"{SCHOOLS.file}.csv"
    files[register] = _rename(files[register], made, authority, schools)
    return pack(files)


def _is_there(path: Path, day: date) -> bool:
    """Whether a return has been begun on a day: a census of children in need on 1 April before, one of schools when taken."""
    parts = path.stem.split("_")
    if path.parent.name == SCHOOL_CENSUS_FOLDER:
        return date(int(parts[0]), *_TAKEN[parts[1]]) <= day
    for each in (path.stem, path.parent.name):
        if each.startswith(("cin_census_", "ssda903_")):
            return date(int(each.rpartition("_")[2]) - 1, 4, 1) <= day
    return True


def _rename(register: bytes, made: Authority, authority: str, schools: Sequence[str]) -> bytes:
    """The register under the names of the demonstration. That they are invented stands in each."""
    names = dict(zip(made.population.schools.labels, schools, strict=False))
    rows = list(csv.reader(io.StringIO(register.decode(_REGISTER_IS_IN), newline="")))
    of_number, of_school, of_authority = map(rows[0].index, ("URN", "EstablishmentName", "LA (name)"))
    for row in rows[1:]:
        if len(row) > max(of_school, of_authority):
            row[of_school] = f"{names.get(row[of_number], row[of_school])} ({MARK})"
            row[of_authority] = f"{authority} ({MARK})"
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode(_REGISTER_IS_IN)
