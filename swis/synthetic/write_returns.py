"""Writing a synthetic authority as the returns and files that an authority holds, and the truth beside them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
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

RETURNS_FOLDER, SCHOOL_CENSUS_FOLDER, TRUTH_FOLDER = "returns", "school_census", "truth"
_ID_ON_ROLL = "pupilonrolltableid"
_ID_OF_LEAVERS = "pupilnolongeronrolltableid"
_ID_OF_BOTH = "pupiltableid"
_IDS = {"pupilnolongeronroll": _ID_OF_LEAVERS, "termlysessiondetailsnolongeronroll": _ID_OF_LEAVERS}
_IDS |= {"termlyexclusions": _ID_OF_BOTH, "fsmperiods": _ID_OF_BOTH}
_ENCODINGS = {SCHOOLS.name: "cp1252", SCHOOL_LINKS.name: "cp1252"}


def write_returns(
    authority: Authority, folder: Path, *, mess: Mess | None = None, xml: bool = False, progress: Progress | None = None
) -> tuple[str, ...]:
    """Write everything into a folder that is empty, new, or written so before; the names of the files.

    `returns/`: children in need census and SSDA903 by year, school census by term, register, links, clusters, families,
    calendar. `truth/`: what should come out. With `mess` the returns have errors, listed in `mess.csv` beside the two. With
    `xml` the SSDA903 is one file of XML for a year, without errors. The same authority gives the same bytes. Raises
    OutputError.
    """
    target = SyntheticFolder(folder)
    steps = list(_Writing(authority, target, mess, xml).steps())
    for number, (what, step) in enumerate(steps):
        if progress is not None:
            progress(what, number, len(steps))
        step()
    return target.files


@dataclass(frozen=True, eq=False)
class _Writing:
    """What is written, where to, and how."""

    authority: Authority
    target: SyntheticFolder
    mess: Mess | None
    xml: bool

    def steps(self) -> Iterator[tuple[str, Callable[[], None]]]:
        """What there is to write, in words, and what writes it."""
        notes = draw_case_notes(self.authority)
        for year in years_of_returns(self.authority):
            yield f"Children in need census {year}", partial(self._write_cin_census, notes, year)
            yield f"SSDA903 {year}", partial(self._write_ssda903, year)
        for census in list_censuses(self.authority):
            what = name_census(self.authority, census).replace("_", " ")
            yield f"School census {what}", partial(self._write_census, census)
        yield "Register", self._write_register
        yield "Truth", self._write_truth

    def _write_cin_census(self, notes: CaseNotes, year: int) -> None:
        name, children = f"cin_census_{year}.xml", list_children(self.authority, notes, year)
        rows = children if self.mess is None else self.mess.spoil_children(name, list(children), year)
        root = {"header": [header_of(self.authority.settings.authority_code, year)], "children": rows}
        self._write(name, write_elements(CIN_CENSUS_SHAPE, root, leave_out=elements_to_leave_out(year)))

    def _write_ssda903(self, year: int) -> None:
        children, episodes = tabulate_looked_after(self.authority, year)
        if self.xml:
            lines = write_elements(SSDA903_SHAPE, _nest(children, episodes), leave_out=("PLACE",))
            self._write(f"ssda903_{year}.xml", lines)
            return
        for table, frame in ((LOOKED_AFTER_CHILDREN, children), (EPISODES, episodes)):
            self._write_table(f"ssda903_{year}/{table.file}.csv", table, frame)

    def _write_census(self, census: int) -> None:
        start = f"{SCHOOL_CENSUS_FOLDER}/{name_census(self.authority, census)}"
        for file, frame in tabulate_census(self.authority, census).items():
            table = SCHOOL_CENSUS.table(table_of(file))
            self._write_table(f"{start}_{file}.csv", table, frame, record=_IDS.get(file, _ID_ON_ROLL))

    def _write_register(self) -> None:
        self._write_table(f"{SCHOOLS.file}.csv", SCHOOLS, tabulate_schools(self.authority))
        self._write_table(f"{SCHOOL_LINKS.file}.csv", SCHOOL_LINKS, tabulate_links(self.authority))
        for name, frame in (
            ("clusters", tabulate_clusters(self.authority)),
            ("families", tabulate_families(self.authority)),
            ("term_calendar", tabulate_calendar(self.authority)),
        ):
            self._write(f"{name}.csv", encode_table(frame))

    def _write_truth(self) -> None:
        truth = tell_truth(self.authority)
        for name, frame in (
            ("arms", tabulate_arms(self.authority)),
            ("school_terms", truth.school_terms),
            ("year_group_terms", truth.year_group_terms),
            ("not_on_roll", truth.not_on_roll),
        ):
            self.target.write(f"{TRUTH_FOLDER}/{name}.csv", encode_table(frame))
        planted = json.dumps(_tell_planted(self.authority), indent=2, sort_keys=True) + "\n"
        self.target.write(f"{TRUTH_FOLDER}/planted.json", planted.encode())
        if self.mess is not None:
            self.target.write("mess.csv", encode_table(self.mess.tabulate()))

    def _write(self, name: str, content: bytes | Iterable[str]) -> None:
        """A file of the returns."""
        self.target.write(f"{RETURNS_FOLDER}/{name}", content)

    def _write_table(self, name: str, table: Table, frame: pl.DataFrame, *, record: str = "") -> None:
        """A table under its statutory names, the first where a column has several; `record` is that of pupil_record."""
        declared = [column for column in table.columns if column.name in frame.columns]
        headings = {column.name: column.statutory[0] for column in declared}
        if record:
            headings["pupil_record"] = record
        ordered = frame.select(list(headings))
        spoilt = None if self.mess is None else self.mess.spoil_table(name, table, ordered)
        if spoilt is not None:
            self._write(name, spoilt.encode(headings, _ENCODINGS.get(table.name, "utf-8")))
            return
        text = encode_table(ordered.rename(headings)).decode()
        self._write(name, text.encode(_ENCODINGS.get(table.name, "utf-8")))


def _nest(children: pl.DataFrame, episodes: pl.DataFrame) -> dict[str, Any]:
    by_child = {child[0]: part.rows(named=True) for child, part in episodes.group_by("child", maintain_order=True)}
    rows = [row | {EPISODES.name: by_child[row["child"]]} for row in children.iter_rows(named=True)]
    return {LOOKED_AFTER_CHILDREN.name: rows}


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
