"""What `swis combine` does: read panels, put them together, write one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from swis.cli.console import output, progress
from swis.errors import OutputError, TableError
from swis.panel.combine import combine_panels
from swis.panel.finding import PanelFinding
from swis.panel.folder import read_panel, write_panel
from swis.panel.panel import Panel
from swis.report.words import plural


def combine_folders(folders: Sequence[Path], *, into: Path, strict: bool, quiet: bool) -> None:
    """Combine the panels of these folders into another. Raises SwisError for whatever keeps that from being done."""
    if into.resolve() in {folder.resolve() for folder in folders}:
        raise OutputError(f"{into} is one of the panels and would be written over. Name another folder with --into.")
    panels: list[Panel] = []
    failures: list[str] = []
    with progress(quiet=quiet) as tell:
        for number, folder in enumerate(folders):
            if tell is not None:
                tell(f"Reading {folder.name}", number, len(folders))
            try:
                panels.append(read_panel(folder))
            except TableError as error:
                failures += [f"{folder}: {line}" for line in str(error).splitlines()]
        if failures:
            raise TableError("\n".join(failures))
        combined = combine_panels(panels, strict=strict)
        write_panel(combined, into, progress=tell)
    if not quiet:
        known = {finding for panel in panels for finding in panel.findings}
        _print(combined, into, [finding for finding in combined.findings if finding not in known])


def _print(panel: Panel, into: Path, new: Sequence[PanelFinding]) -> None:
    console = output()
    terms = panel.term_names
    console.print(f"{plural(len(panel.authorities), 'authority', 'authorities')}: {', '.join(panel.authorities)}")
    console.print(
        f"{plural(panel.schools.height, 'school')}, {plural(len(terms), 'term')} ({terms[0]} to {terms[-1]}), "
        f"{plural(len(panel.outcomes), 'outcome')} covered"
    )
    for finding in new:
        console.print(f"- {finding.authority}: {finding}", soft_wrap=True)
    console.print(f"Written: {into}", soft_wrap=True)
