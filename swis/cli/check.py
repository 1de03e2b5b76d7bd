"""`swis check`: what is wrong or odd about studies, without running them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from swis.cli.console import errors, output
from swis.cli.exit_code import ExitCode
from swis.cli.studies import read_or_error, tell_error
from swis.cli.trial_folder import is_trial
from swis.errors import StudyError
from swis.study.finding import Finding
from swis.study.study import Study
from swis.study.trial.read import read_trial
from swis.study.trial.trial import Trial
from swis.tables.problem import name_rows


def check_folders(folders: Sequence[Path], *, strict: bool) -> int:
    """Print what was found in each folder; give back the exit code."""
    codes = [_check_folder(folder, strict=strict) for folder in folders]
    errors_first = sorted(codes, key=(ExitCode.DONE, ExitCode.WARNINGS).__contains__)
    return max(codes) if errors_first[0] in (ExitCode.DONE, ExitCode.WARNINGS) else errors_first[0]


def _check_folder(folder: Path, *, strict: bool) -> int:
    read = _read_or_error(folder)
    if isinstance(read, StudyError):
        output().file.flush()  # answers and errors appear in the order of the folders
        errors().print(tell_error(folder, read), soft_wrap=True)
        return read.exit_code
    _print_findings(output(), read)
    return (
        ExitCode.WARNINGS
        if strict and any(finding.severity == "warning" for finding in read.findings)
        else ExitCode.DONE
    )


def _read_or_error(folder: Path) -> Study | Trial | StudyError:
    try:
        return read_trial(folder) if is_trial(folder) else read_or_error(folder)
    except StudyError as error:
        return error


def _print_findings(console: Console, study: Study | Trial) -> None:
    title = f"{study.authority}: {study.title}" if isinstance(study, Study) else study.title
    console.print(Text.assemble((title, "bold")))
    console.print("  can be used as it stands")
    for severity, title in (("warning", "Warnings: they bear on a number"), ("note", "Notes")):
        own = [finding for finding in study.findings if finding.severity == severity]
        if own:
            console.print(Padding(Text(f"{title} ({len(own)})", style="bold"), (1, 0, 0, 2)))
            console.print(Padding(_table(own), (0, 0, 0, 2)))
    console.print()


def _table(findings: Sequence[Finding]) -> Table:
    table = Table(
        box=None, show_edge=False, pad_edge=False, padding=(0, 2, 0, 0), header_style="", show_header=False, expand=True
    )
    table.add_column("Where", ratio=26, overflow="fold")
    table.add_column("What, and what to do", ratio=52, overflow="fold")
    for finding in findings:
        table.add_row(_place(finding), f"{finding.what}. {finding.what_to_do}")
    return table


def _place(finding: Finding) -> str:
    column = f", column {finding.column}" if finding.column else ""
    rows = f", {name_rows(finding.rows)}" if finding.rows else ""
    return f"{finding.file}{column}{rows}"
