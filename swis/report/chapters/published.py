"""What was published of one outcome, each number beside ours, and the same without the corrections."""

from __future__ import annotations

from collections.abc import Sequence

from swis.report.document import Block, Column, Heading, Paragraph, Ref, Table
from swis.report.words import plural
from swis.study.evaluation import OutcomeEvaluation
from swis.study.reproduction import Reproduced

PARTS = {"estimate": "ratio", "lower": "lower end", "upper": "upper end"}


def published_blocks(one: OutcomeEvaluation, key: str) -> list[Block]:
    """The printed numbers beside those of the published method, with a tick or the reason why not."""
    if not one.reproduction:
        return []
    agreeing = sum(each.agrees for each in one.reproduction)
    blocks: list[Block] = [
        Heading(3, "Printed and reproduced", f"{key}-reproduced"),
        Paragraph(
            (
                f"By the published method {agreeing} of {plural(len(one.reproduction), 'printed number')} follow from the table "
                "to the last digit. ",
                Ref(f"{key}-printed"),
                " shows each beside ours.",
            )
        ),
        _table(one.reproduction, caption=f"{one.outcome.name}: printed and reproduced", identifier=f"{key}-printed"),
    ]
    return blocks + _without_corrections(one, key)


def _without_corrections(one: OutcomeEvaluation, key: str) -> list[Block]:
    if not one.reproduction_as_printed:
        return []
    words = f"Without the declared corrections {plural(len(one.differs_as_printed), 'more number')} would not follow."
    if one.as_printed is not None:
        words += f" The verdict on the printed table would be “{one.as_printed.verdict.kind}”."
    if not one.differs_as_printed:
        return [Paragraph(words)]
    caption = f"{one.outcome.name}: printed numbers that follow only with the corrections"
    return [
        Paragraph(words),
        _table(one.differs_as_printed, caption=caption, identifier=f"{key}-uncorrected", ticks=False),
    ]


def _table(numbers: Sequence[Reproduced], *, caption: str, identifier: str, ticks: bool = True) -> Table:
    rows = []
    for each in numbers:
        ours = "none" if each.ours is None else _digits(each.ours)
        end = ("agrees" if each.agrees else f"no: {each.reason}",) if ticks else ()
        rows.append((each.coefficient, PARTS[each.part], each.printed.text, ours, *end))
    return Table(
        caption=caption,
        columns=(
            Column("Coefficient", row_header=True),
            Column("Number"),
            Column("Printed", "right"),
            Column("Ours" if ticks else "Ours, from the printed table", "right"),
            *((Column("Agrees to the last digit"),) if ticks else ()),
        ),
        rows=tuple(rows),
        identifier=identifier,
    )


def _digits(value: float) -> str:
    """Two digits more than a publication prints, so that the eye can round."""
    return f"{value:.4f}" if 0.01 <= value < 1_000 else f"{value:.4g}"
