"""Schools that did otherwise than drawn: per protocol and the complier average, labelled as what they are."""

from __future__ import annotations

from swis.estimate.trial.attainment import EffectSize
from swis.estimate.trial.attainment_departures import ScoreComplier
from swis.estimate.trial.non_compliance import ComplierAverage
from swis.estimate.trial.result import Label, TrialEstimate
from swis.report.document import Block, Bullets, Callout, Column, Heading, Paragraph, Table, Text
from swis.report.trial.say import ratio_or_g, reason_of, say_held, told_estimate
from swis.report.words import join, p_value, percent
from swis.study.trial.evaluation import OutcomeResult, TrialEvaluation

KINDS: dict[Label, str] = {
    "intention to treat": "intention to treat",
    "per protocol": "PER PROTOCOL, not randomised",
    "complier average": "COMPLIER AVERAGE",
}
NAMES = {"per_protocol": "Per protocol", "complier": "Complier average"}


def uptake_chapter(evaluation: TrialEvaluation) -> list[Block]:
    """How many schools did otherwise, then what is left when that is taken into account."""
    heading = Heading(1, "Schools that did otherwise", "uptake")
    if _all_as_drawn(evaluation):
        return [
            heading,
            Paragraph(f"{_how_many(evaluation)} Every school did what it was drawn for: there is nothing to add."),
        ]
    rows = [row for one in evaluation.outcomes for row in _rows(one)]
    missing = _missing(evaluation)
    blocks: list[Block] = [heading, Paragraph(_how_many(evaluation))]
    if rows:
        blocks += [_warning(), _table(rows, evaluation)]
    if missing:
        blocks += [Paragraph("Not worked out:"), Bullets(tuple(missing))]
    return blocks


def _all_as_drawn(evaluation: TrialEvaluation) -> bool:
    first, second = evaluation.flow.intervention, evaluation.flow.comparison
    others = (first.not_received, second.received, first.unknown, second.unknown)
    return not any(count.schools for count in others)


def _missing(evaluation: TrialEvaluation) -> list[Text]:
    """What was not worked out and why, outcomes with one reason together."""
    names: dict[tuple[str, str], list[str]] = {}
    for one in evaluation.outcomes:
        for name, words in NAMES.items():
            if name in one.not_estimable:
                names.setdefault((words, reason_of(one, name)), []).append(one.outcome.name)
    return [f"{words}, {join(outcomes)}: {why}." for (words, why), outcomes in names.items()]


def _how_many(evaluation: TrialEvaluation) -> str:
    first, second = evaluation.flow.intervention, evaluation.flow.comparison
    unknown = first.unknown.schools + second.unknown.schools
    without = f" and {first.not_received.schools:,} had not" if first.not_received.schools else ""
    said = (
        f"Of {first.allocated.schools:,} schools drawn for a social worker, {first.received.schools:,} had one{without}; of "
        f"{second.allocated.schools:,} drawn for none, {second.received.schools or 'no school'} had one."
    )
    return said + (f" Of {unknown:,} it is not known." if unknown else "")


def _warning() -> Callout:
    words = (
        "What stands here answers other questions than the trial was drawn for, and decides nothing. Per protocol "
        "compares schools that were not chosen by lot. The complier average keeps the draw, and takes for granted "
        "that being drawn acts only through the worker."
    )
    return Callout("Not the result of the trial", (Paragraph(words),), "caution")


def _rows(one: OutcomeResult) -> list[tuple[str, ...]]:
    rows = []
    if one.per_protocol is not None:
        rows.append(_row(one, one.per_protocol, ""))
    if one.complier is not None:
        # The uptake of scores is by school as their model weighs it, that of counts by what is expected of each school.
        how = "" if isinstance(one.complier, ScoreComplier) else " by size"
        rows.append(_row(one, _of_compliers(one.complier), f"; uptake {percent(one.complier.uptake)}{how}"))
    return rows


def _of_compliers(complier: ComplierAverage | ScoreComplier) -> TrialEstimate | EffectSize:
    return complier.effect if isinstance(complier, ScoreComplier) else complier.estimate


def _row(one: OutcomeResult, estimate: TrialEstimate | EffectSize, more: str) -> tuple[str, ...]:
    return (
        one.outcome.name,
        KINDS[estimate.label],
        f"{estimate.schools_with:,} and {estimate.schools_without:,}{more}",
        told_estimate(estimate).marked,
        p_value(estimate.p),
    )


def _held(evaluation: TrialEvaluation) -> list[str]:
    """Whether each kind holds its level, once for all outcomes with as many schools."""
    found = [
        estimate
        for one in evaluation.outcomes
        for estimate in (one.per_protocol, None if one.complier is None else _of_compliers(one.complier))
        if estimate is not None
    ]
    return list(dict.fromkeys(f"{each.label}, {each.held.schools:,} schools, {say_held(each.held)}" for each in found))


def _table(rows: list[tuple[str, ...]], evaluation: TrialEvaluation) -> Table:
    return Table(
        caption="Per protocol and complier average",
        columns=(
            Column("Outcome", row_header=True),
            Column("What it is"),
            Column("Schools with and without"),
            Column(f"{ratio_or_g(evaluation.outcomes)} (interval)", "right"),
            Column("p", "right"),
        ),
        rows=tuple(rows),
        identifier="uptake-table",
        note=f"Do they hold their level? By simulation: {'; '.join(_held(evaluation))}.",
    )
