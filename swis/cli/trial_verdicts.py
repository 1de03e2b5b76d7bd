"""The verdicts of a trial as a table in the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from swis.cli.verdicts import NARROW, NOT_ESTIMABLE, count_findings, report_lines
from swis.report.words import interval, ratio
from swis.study.trial.evaluation import OutcomeResult, TrialEvaluation


def print_trial(console: Console, evaluation: TrialEvaluation, written: Mapping[str, Path]) -> None:
    """Print the verdict on every outcome, the primary one first, how the trial went, and where the report lies."""
    console.print(Text(evaluation.trial.title, style="bold"))
    rows = [(one, _effect(one), _p(one), _verdict(one)) for one in evaluation.outcomes]
    if console.width < NARROW:
        for one, effect, p, verdict in rows:
            console.print(Text.assemble(f"{_name(one)}. {effect}, p {p}. ", verdict, "."))
    else:
        console.print(Padding(_table(rows), (0, 0, 0, 2)))
    console.print()
    for line in _summary(evaluation):
        console.print(Text(line))
    for line in report_lines(written):
        console.print(Text(line), soft_wrap=True)  # a path that is broken over two lines cannot be copied


def _table(rows: list[tuple[OutcomeResult, str, str, Text]]) -> Table:
    table = Table(box=None, show_edge=False, pad_edge=False, padding=(0, 2, 0, 0), header_style="", expand=True)
    table.add_column("Outcome", max_width=24, min_width=12)
    table.add_column("Effect", max_width=18)
    table.add_column("p", min_width=6)
    table.add_column("What the trial can carry", ratio=1)
    for one, effect, p, verdict in rows:
        table.add_row(_name(one), effect, p, verdict)
    return table


def _name(one: OutcomeResult) -> str:
    return f"{one.outcome.name} (primary)" if one.outcome.primary else one.outcome.name


def _effect(one: OutcomeResult) -> str:
    if one.effect is not None:
        return f"g {one.effect.g:.2f}\n{one.effect.low:.2f} to {one.effect.high:.2f}"
    if one.estimate is None:
        return "none"
    measure = "odds " if one.sessions is not None else ""
    return f"{measure}{ratio(one.estimate.ratio)}\n{interval(one.estimate.low, one.estimate.high)}"


def _p(one: OutcomeResult) -> str:
    """The p-value that counts: adjusted for their number, beside the primary outcome."""
    p = one.family.adjusted if one.family is not None else one.p
    return "none" if p is None else f"{p:.2g}"


def _verdict(one: OutcomeResult) -> Text:
    if one.verdict is None:
        return Text.assemble((NOT_ESTIMABLE.capitalize(), "bold"), f": {one.why_not.removesuffix('.')}")
    return Text.assemble((one.verdict.kind.capitalize(), "bold"), f": {one.verdict.reasons[0]}")


def _summary(evaluation: TrialEvaluation) -> list[str]:
    flow, trial = evaluation.flow, evaluation.trial
    lines = [
        f"{flow.randomised.schools} schools drawn in {flow.randomised.authorities} authorities: "
        f"{flow.intervention.allocated.schools} with a social worker, {flow.comparison.allocated.schools} without.",
        f"Plan: {trial.plan_status.state}. Allocations {evaluation.redrawn}.",
    ]
    several = next((one.family for one in evaluation.outcomes if one.family is not None), None)
    if several is not None and several.outcomes > 1:
        how = "Romano and Wolf" if several.adjusted == several.romano_wolf != several.holm else "Holm"
        lines.append(f"P-values beside the primary outcome are adjusted for {several.outcomes} outcomes by {how}.")
    if any(one.verdict is not None and not one.verdict.rules_out_worthwhile for one in evaluation.outcomes):
        lines.append('"Not supported" and "cannot tell" do not mean that there was no effect.')
    return lines + count_findings(finding.severity for finding in trial.findings)
