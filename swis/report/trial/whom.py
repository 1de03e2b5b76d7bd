"""For whom and when: subgroups by interaction, and the effect at each follow-up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from swis.estimate.trial.attainment_effects import GroupEffect, ScoreInteraction
from swis.estimate.trial.effects import GroupRatio, Interaction
from swis.report.document import Block, Bullets, Column, Heading, Paragraph, Table
from swis.report.figures.forest import Forest, ForestRow, forest_figure
from swis.report.figures.ratios import Interval
from swis.report.trial.say import NONE, ratio_or_g, reason_of, say_held, say_level, say_levels, signed, without_code
from swis.report.words import interval, p_value, ratio
from swis.study.trial.evaluation import OutcomeResult, TrialEvaluation

APART = {
    "Ratio": "Second over first",
    "Effect size (g)": "Second less first",
    "Ratio, or g of scores": "Second over first; of g, less first",
}
"""The heading of the column that sets two groups against each other, by what the column of effects holds."""


@dataclass(frozen=True)
class _Asked:
    """A question about a difference between effects, and its answer if it has one."""

    by: str
    answer: Interaction | ScoreInteraction | None
    why_not: str


def whom_chapter(evaluation: TrialEvaluation) -> list[Block]:
    """Subgroups that were named before the draw; then follow-ups, where there are several."""
    return [
        Heading(1, "For whom, and when", "whom"),
        Heading(2, "Subgroups", "subgroups"),
        *_subgroups(evaluation),
        *_follow_ups(evaluation),
    ]


def _subgroups(evaluation: TrialEvaluation) -> list[Block]:
    asked = [
        (one, [_Asked(each.subgroup.name, each.interaction, each.why_not) for each in one.subgroups])
        for one in _with(evaluation)
    ]
    if not evaluation.trial.protocol.subgroups:
        return [Paragraph("No subgroup was named before the draw, and none was looked for.")]
    words = Paragraph(
        "A subgroup is a question about the difference between two effects, and the interaction answers it. That one "
        "group's interval leaves out 1 and another's does not is no finding. These p-values are not adjusted for "
        "there being several; they make questions for the next trial."
    )
    return [words, *_answers(asked, "subgroups", evaluation)]


def _with(evaluation: TrialEvaluation) -> list[OutcomeResult]:
    return [one for one in evaluation.outcomes if one.subgroups]


def _follow_ups(evaluation: TrialEvaluation) -> list[Block]:
    names = [each.name for each in evaluation.trial.protocol.terms.follow_ups]
    if len(names) < 2:
        return []
    asked = [
        (one, [_Asked("follow-up", one.follow_ups, reason_of(one, "follow_ups", ""))])
        for one in evaluation.outcomes
        if one.follow_ups is not None or "follow_ups" in one.not_estimable
    ]
    words = Paragraph(
        "The effect at each follow-up, by one model; the interaction asks whether it changes from one to the next."
    )
    return [Heading(2, "Follow-up by follow-up", "follow-ups"), words, *_answers(asked, "follow-ups", evaluation)]


def _answers(asked: list[tuple[OutcomeResult, list[_Asked]]], key: str, evaluation: TrialEvaluation) -> list[Block]:
    """A figure of the first outcome's ratios, a table of all answers, and what had no answer."""
    missing = [
        f"{one.outcome.name}, {each.by}: {without_code(one, each.why_not) or 'not estimable'}."
        for one, questions in asked
        for each in questions
        if each.answer is None
    ]
    blocks: list[Block] = []
    if asked:
        blocks += _figure(*asked[0], key=key, evaluation=evaluation)
    for number, by in enumerate(dict.fromkeys(each.by for _, questions in asked for each in questions), start=1):
        found = [(one, each.answer) for one, questions in asked for each in questions if each.by == by and each.answer]
        if found:
            blocks.append(_table(by, found, f"{key}-{number}"))
    if missing:
        blocks += [Paragraph("Without an answer:"), Bullets(tuple(missing))]
    return blocks or [Paragraph("Nothing could be estimated.")]


