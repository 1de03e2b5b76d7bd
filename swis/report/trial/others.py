"""All outcomes together: the primary one by itself, the others as one family, each with its verdict."""

from __future__ import annotations

from swis.report.document import Block, Column, Heading, Paragraph, Ref, Table
from swis.report.figures.forest import Forest, ForestRow, forest_figure
from swis.report.trial.plan import MULTIPLICITY
from swis.report.trial.primary import levels_table
from swis.report.trial.say import NONE, drawn, say_levels, told, without_code
from swis.report.trial.sure import sure_table
from swis.report.trial.verdict import stands, verdict_callout
from swis.report.words import p_value
from swis.study.trial.evaluation import OutcomeResult, TrialEvaluation


def others_chapter(evaluation: TrialEvaluation) -> list[Block]:
    """The forest and the table of all outcomes, then a section for each beside the primary one."""
    others = [one for one in evaluation.outcomes if not one.outcome.primary]
    blocks: list[Block] = [Heading(1, "All outcomes together", "outcomes")]
    if not others:
        return [*blocks, Paragraph("The trial has one outcome, so that there is no family to adjust for.")]
    blocks += [_words(evaluation), *_figure(evaluation), _table(evaluation), *sure_table(evaluation)]
    for number, one in enumerate(others, start=1):
        blocks += _section(one, f"outcome-{number}")
    return blocks


def _section(one: OutcomeResult, key: str) -> list[Block]:
    return [
        Heading(2, one.outcome.name, key),
        verdict_callout(one),
        Paragraph(f"Place in the plan: {one.plan_state}."),
        *levels_table(one, key),
    ]


def _words(evaluation: TrialEvaluation) -> Paragraph:
    planned = evaluation.trial.protocol.options.multiplicity
    return Paragraph(
        (
            "The primary outcome is judged by itself. The others are a family: of many tests one in twenty finds "
            "something where there is nothing, so their p-values are adjusted for each other "
            f"({MULTIPLICITY[planned]}, as planned). ",
            Ref("outcomes-table"),
            " has both. Where an adjusted p-value is above 5%, an interval that leaves out no effect is no finding.",
        )
    )


def _figure(evaluation: TrialEvaluation) -> list[Block]:
    """Ratios of all outcomes that have one; scores are no ratios and stand in the table."""
    shown = [one for one in evaluation.outcomes if one.outcome.kind != "scores"]
    rows = [_row(one) for one in shown]
    left_out = [
        one.outcome.name for one in evaluation.outcomes if one.outcome.kind == "scores" and one.effect is not None
    ]
    if not any(row.interval.low is not None for row in rows):
        return []
    apart = sum(one.estimate is not None and not one.estimate.low <= 1 <= one.estimate.high for one in shown)
    forest = Forest(
        caption=f"Ratio for every outcome, with {say_levels(shown)}, not adjusted for there being several. Shaded: too "
        "small to be worth having, "
        "by the plan." + (f" Not drawn, because they are no ratios: {', '.join(left_out)}." if left_out else ""),
        finding=f"{apart} of {len(shown)} intervals leave out 1, which stands for no difference.",
        rows_are="Outcome",
        worthwhile=evaluation.trial.protocol.options.worthwhile_rate_ratio,
    )
    return [forest_figure(rows, forest, identifier="outcomes-figure")]


def _row(one: OutcomeResult) -> ForestRow:
    primary = one.outcome.primary
    name = f"{one.outcome.name} (primary)" if primary else one.outcome.name
    if one.estimate is None:
        return ForestRow(name, drawn(None), "see its section", bold=primary)
    note = f"p {p_value(one.p)}" + (f", adjusted {p_value(one.family.adjusted)}" if one.family is not None else "")
    odds = "; of odds" if one.outcome.kind == "sessions" else ""
    return ForestRow(name, drawn(one.estimate), note + odds, bold=primary)


def _verdict(one: OutcomeResult) -> tuple[str, str]:
    verdict = one.verdict
    if verdict is None:
        return "not estimable", NONE
    kind = "supported by itself, not in the family" if verdict.kind == "supported" and not stands(one) else verdict.kind
    return kind, "ruled out" if verdict.rules_out_worthwhile else "not ruled out"


def _table(evaluation: TrialEvaluation) -> Table:
    return Table(
        caption="Every outcome: effect, p-value by itself and as a family, verdict",
        columns=(
            Column("Outcome", row_header=True),
            Column("Measure"),
            Column("Effect (interval)", "right"),
            Column("p", "right"),
            Column("p, Holm", "right"),
            Column("p, Romano-Wolf", "right"),
            Column("Verdict"),
            Column("An effect worth having"),
        ),
        rows=tuple(map(_cells, evaluation.outcomes)),
        identifier="outcomes-table",
        note=f"With {say_levels(evaluation.outcomes)}.",
    )


def _cells(one: OutcomeResult) -> tuple[str, ...]:
    effect, family = told(one), one.family
    primary = one.outcome.primary
    holm = "by itself" if primary else NONE if family is None else p_value(family.holm)
    by_steps = "by itself" if primary else p_value(None if family is None else family.romano_wolf)
    return (
        one.outcome.name + (" (primary)" if primary else ""),
        NONE if effect is None else effect.measure,
        (without_code(one, one.why_not) or "not estimable") if effect is None else effect.words,
        p_value(one.p),
        holm,
        by_steps,
        *_verdict(one),
    )
