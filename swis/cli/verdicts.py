"""The verdicts as a table in the terminal, and what they come to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import exp, inf
from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from swis.report.words import interval, ratio
from swis.study.evaluation import OutcomeEvaluation, StudyEvaluation
from swis.study.together import Evaluation
from swis.tables.published_estimates import INTERVENTION_BY_TIME

NARROW = 60  # columns of the terminal below which a table would be all line breaks
NOT_ESTIMABLE = "not estimable"


def print_verdicts(console: Console, evaluation: Evaluation, written: Mapping[str, Path]) -> None:
    """Print the verdict on every analysis, what they come to, and where the report lies."""
    for study in evaluation.studies:
        console.print(Text(study.study.authority, style="bold"))
        if console.width < NARROW:
            _print_stacked(console, study)
        else:
            console.print(Padding(_table(study), (0, 0, 0, 2)))
        console.print()
    for line in _summary(evaluation):
        console.print(Text(line))
    for line in report_lines(written):
        console.print(Text(line), soft_wrap=True)  # a path that is broken over two lines cannot be copied


def kind_of(one: OutcomeEvaluation) -> str:
    """The verdict on an analysis in words."""
    return one.appraisal.verdict.kind if one.appraisal else NOT_ESTIMABLE


def _table(study: StudyEvaluation) -> Table:
    table = Table(box=None, show_edge=False, pad_edge=False, padding=(0, 2, 0, 0), header_style="", expand=True)
    table.add_column("Outcome", max_width=24, min_width=12)
    table.add_column(_heading(study), max_width=18)
    table.add_column("What the data can carry", ratio=1)
    for one in study.outcomes:
        table.add_row(one.outcome.name, "\n".join(_ratio(study, one)), _verdict(one))
    return table


def _print_stacked(console: Console, study: StudyEvaluation) -> None:
    for one in study.outcomes:
        console.print(
            Text.assemble(
                f"{one.outcome.name}. {_heading(study)}: {', '.join(_ratio(study, one))}. ", _verdict(one), "."
            )
        )


def _heading(study: StudyEvaluation) -> str:
    return "Published" if any(_published(study, one) for one in study.outcomes) else "Rate ratio"


def _ratio(study: StudyEvaluation, one: OutcomeEvaluation) -> list[str]:
    """The rate ratio as it was printed, and what was said of it; in a study of which nothing was published, ours."""
    if _heading(study) == "Published":
        return _published(study, one) or ["nothing"]
    if one.appraisal is None:
        return ["none"]
    verdict, estimate = one.appraisal.verdict, exp(one.appraisal.log_ratio)
    return ["none that is finite" if estimate in (0, inf) else ratio(estimate), interval(verdict.low, verdict.high)]


def _published(study: StudyEvaluation, one: OutcomeEvaluation) -> list[str]:
    estimates = study.study.published_of(one.outcome.code)
    printed = [e.irr.text for e in estimates if e.coefficient == INTERVENTION_BY_TIME and e.irr]
    return printed + ([one.outcome.published_claim] if one.outcome.published_claim else [])


def _verdict(one: OutcomeEvaluation) -> Text:
    reason = one.appraisal.verdict.reasons[0] if one.appraisal else one.reason.removesuffix(".")
    return Text.assemble((kind_of(one).capitalize(), "bold"), f": {reason}")


def _summary(evaluation: Evaluation) -> list[str]:
    kinds = [kind_of(one) for one in evaluation.outcomes]
    claimed = sum(one.outcome.published_claim == "significant" for one in evaluation.outcomes)
    supported, untold = kinds.count("supported"), kinds.count("cannot tell") + kinds.count(NOT_ESTIMABLE)
    number = f"{len(kinds)} analyses" if len(kinds) > 1 else "1 analysis"
    published = f" {claimed} {'was' if claimed == 1 else 'were'} published as significant." if claimed else ""
    lines = [
        f"{number}: {supported} supported by the data, {untold} where no result could have been significant.{published}"
    ]
    if supported < len(kinds):
        lines.append('"Not supported" and "cannot tell" do not mean that there was no effect.')
    return lines + count_findings(one.severity for study in evaluation.studies for one in study.study.findings)


def count_findings(severities: Iterable[str]) -> list[str]:
    """How many warnings and notes there were, as one line; none where there were none."""
    found = list(severities)
    if not found:
        return []
    warnings, notes = found.count("warning"), found.count("note")
    return [f"In reading: {_many(warnings, 'warning')}, {_many(notes, 'note')}; swis check shows them."]


def _many(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def report_lines(written: Mapping[str, Path]) -> list[str]:
    """Where the report lies; nothing where none was written."""
    if not written:
        return []
    first, *others = written.values()
    same = f" (the same as {' and '.join(path.name for path in others)})" if others else ""
    return ["", f"The full report: {first}{same}"]
