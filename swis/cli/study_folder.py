"""What `swis study` does: read a panel, write the tables of a study, say what to do next."""

from __future__ import annotations

from pathlib import Path

from swis.cli.console import output, progress
from swis.errors import SettingError
from swis.panel.folder import read_panel
from swis.panel.gather_clusters import gather_clusters
from swis.panel.study_tables import StudyChoices, write_study_tables
from swis.report.words import join
from swis.tables.nearest import did_you_mean

CLUSTER = "cluster"
UNITS = ("school", CLUSTER)


def make_study(panel: Path, into: Path, *, arms: Path, choices: StudyChoices, unit: str, quiet: bool) -> None:
    """Write the tables. Raises SwisError for whatever keeps that from being done."""
    if unit not in UNITS:
        raise SettingError(f"There is no unit {unit!r}. Choose from: {', '.join(UNITS)}.{did_you_mean(unit, UNITS)}")
    with progress(quiet=quiet) as tell:
        if tell is not None:
            tell(f"Reading {panel.name}", 0, 2)
        read = read_panel(panel)
        if unit == CLUSTER:
            read = gather_clusters(read)
        if tell is not None:
            tell("Writing the tables", 1, 2)
        done = write_study_tables(read, into, arms=arms, choices=choices)
    if quiet:
        return
    console = output()
    for note in done.notes:
        console.print(f"note: {note}", soft_wrap=True)
    console.print("Written: " + join([str(path) for path in done.written]), soft_wrap=True)
    if done.waits_for_matches:
        console.print(f"Next: swis match {into}, then the same command again.", soft_wrap=True)
    else:
        console.print(f"Next: read {into / 'study.toml'} through, then swis check {into}.", soft_wrap=True)
