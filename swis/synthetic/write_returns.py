"""Writing a synthetic authority as the returns and files that an authority holds, and the truth beside them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import polars as pl

from swis.synthetic.authority import Authority, Progress
from swis.synthetic.case_notes import CaseNotes, draw_case_notes
from swis.synthetic.cin_census_rows import elements_to_leave_out, header_of, list_children
from swis.synthetic.elements import write_elements
from swis.synthetic.folder import SyntheticFolder, encode_table
from swis.synthetic.identities import years_of_returns
from swis.synthetic.mess import Mess
from swis.synthetic.outcomes import FOLLOWS, PLANTABLE
from swis.synthetic.register_tables import (
    tabulate_arms,
    tabulate_calendar,
    tabulate_clusters,
    tabulate_families,
    tabulate_links,
    tabulate_schools,
)
from swis.synthetic.school_census_tables import list_censuses, name_census, table_of, tabulate_census
from swis.synthetic.ssda903_tables import tabulate_looked_after
from swis.synthetic.truth import tell_truth
from swis.tables.returns.cin_census_shape import CIN_CENSUS_SHAPE
from swis.tables.returns.school_census import SCHOOL_CENSUS
from swis.tables.returns.schools_register import SCHOOL_LINKS, SCHOOLS
from swis.tables.returns.ssda903 import EPISODES, LOOKED_AFTER_CHILDREN, SSDA903_SHAPE
from swis.tables.table import Table

SCHOOL_CENSUS_FOLDER, TRUTH_FOLDER = "school_census", "truth"
_ID_OF_LEAVERS = "pupilnolongeronrolltableid"
_ID_OF_BOTH = "pupiltableid"
_IDS = {"pupilnolongeronroll": _ID_OF_LEAVERS, "termlysessiondetailsnolongeronroll": _ID_OF_LEAVERS}
_IDS |= {"termlyexclusions": _ID_OF_BOTH, "fsmperiods": _ID_OF_BOTH}


def write_returns(
    authority: Authority, folder: Path, *, mess: Mess | None = None, xml: bool = False, progress: Progress | None = None
) -> tuple[str, ...]:
    """Write everything into a folder that is empty, new, or written so before; the names of the files.

    Children in need census and SSDA903 by year, school census by term, register, links, clusters, families, calendar, and
    `truth/`. With `mess` the returns have errors that are listed in `mess.csv`. With `xml` the SSDA903 is one file of XML for a
    year. The same authority gives the same bytes. Raises OutputError.
    """
    target = SyntheticFolder(folder)
    steps = [*_steps(authority, target, mess, xml)]
    for number, (what, step) in enumerate(steps):
        if progress is not None:
            progress(what, number, len(steps))
        step()
    return target.files


def _steps(
    authority: Authority, target: SyntheticFolder, mess: Mess | None, xml: bool
) -> Iterator[tuple[str, Callable[[], None]]]:
    notes = draw_case_notes(authority)
    for year in years_of_returns(authority):
        yield f"Children in need census {year}", partial(_write_cin_census, authority, target, mess, notes, year)
        yield f"SSDA903 {year}", partial(_write_ssda903, authority, target, mess, year, xml)
    for census in list_censuses(authority):
        what = name_census(authority, census).replace("_", " ")
        yield f"School census {what}", partial(_write_census, authority, target, mess, census)
    yield "Register", partial(_write_register, authority, target, mess)
    yield "Truth", partial(_write_truth, authority, target, mess)


def _write_cin_census(
    authority: Authority, target: SyntheticFolder, mess: Mess | None, notes: CaseNotes, year: int
) -> None:
    name, children = f"cin_census_{year}.xml", list_children(authority, notes, year)
    rows = children if mess is None else mess.spoil_children(name, list(children), year)
    root = {"header": [header_of(year)], "children": rows}
    target.write(name, write_elements(CIN_CENSUS_SHAPE, root, leave_out=elements_to_leave_out(year)))


def _write_ssda903(authority: Authority, target: SyntheticFolder, mess: Mess | None, year: int, xml: bool) -> None:
    children, episodes = tabulate_looked_after(authority, year)
    if xml:
        lines = write_elements(SSDA903_SHAPE, _nest(children, episodes), leave_out=("PLACE",))
        target.write(f"ssda903_{year}.xml", lines)
        return
    for table, frame in ((LOOKED_AFTER_CHILDREN, children), (EPISODES, episodes)):
        _write_table(target, f"ssda903_{year}/{table.file}.csv", table, frame, mess)


def _nest(children: pl.DataFrame, episodes: pl.DataFrame) -> dict[str, Any]:
    by_child = {child[0]: part.rows(named=True) for child, part in episodes.group_by("child", maintain_order=True)}
    rows = [row | {EPISODES.name: by_child[row["child"]]} for row in children.iter_rows(named=True)]
    return {LOOKED_AFTER_CHILDREN.name: rows}


def _write_census(authority: Authority, target: SyntheticFolder, mess: Mess | None, census: int) -> None:
    start = name_census(authority, census)
    for file, frame in tabulate_census(authority, census).items():
        table = SCHOOL_CENSUS.table(table_of(file))
        names = {"pupil_record": _IDS.get(file, "pupilonrolltableid")}
        _write_table(target, f"{SCHOOL_CENSUS_FOLDER}/{start}_{file}.csv", table, frame, mess, names=names)


def _write_register(authority: Authority, target: SyntheticFolder, mess: Mess | None) -> None:
    for table, frame in ((SCHOOLS, tabulate_schools(authority)), (SCHOOL_LINKS, tabulate_links(authority))):
        _write_table(target, f"{table.file}.csv", table, frame, mess, encoding="cp1252")
    for name, plain in (
        ("clusters", tabulate_clusters(authority)),
        ("families", tabulate_families(authority)),
        ("term_calendar", tabulate_calendar(authority)),
    ):
        target.write(f"{name}.csv", encode_table(plain))


def _write_truth(authority: Authority, target: SyntheticFolder, mess: Mess | None) -> None:
    truth = tell_truth(authority)
    for name, frame in (
        ("arms", tabulate_arms(authority)),
        ("school_terms", truth.school_terms),
        ("year_group_terms", truth.year_group_terms),
        ("not_on_roll", truth.not_on_roll),
    ):
        target.write(f"{TRUTH_FOLDER}/{name}.csv", encode_table(frame))
    planted = json.dumps(_tell_planted(authority), indent=2, sort_keys=True) + "\n"
    target.write(f"{TRUTH_FOLDER}/planted.json", planted.encode())
    if mess is not None:
        target.write("mess.csv", encode_table(mess.tabulate()))


def _tell_planted(authority: Authority) -> dict[str, Any]:
    settings = authority.settings
    return {
        "swis_version": version("swis"),
        "seed": authority.seed,
        "settings": asdict(settings),
        "first_term_after": settings.first_term_after,
        "rate_ratios": {outcome: settings.ratio_of(outcome) for outcome in PLANTABLE},
        "follow_from_another": sorted(outcome for outcome in FOLLOWS if outcome not in settings.rate_ratios),
        "schools_with_a_social_worker": int(authority.planted.with_worker.sum()),
    }


def _write_table(
    target: SyntheticFolder,
    name: str,
    table: Table,
    frame: pl.DataFrame,
    mess: Mess | None,
    *,
    names: dict[str, str] | None = None,
    encoding: str = "utf-8",
) -> None:
    """A table under its statutory names; the first where it has several, unless `names` says which."""
    declared = [column for column in table.columns if column.name in frame.columns]
    headings = {column.name: (names or {}).get(column.name, column.statutory[0]) for column in declared}
    ordered = frame.select(list(headings))
    spoilt = None if mess is None else mess.spoil_table(name, table, ordered)
    if spoilt is None:
        target.write(name, _encode(ordered.rename(headings), encoding))
    else:
        target.write(name, spoilt.encode(headings, encoding))


def _encode(frame: pl.DataFrame, encoding: str) -> bytes:
    content = encode_table(frame)
    return content if encoding == "utf-8" else content.decode().encode(encoding)
