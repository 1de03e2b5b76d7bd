"""Looks at the primary outcome before the end: boundaries, where the trial stood, and the chance that was left."""

from __future__ import annotations

from scipy.special import ndtr

from swis.report.document import Block, Column, Heading, Paragraph, Table
from swis.report.trial.say import signed
from swis.report.words import p_value, percent, plural
from swis.study.trial.evaluation import Monitoring, TrialEvaluation


def looks_chapter(evaluation: TrialEvaluation) -> list[Block]:
    """The boundaries and this look; nothing where no looks were planned."""
    found = evaluation.monitoring
    if found is None:
        return []
    return [
        Heading(1, "Looks before the end", "looks"),
        Paragraph(_this_look(found)),
        _boundaries(found),
        *_conditional(found),
    ]


def _this_look(found: Monitoring) -> str:
    what = "lies beyond" if found.passed else "does not reach"
    then = "by the plan the trial may stop for effect" if found.passed else "by the plan the trial goes on"
    if found.look == len(found.looks.boundaries):
        then = "it is the last look"
    return (
        f"{plural(len(found.looks.boundaries), 'look')} were planned, the error spent after O'Brien and Fleming. This "
        f"is look {found.look}. The statistic, positive towards the effect worth having, is {signed(found.z)} and "
        f"{what} the boundary of {found.boundary:.2f}: {then}. Verdict and interval of the primary outcome "
        "are at the level of this look."
    )


def _boundaries(found: Monitoring) -> Table:
    looks = found.looks
    return Table(
        caption=f"Boundaries, one-sided {looks.level:g}",
        columns=(
            Column("Look", row_header=True),
            Column("Information", "right"),
            Column("Boundary of z", "right"),
            Column("One-sided p at it", "right"),
            Column("Error spent until then", "right"),
        ),
        rows=tuple(
            (
                f"{number}" + (" (this one)" if number == found.look else ""),
                f"{share:.0%}",
                f"{boundary:.3f}",
                p_value(float(ndtr(-boundary))),
                f"{spent:.5f}",
            )
            for number, (share, boundary, spent) in enumerate(
                zip(looks.information, looks.boundaries, looks.spent, strict=True), start=1
            )
        ),
        identifier="looks-table",
    )


def _conditional(found: Monitoring) -> list[Block]:
    left = found.conditional
    if left is None:
        return []
    advice = " That is too little to go on for, which is advice and no rule." if left.futile else ""
    return [
        Paragraph(
            f"The chance to end beyond the last boundary: {percent(left.planned)} if the effect is what was planned, "
            f"{percent(left.seen)} if it goes on as seen so far.{advice}"
        )
    ]
