"""A panel as a folder of CSV files with panel.toml beside them, and back: what was written is what is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from hashlib import file_digest, sha256
from os import W_OK, X_OK, access
from pathlib import Path

import polars as pl

from swis.errors import OutputError, TableError
from swis.panel.description import (
    PANEL_FILE,
    PanelDescription,
    read_authorities,
    read_description,
    write_description,
)
from swis.panel.finding import PanelFinding
from swis.panel.panel import Panel
from swis.panel.panel_table import PANEL, PANEL_TABLES
from swis.panel.private_files import make_private_folder, write_private
from swis.tables.children_and_families import CHILDREN_AND_FAMILIES
from swis.tables.column import Kind
from swis.tables.not_placed import NOT_PLACED
from swis.tables.panel_findings import PANEL_FINDINGS
from swis.tables.panel_schools import PANEL_SCHOOLS
from swis.tables.panel_terms import PANEL_TERMS
from swis.tables.problem import Problem
from swis.tables.read import LoadedTable, load_table
from swis.tables.table import Table
from swis.tables.text import read_bytes

Progress = Callable[[str, int, int], None]

QUALITY_PAGE = "quality.html"
"""What was matched, dropped and repaired, for reading; a panel of several authorities has none."""
_AFRESH = "Name another folder with --into, or empty this one."


def write_panel(
    panel: Panel, folder: Path, *, quality_page: bytes | None = None, progress: Progress | None = None
) -> tuple[Path, ...]:
    """Write a panel into a folder, made if need be; the paths. The same panel and version give the same bytes.

    A panel of the same authorities that is there already is written over, its quality page with it; a panel of others is
    not, nor a file of another kind with the name of a panel's file. Nothing in the folder is about one child, but counts
    are not checked for disclosure: nobody else may open folder and files. Raises OutputError.
    """
    check_panel_folder(folder, panel.authorities)
    names = [table.file for table in PANEL_TABLES] + ([] if quality_page is None else [QUALITY_PAGE])
    try:
        make_private_folder(folder, ours=is_panel_folder(folder))
        # Without panel.toml a folder is no panel: one that was left half written is refused.
        (folder / PANEL_FILE).unlink(missing_ok=True)
        (folder / QUALITY_PAGE).unlink(missing_ok=True)
        _write_tables(panel, folder, progress)
        if quality_page is not None:
            write_private(folder / QUALITY_PAGE, lambda path: path.write_bytes(quality_page))
        hashes = {name: _hash(folder / name) for name in names}
        described = write_description(PanelDescription(panel.version, panel.settings, panel.sources, hashes))
        write_private(folder / PANEL_FILE, lambda path: path.write_text(described, encoding="utf-8", newline="\n"))
    except OSError as error:
        raise OutputError(f"{folder} cannot be written to: {error.strerror}. Name another folder.") from None
    return tuple(folder / name for name in (*names, PANEL_FILE))


def check_panel_folder(folder: Path, authorities: Sequence[str]) -> None:
    """Raises OutputError where a panel of these authorities may not be written; makes nothing."""
    there = next(each for each in (folder, *folder.absolute().parents) if each.exists())
    if not there.is_dir():
        raise OutputError(f"{there} is not a folder. Name another.")
    if not access(there, W_OK | X_OK):
        raise OutputError(f"{there} cannot be written to. Name another folder with --into.")
    if is_panel_folder(folder):
        _refuse_other_authorities(folder, authorities)
        return
    taken = [name for name in (*(table.file for table in PANEL_TABLES), QUALITY_PAGE) if (folder / name).exists()]
    if taken:
        raise OutputError(
            f"{folder} holds {', '.join(taken)}, but no {PANEL_FILE}: it is not a panel and would be written over. "
            f"{_AFRESH}"
        )


def read_panel(folder: Path | str) -> Panel:
    """The panel of a folder, every table checked as declared and against its hash in panel.toml.

    Raises TableError with all that is wrong: what, where and what to do.
    """
    folder = Path(folder)
    data = read_bytes(folder / PANEL_FILE)
    if isinstance(data, Problem):
        raise TableError(f"{folder} is not a panel. {data}")
    described = read_description(data)
    loaded: dict[str, LoadedTable] = {}
    failures: list[str] = []
    for table in PANEL_TABLES:
        try:
            loaded[table.name] = load_table(table, folder / table.file)
            failures += _check_hash(table.file, loaded[table.name].sha256, described.hashes)
        except TableError as error:
            failures.append(str(error))
    failures += _check_page(folder / QUALITY_PAGE, described.hashes)
    if failures:
        raise TableError("\n".join(failures))
    frames = {name: each.frame.drop("row") for name, each in loaded.items()}
    return Panel(
        settings=described.settings,
        cells=frames[PANEL.name],
        schools=frames[PANEL_SCHOOLS.name],
        terms=frames[PANEL_TERMS.name],
        not_placed=frames[NOT_PLACED.name],
        children_and_families=frames[CHILDREN_AND_FAMILIES.name],
        findings=_findings(frames[PANEL_FINDINGS.name]),
        sources=described.sources,
        version=described.version,
    )


def is_panel_folder(folder: Path) -> bool:
    """Whether the folder holds a panel.toml."""
    return (folder / PANEL_FILE).is_file()


def _frames(panel: Panel) -> Mapping[str, pl.DataFrame]:
    return {
        PANEL.name: panel.cells,
        PANEL_SCHOOLS.name: panel.schools,
        PANEL_TERMS.name: panel.terms,
        NOT_PLACED.name: panel.not_placed,
        CHILDREN_AND_FAMILIES.name: panel.children_and_families,
        PANEL_FINDINGS.name: panel.findings_frame(),
    }


def _as_text(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    # A float may be written as 1e-06, which a declared table does not take.
    numbers = [column.name for column in table.columns if column.kind is Kind.NUMBER and column.name in frame.columns]
    return frame.with_columns(pl.col(numbers).cast(pl.Decimal(38, 6)))


def _write_tables(panel: Panel, folder: Path, progress: Progress | None) -> None:
    frames = _frames(panel)
    for number, table in enumerate(PANEL_TABLES):
        if progress is not None:
            progress(f"Writing {table.file}", number, len(PANEL_TABLES))
        write_private(folder / table.file, _as_text(table, frames[table.name]).write_csv)


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, sha256).hexdigest()


def _refuse_other_authorities(folder: Path, authorities: Sequence[str]) -> None:
    data = read_bytes(folder / PANEL_FILE)
    there = None if isinstance(data, Problem) else read_authorities(data)
    if there is None:
        raise OutputError(f"{folder} holds a {PANEL_FILE} that does not say whose panel it is. {_AFRESH}")
    if set(there) != set(authorities):
        raise OutputError(
            f"{folder} holds the panel of {', '.join(there)}, which that of {', '.join(authorities)} would be written "
            f"over. {_AFRESH}"
        )


def _check_page(page: Path, hashes: Mapping[str, str]) -> list[str]:
    """Nothing is made of the page, which may be away; one that is there must be this panel's."""
    return _check_hash(page.name, _hash(page), hashes) if page.is_file() and page.name in hashes else []


def _check_hash(file: str, digest: str, hashes: Mapping[str, str]) -> list[str]:
    if hashes.get(file) == digest:
        return []
    return [
        f"{file}: it is not the file that {PANEL_FILE} was written with. Restore it, or build the panel again; a "
        "panel is not mended by hand."
    ]


def _findings(frame: pl.DataFrame) -> tuple[PanelFinding, ...]:
    rows = frame.with_columns(pl.col(pl.String).fill_null("")).iter_rows(named=True)
    return tuple(PanelFinding(**row) for row in rows)
