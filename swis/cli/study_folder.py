"""What `swis study` does: read a panel, write the tables of a study, say what to do next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from swis.cli.console import output, progress
from swis.design.read_panel import build_panel, read_matching_tables
from swis.errors import SettingError, SwisError
from swis.panel.folder import read_panel
from swis.panel.gather_clusters import gather_clusters
from swis.panel.study_tables import StudyChoices, write_study_tables
from swis.report.words import join
from swis.tables.matches import MATCHES
from swis.tables.nearest import did_you_mean
from swis.tables.read import read_table

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
    for note in (*done.notes, *_tell_other_tables(into, done.matched)):
        console.print(f"note: {note}", soft_wrap=True)
    console.print("Written: " + join([str(path) for path in done.written]), soft_wrap=True)
    if done.waits_for_matches and done.none_accepted:
        console.print(
            f"No match was accepted, and matching the same way again will accept none. Next: swis match {into} with --by "
            "level or --by entropy, or with --despite to do as the pilots did; then the same command again.",
            soft_wrap=True,
        )
    elif done.waits_for_matches:
        console.print(f"Next: swis match {into}, then the same command again.", soft_wrap=True)
    else:
        console.print(f"Next: read {into / 'study.toml'} through, then swis check {into}.", soft_wrap=True)


def _tell_other_tables(folder: Path, outcomes: Sequence[str]) -> Iterator[str]:
    """Says of which outcomes the matches were made from other tables than those that stand beside them now."""
    if not outcomes:
        return
    matches = read_table(MATCHES, folder / MATCHES.file)
    for code in outcomes:
        stated = set(matches.filter(pl.col("outcome") == code)["inputs_sha256"])
        if stated != {_hash_of_inputs(folder, code)}:
            yield (
                f"{code}: {MATCHES.file} was not made from these tables as they are. Match again, unless swis match was "
                "given --terms."
            )


def _hash_of_inputs(folder: Path, outcome: str) -> str:
    try:
        return build_panel(read_matching_tables(folder), outcome, unit_of_count=1.0).sha256
    except SwisError:
        return ""  # tables that can no longer be matched are others
