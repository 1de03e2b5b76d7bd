"""Harms: what went up, or could have. An increase can be harm, or help that is seen sooner; counts alone do not say which."""

from __future__ import annotations

from math import isfinite

from swis.report.document import Block, Column, Heading, Paragraph, Table
from swis.report.trial.say import NONE, Told, say_levels, say_size, told
from swis.report.trial.verdict import hoped_for
from swis.report.words import p_value
from swis.study.trial.evaluation import OutcomeResult, TrialEvaluation


def harms_chapter(evaluation: TrialEvaluation) -> list[Block]:
    """How to read an increase, then for every outcome what is found and what is not ruled out."""
    rows = [_row(one, effect) for one in evaluation.outcomes if (effect := told(one)) is not None]
    blocks: list[Block] = [
        Heading(1, "Harms", "harms"),
        Paragraph(
            "Every test is two-sided: the programme was given the chance to do harm. More referrals, assessments or "
            "enquiries can mean that children fared worse. They can as well mean that a worker in the school saw "
            "what nobody had seen before, and that help came sooner. These counts cannot tell the two apart; days in "
            "care and attendance are nearer to what children lived through."
        ),
    ]
    if rows:
        blocks.append(_table(rows, say_levels(evaluation.outcomes)))
    blocks.append(
        Paragraph(
            "Unwanted events of single children, such as a complaint or a breach of confidence, are not part of "
            "these data and are not reported here."
        )
    )
    return blocks


def _table(rows: list[tuple[str, ...]], levels: str) -> Table:
    return Table(
        caption="In the direction against the one hoped for",
        columns=(
            Column("Outcome", row_header=True),
            Column("Effect (interval)", "right"),
            Column("p, two-sided", "right"),
            Column("The estimate lies"),
            Column("An effect worth having the other way"),
        ),
        rows=tuple(rows),
        identifier="harms-table",
        note=f"With {levels}.",
    )


def _row(one: OutcomeResult, effect: Told) -> tuple[str, ...]:
    verdict = one.verdict
    if verdict is None:
        return one.outcome.name, effect.words, p_value(one.p), NONE, NONE
    scores = one.effect is not None
    against = -verdict.worthwhile if scores else 1 / verdict.worthwhile
    what = say_size(against, scores=scores) if isfinite(against) else "such an effect"
    side = "on the side hoped for" if hoped_for(verdict, effect) else "on the other side"
    ruled = "is not ruled out" if verdict.room_for_harm else "is ruled out"
    return one.outcome.name, effect.words, p_value(one.p), side, f"{what} {ruled}"