def _figure(one: OutcomeResult, questions: Sequence[_Asked], *, key: str, evaluation: TrialEvaluation) -> list[Block]:
    # Effect sizes are no ratios: they stand in the tables.
    answered = [each.answer for each in questions if isinstance(each.answer, Interaction)]
    rows = [
        ForestRow(
            f"{answer.by[:1].upper()}{answer.by[1:]}: {group.name}",
            Interval(group.ratio, group.low, group.high),
            f"{group.schools:,} schools" + (f"; interaction p {p_value(answer.p)}" if place == 0 else ""),
        )
        for answer in answered
        for place, group in enumerate(answer.groups)
    ]
    if not rows:
        return []
    finding = " ".join(
        f"By {answer.by[:1].lower()}{answer.by[1:]} the interaction has p {p_value(answer.p)}." for answer in answered
    )
    forest = Forest(
        caption=f"{one.outcome.name}: ratios by group, with {say_level(answered[0].level)} intervals. What counts is "
        "the interaction. Shaded: too small to be worth having, by the plan.",
        finding=finding,
        rows_are="Group",
        worthwhile=evaluation.trial.protocol.options.worthwhile_rate_ratio,
    )
    return [forest_figure(rows, forest, identifier=f"{key}-figure")]


def _table(by: str, found: Sequence[tuple[OutcomeResult, Interaction | ScoreInteraction]], key: str) -> Table:
    """A row for each outcome, a column for each group."""
    what = ratio_or_g([one for one, _ in found])
    plural = {"Ratio": "Ratios", "Effect size (g)": "Effect sizes (g)"}.get(what, "Ratios, or g of scores,")
    groups = list(dict.fromkeys(group.name for _, answer in found for group in answer.groups))
    held = dict.fromkeys(f"with {answer.held.schools:,} schools {say_held(answer.held)}" for _, answer in found)
    return Table(
        caption=f"Do effects differ by {by[:1].lower()}{by[1:]}? {plural} with their intervals",
        columns=(
            Column("Outcome", row_header=True),
            *(Column(name[:1].upper() + name[1:], "right") for name in groups),
            *([Column(APART[what], "right")] if len(groups) == 2 else []),
            Column("Interaction p", "right"),
        ),
        rows=tuple(_row(one, answer, groups) for one, answer in found),
        identifier=key,
        note=f"With {say_levels([one for one, _ in found])}. Schools: {_schools(found[0][1])}. Does the test of the "
        f"interaction hold its level? By simulation, {'; '.join(held)}.",
    )


def _row(one: OutcomeResult, answer: Interaction | ScoreInteraction, groups: list[str]) -> tuple[str, ...]:
    by_name = {group.name: _group(group) for group in answer.groups}
    apart = [_apart(answer)] if len(groups) == 2 else []
    return one.outcome.name, *(by_name.get(name, NONE) for name in groups), *apart, p_value(answer.p)


def _group(group: GroupRatio | GroupEffect) -> str:
    if isinstance(group, GroupEffect):
        return f"g {signed(group.g)} ({signed(group.low)} to {signed(group.high)})"
    return f"{ratio(group.ratio)} ({interval(group.low, group.high)})"


def _apart(answer: Interaction | ScoreInteraction) -> str:
    """How far two groups are apart: the ratio of their ratios, or the difference of their effect sizes."""
    if isinstance(answer, ScoreInteraction):
        ends = answer.difference
        return NONE if ends is None else f"g {signed(ends[0])} ({signed(ends[1])} to {signed(ends[2])})"
    ends = answer.ratio_of_ratios
    return NONE if ends is None else f"{ratio(ends[0])} ({interval(ends[1], ends[2])})"


def _schools(answer: Interaction | ScoreInteraction) -> str:
    return ", ".join(f"{group.name} {group.schools:,}" for group in answer.groups)
