"""Who was nominated, drawn, followed and analysed: the flow diagram, and the same for every outcome."""

from __future__ import annotations

from collections.abc import Sequence

from swis.report.document import Block, Column, Heading, PageBreak, Paragraph, Ref, Table
from swis.report.figures.trial_flow import FlowBox, FlowOfTrial, FlowReason, trial_flow_figure
from swis.report.trial.say import NONE, WITH, WITHOUT
from swis.report.words import join, plural
from swis.study.trial.evaluation import TrialEvaluation
from swis.study.trial.flow import ArmFlow, FlowCount, TrialFlow
from swis.study.trial.flow import FlowReason as Reason


def flow_chapter(evaluation: TrialEvaluation) -> list[Block]:
    """The diagram, then who is in the analysis of every outcome, then what became of schools."""
    flow = evaluation.flow
    return [
        PageBreak(),
        Heading(1, "Who took part", "flow"),
        Paragraph(
            (
                f"{plural(flow.randomised.schools, 'school')} in "
                f"{plural(flow.randomised.authorities, 'authority', 'authorities')} were drawn by lot. ",
                Ref("flow-figure"),
                " follows them to the analysis of the primary outcome, ",
                Ref("flow-outcomes"),
                " to that of every outcome. Pupils are those on roll before the draw.",
            )
        ),
        trial_flow_figure(flow_of(flow, evaluation.primary.outcome.code), identifier="flow-figure"),
        _by_outcome(evaluation),
        *_changes(flow),
    ]


def flow_of(flow: TrialFlow, primary: str) -> FlowOfTrial:
    """The boxes of the diagram, followed to the analysis of one outcome."""
    arms = (flow.intervention, flow.comparison)
    nominated = [] if flow.nominated is None else [_box("Nominated", flow.nominated)]
    aside = None
    if flow.nominated is not None and (flow.excluded or flow.in_reserve or flow.replaced):
        aside = _not_drawn(flow)
    received, analysed = (
        tuple(boxes) for boxes in ([_allocated(arm) for arm in arms], [_analysed(arm, primary) for arm in arms])
    )
    stages = [(received[0], received[1])]
    if any(arm.changed for arm in arms):
        stages.append((_changed(arms[0]), _changed(arms[1])))
    stages.append((analysed[0], analysed[1]))
    return FlowOfTrial((*nominated, _box("Drawn by lot", flow.randomised)), aside, tuple(stages))


def _box(title: str, count: FlowCount, reasons: Sequence[FlowReason] = ()) -> FlowBox:
    return FlowBox(title, count.schools, count.pupils, tuple(reasons))


def _reasons(reasons: Sequence[Reason]) -> list[FlowReason]:
    return [FlowReason(each.reason, each.number) for each in reasons]


def _not_drawn(flow: TrialFlow) -> FlowBox:
    reasons, stood_in = _reasons(flow.excluded), sum(each.number for each in flow.replaced)
    if left := (flow.in_reserve or 0) - stood_in:
        reasons.append(FlowReason("in reserve, not needed", left))
    if stood_in:
        reasons.append(FlowReason("withdrew before arms were told; another stood in", stood_in))
    return FlowBox("Not drawn", sum(each.schools for each in reasons), None, tuple(reasons))


def _allocated(arm: ArmFlow) -> FlowBox:
    drawn_for = "a social worker" if arm.arm == "intervention" else "none"
    parts = (("had a social worker", arm.received), ("had none", arm.not_received), ("not known whether", arm.unknown))
    reasons = [FlowReason(words, count.schools) for words, count in parts if count.schools]
    return _box(f"Drawn for {drawn_for}", arm.allocated, reasons)


def _changed(arm: ArmFlow) -> FlowBox:
    reasons = _reasons(arm.changed)
    return FlowBox("Changed after the draw", sum(each.schools for each in reasons), None, tuple(reasons))


def _analysed(arm: ArmFlow, code: str) -> FlowBox:
    gone = _reasons(arm.not_analysed.get(code, ()))
    reasons = [FlowReason(f"not analysed: {each.why}", each.schools) for each in gone]
    return _box("In the primary analysis", arm.analysed.get(code, FlowCount(0, None, 0)), reasons)


def _by_outcome(evaluation: TrialEvaluation) -> Table:
    """A row for each arm and each group of outcomes that the same schools have."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for one in evaluation.outcomes:
        for arm, words in ((evaluation.flow.intervention, WITH), (evaluation.flow.comparison, WITHOUT)):
            groups.setdefault((words, *_in_analysis(arm, one.outcome.code)), []).append(one.outcome.name)
    every = len(evaluation.outcomes)
    rows = [
        ("Every outcome" if len(names) == every > 1 else join(names), *row)
        for row, names in sorted(groups.items(), key=lambda group: _place(evaluation, group[1]))
    ]
    return Table(
        caption="Schools and pupils in the analysis of every outcome",
        columns=(
            Column("Outcome", row_header=True),
            Column("Arm"),
            Column("Schools drawn", "right"),
            Column("Schools analysed", "right"),
            Column("Pupils", "right"),
            Column("Not analysed"),
        ),
        rows=tuple(rows),
        identifier="flow-outcomes",
        note="Schools that merged are analysed as one.",
    )


def _in_analysis(arm: ArmFlow, code: str) -> tuple[str, str, str, str]:
    count = arm.analysed.get(code, FlowCount(0, None, 0))
    gone = "; ".join(f"{each.number:,} {each.reason}" for each in arm.not_analysed.get(code, ())) or "none"
    pupils = NONE if count.pupils is None else f"{count.pupils:,}"
    return f"{arm.allocated.schools:,}", f"{count.schools:,}", pupils, gone


def _place(evaluation: TrialEvaluation, names: list[str]) -> int:
    return next(place for place, one in enumerate(evaluation.outcomes) if one.outcome.name == names[0])


def _changes(flow: TrialFlow) -> list[Block]:
    rows = [
        (words, each.reason, f"{each.number:,}")
        for arm, words in ((flow.intervention, WITH), (flow.comparison, WITHOUT))
        for each in arm.changed
    ]
    if not rows:
        return [
            Paragraph("No school is declared to have closed, merged, taken a new number or withdrawn after the draw.")
        ]
    columns = (Column("Arm", row_header=True), Column("What became of it"), Column("Schools", "right"))
    return [Table("Schools that changed after the draw", columns, tuple(rows), "flow-changes")]
