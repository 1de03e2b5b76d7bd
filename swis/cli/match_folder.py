"""What `swis match` does: read a folder, match every outcome, write the tables and the report, say the answer."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import cast

from rich.console import Console
from rich.text import Text

from swis.cli.console import errors, output, progress
from swis.design.level_matching import Distance
from swis.design.matching import Gate, MatchOptions
from swis.design.matching_choice import Replacement
from swis.design.matching_units import Unit
from swis.design.read_panel import MatchingTables, build_panel, read_matching_tables
from swis.design.trends import Standardise
from swis.errors import OutputError, TableError
from swis.report.html import write_html
from swis.report.matching import compose_matching
from swis.report.words import join, plural
from swis.report.write import make_folder
from swis.study.match import By, OutcomeMatch, Request, match_outcome
from swis.study.write_matches import check_no_other_outcome, write_matches, write_pair_scores
from swis.tables.matches import MATCHES
from swis.tables.nearest import did_you_mean

REPORT_FILE = "matching.html"


@dataclass(frozen=True)
class MatchCommand:
    """What was typed."""

    folder: Path
    out: Path
    outcomes: tuple[str, ...]
    terms: str | None
    by: str
    distance: str
    unit: str
    k: int
    replacement: str
    standardise: str
    minimum_share: float
    gate: str
    units_of_count: tuple[str, ...]
    despite: bool
    seed: int
    draws: int
    quiet: bool

    @property
    def request(self) -> Request:
        """The same as the library takes it, which refuses what it does not know."""
        options = MatchOptions(
            standardise=cast(Standardise, self.standardise),
            unit=cast(Unit, self.unit),
            k=self.k,
            replacement=cast(Replacement, self.replacement),
            minimum_share=self.minimum_share,
            gate=cast(Gate, self.gate),
        )
        return Request(cast(By, self.by), options, self.seed, self.draws, self.despite, cast(Distance, self.distance))


def match_folder(command: MatchCommand) -> None:
    """Match every outcome that was asked for. Raises SwisError for whatever keeps that from being done or written."""
    request = command.request
    tables = read_matching_tables(command.folder)
    outcomes = tuple(dict.fromkeys(command.outcomes)) or tables.outcomes
    terms = _split_terms(command.terms)
    units = _units_of_count(command.units_of_count, tables)
    panels = [build_panel(tables, name, terms=terms, unit_of_count=units.get(name)) for name in outcomes]
    make_folder(command.out)
    check_no_other_outcome(command.out / MATCHES.file, outcomes)
    results = []
    with progress(quiet=command.quiet) as tell:
        for number, panel in enumerate(panels):
            if tell is not None:
                tell(f"Matching {panel.outcome}", number, len(panels))
            results.append(match_outcome(panel, request))
    written = [write_matches(command.out, results), write_pair_scores(command.out, results)]
    written.append(_write_report(command.out / REPORT_FILE, write_html(compose_matching(results, tables.hashes))))
    if not command.quiet:
        for note in tables.notes:
            errors().print(f"note: {note}", soft_wrap=True)
        _print(output(), results, written)


def _split_terms(terms: str | None) -> tuple[str, ...] | None:
    if terms is None:
        return None
    names = tuple(name.strip() for name in terms.split(",") if name.strip())
    if not names:
        raise TableError(
            '--terms names no term. Write them in their order, as in "Autumn 2016,Autumn 2017,Autumn 2018".'
        )
    return names


def _units_of_count(typed: tuple[str, ...], tables: MatchingTables) -> dict[str, float]:
    units = {}
    for text in typed:
        name, _, number = text.partition("=")
        if name not in tables.outcomes:
            known = ", ".join(tables.outcomes)
            raise TableError(
                f"--unit-of-count: no outcome {name!r}; there are: {known}.{did_you_mean(name, tables.outcomes)}"
            )
        try:
            units[name] = float(number)
        except ValueError:
            units[name] = 0.0
        if not (isfinite(units[name]) and units[name] > 0):
            raise TableError(f"--unit-of-count {text!r} has no number above 0. Write, for example, {name}=122.")
    return units


def _write_report(path: Path, text: str) -> Path:
    try:
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}. Name another folder with --out.") from None
    return path


def _print(console: Console, results: list[OutcomeMatch], written: list[Path]) -> None:
    for result in results:
        console.print(Text(result.answer.sentence, style="bold"))
        for reason in result.answer.reasons:
            console.print(f"- {reason}")
        console.print(_choice(result))
        for left in result.unmatched:
            console.print(f"  Left without: {left.what}: {left.why}")
        console.print()
    console.print("Terms, in this order: " + ", ".join(results[0].panel.terms))
    console.print("Written: " + join([str(path) for path in written]), soft_wrap=True)


def _choice(result: OutcomeMatch) -> str:
    if result.weights is not None:
        weighted = plural(int((result.weights.weights > 0).sum()), "candidate")
        return f"Weighted: {weighted} ({result.method}). A study takes these schools, each as one, and not the weights."
    chosen = 0 if result.matching is None else len(result.matching.comparison_schools)
    words = f"Chosen: {plural(chosen, 'comparison school')} ({result.method})."
    if result.used:
        return words
    return (
        f"{words} None is accepted: {result.why_not}. Ask for --by level or --by entropy, or for --despite to do as the "
        f"pilots did."
    )
