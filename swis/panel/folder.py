"""A panel as a folder of CSV files with panel.toml beside them, and back: what was written is what is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path

import polars as pl

from swis.errors import OutputError, TableError
from swis.panel.description import PANEL_FILE, PanelDescription, read_description, write_description
from swis.panel.finding import PanelFinding
from swis.panel.panel import Panel
from swis.panel.panel_table import PANEL, PANEL_TABLES
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

_PRIVATE, _PRIVATE_FILE = 0o700, 0o600
"""The counts of a panel are small and were not checked for disclosure: folder and files are for nobody else."""


def write_panel(panel: Panel, folder: Path, *, progress: Progress | None = None) -> tuple[Path, ...]:
    """Write a panel into a folder, made if need be; the paths. The same panel and version give the same bytes.

    A panel that is there already is written over; a file of another kind with the name of a panel's file is not.
    Nothing in the folder is about one child, but counts are not checked for disclosure. Raises OutputError.
    """
    _refuse_other_files(folder)
    frames = _frames(panel)
    hashes = {}
    try:
        folder.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
        # Without panel.toml a folder is no panel: one that was left half written is refused.
        (folder / PANEL_FILE).unlink(missing_ok=True)
        for number, table in enumerate(PANEL_TABLES):
            if progress is not None:
                progress(f"Writing {table.file}", number, len(PANEL_TABLES))
            hashes[table.file] = _write(folder / table.file, _as_text(table, frames[table.name]))
        described = PanelDescription(panel.version, panel.settings, panel.sources, hashes)
        (folder / PANEL_FILE).write_text(write_description(described), encoding="utf-8", newline="\n")
    except OSError as error:
        raise OutputError(f"{folder} cannot be written to: {error.strerror}. Name another folder.") from None
    return (*(folder / table.file for table in PANEL_TABLES), folder / PANEL_FILE)


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
            failures += _check_hash(table, loaded[table.name].sha256, described.hashes)
        except TableError as error:
            failures.append(str(error))
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


def _write(path: Path, frame: pl.DataFrame) -> str:
    """Writes the file under its name only once it is whole; the hash of its bytes."""
    beside = path.with_name(f".{path.name}.part")
    try:
        beside.touch(mode=_PRIVATE_FILE)
        frame.write_csv(beside)
        with beside.open("rb") as file:
            digest = sha256()
            while chunk := file.read(1_000_000):
                digest.update(chunk)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    return digest.hexdigest()


def _refuse_other_files(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise OutputError(f"{folder} is not a folder. Name another.")
    if is_panel_folder(folder):
        return
    taken = [table.file for table in PANEL_TABLES if (folder / table.file).exists()]
    if taken:
        raise OutputError(
            f"{folder} holds {', '.join(taken)}, but no {PANEL_FILE}: it is not a panel and would be written over. "
            "Name another folder, or empty this one."
        )


def _check_hash(table: Table, digest: str, hashes: Mapping[str, str]) -> list[str]:
    if hashes.get(table.file) == digest:
        return []
    return [
        f"{table.file}: it is not the file that {PANEL_FILE} was written with. Restore it, or build the panel again; a "
        "panel is not mended by hand."
    ]


def _findings(frame: pl.DataFrame) -> tuple[PanelFinding, ...]:
    rows = frame.with_columns(pl.col(pl.String).fill_null("")).iter_rows(named=True)
    return tuple(PanelFinding(**row) for row in rows)
