"""What says how sure the results of the outcomes beside the primary one are, side by side."""

from __future__ import annotations

from math import isinf

from swis.report.document import Block, Column, Table
from swis.report.trial.say import NONE, number, say_held, told
from swis.report.words import interval, p_value
from swis.study.trial.evaluation import OutcomeResult, TrialEvaluation


def sure_table(evaluation: TrialEvaluation) -> list[Block]:
    """A row for each outcome beside the primary one that has a result; nothing where none has."""
    found = [one for one in evaluation.outcomes if not one.outcome.primary and told(one) is not None]
    if not found:
        return []
    return [
        Table(
            caption="How sure the other outcomes are",
            columns=(
                Column("Outcome", row_header=True),
                Column("Ratios not rejected by the randomisation test"),
                Column("p, score bootstrap", "right"),
                Column("k or intra-cluster correlation (interval)", "right"),
                Column("Design effect", "right"),
                Column("Dispersion", "right"),
            ),
            rows=tuple(map(_row, found)),
            identifier="outcomes-sure",
            note=f"Do the intervals hold their level? By simulation: {'; '.join(_levels(found))}.",
        )
    ]


def _row(one: OutcomeResult) -> tuple[str, ...]:
    scattered = one.result.dispersion if one.result is not None else one.sessions.dispersion if one.sessions else None
    alike = one.clustering
    return (
        one.outcome.name,
        NONE if one.randomisation_interval is None else interval(*one.randomisation_interval),
        p_value(None if one.result is None else one.result.bootstrap.p),
        NONE if alike is None else f"{alike.value:.3f} ({alike.low:.3f} to {_high(alike.high)})",
        NONE if alike is None else number(alike.design_effect),
        NONE if scattered is None else number(scattered),
    )


def _high(value: float) -> str:
    return "no limit" if isinf(value) else f"{value:.3f}"


def _levels(found: list[OutcomeResult]) -> list[str]:
    """Whether the planned intervals hold their level, once for all outcomes of a kind with as many schools."""
    results = [one.effect or one.estimate for one in found]
    held = [each.held for each in results if each is not None]
    return list(dict.fromkeys(f"{each.analysis}, {each.schools:,} schools, {say_held(each)}" for each in held))
