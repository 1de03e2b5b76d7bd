"""What `swis describe` does: read a folder, look at each outcome, write the report, say the main things."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.text import Text

from swis.cli.console import output, progress
from swis.cli.studies import read_folders
from swis.disclosure.policy import POLICIES, Policy
from swis.errors import DisclosureError, OutputError
from swis.report.describe import NO_POLICY, compose_description
from swis.report.words import join, plural
from swis.report.write import check_formats, make_folder, write_document
from swis.study.describe import Description, OutcomeDescription, describe_study
from swis.tables.nearest import did_you_mean


def describe_folder(
    folder: Path, *, outcomes: Sequence[str], policy: str, out: Path | None, formats: str, quiet: bool
) -> None:
    """Look at one study. Raises SwisError for whatever keeps it from being read, shown or written."""
    rule = _policy(policy)
    wanted = tuple(dict.fromkeys(name.strip().lower() for name in formats.split(",") if name.strip()))
    if not wanted:
        raise OutputError(f"--formats {formats!r} names no format. Write html,pdf,docx.")
    check_formats(wanted)
    (study,) = read_folders([folder])
    for code in outcomes:
        study.outcome(code)
    place = out or Path("out") / study.name
    make_folder(place)
    with progress(quiet=quiet) as tell:
        description = describe_study(study, policy=rule, outcomes=outcomes, progress=tell)
        document = compose_description(description)
        written = write_document(document, place, name="description", formats=wanted, progress=tell)
    if not quiet:
        _print(description, list(written.values()))


def _policy(name: str) -> Policy | None:
    names = (*POLICIES, NO_POLICY)
    if name not in names:
        raise DisclosureError(
            f"There is no policy {name!r}. Choose from: {', '.join(names)}.{did_you_mean(name, names)}"
        )
    return POLICIES.get(name)


def _print(description: Description, written: Sequence[Path]) -> None:
    console = output()
    study = description.study
    console.print(Text(f"{study.authority}: {study.title}", style="bold"))
    for one in description.outcomes:
        console.print(f"- {one.outcome.name}: {_says(one)}")
    console.print("No effect is estimated here: looking is not testing.")
    if description.policy is None:
        console.print(Text("Nothing is hidden. Keep what was written within the team.", style="bold"))
    console.print("Written: " + join([str(path) for path in written]), soft_wrap=True)


def _says(one: OutcomeDescription) -> str:
    shown = one.shown
    return (
        f"{plural(len(shown.schools), 'school')}, {plural(len(shown.terms), 'term')}; {shown.observed} school-terms "
        f"observed, {shown.hidden} hidden."
    )
