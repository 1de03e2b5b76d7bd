"""Two editions of a report: the evaluator's, as the library writes it, and one for others without the counts of single schools.

What others may know of single schools they find under published figures, which pass disclosure control. The sums of the two arms,
which a report cannot do without, are put to the same rule: where it hides one, the report stays within the evaluation.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import ceil

import numpy as np

from swis.disclosure.count_table import CountTable, Dimension
from swis.disclosure.policy import dfe
from swis.disclosure.publish import publish
from swis.estimate.comparison import Comparison
from swis.report.document import Block, Bullets, Callout, Document, Figure, Paragraph, Ref, Table, Text
from swis.study.evaluation import OutcomeEvaluation
from swis.study.trial.evaluation import OutcomeResult

NOT_HERE = (
    "Counts of single schools are not in this edition. As far as they may be told, they stand under published figures."
)
ELSEWHERE = "the evaluator's edition"
OF_SCHOOLS = "School"  # the heading of a column that names single schools
WITHOUT_COUNTS = "-configuration"  # how workers are present in each school
QUOTING = ("Corrections", "Findings")  # tables that may quote a count of a school

Sums = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


def edition_for_others(document: Document) -> Document:
    """A report without tables and figures of single schools, and without what may quote a count of one."""
    gone = {name for block in document.blocks for name in _names_of_what_goes(block)}
    blocks: list[Block] = []
    for block in document.blocks:
        kept = _without(block, gone)
        if kept is None and blocks[-1:] != [Paragraph(NOT_HERE)]:
            blocks.append(Paragraph(NOT_HERE))
        elif kept is not None:
            blocks.append(kept)
    return replace(document, subtitle=f"{document.subtitle}. For readers outside the evaluation", blocks=tuple(blocks))


def _names_of_what_goes(block: Block) -> Iterator[str]:
    if isinstance(block, Callout):
        for inner in block.blocks:
            yield from _names_of_what_goes(inner)
    elif isinstance(block, Table | Figure) and _goes(block):
        yield block.identifier
        if isinstance(block, Figure):
            yield block.data.identifier


def _goes(block: Table | Figure) -> bool:
    table = block.data if isinstance(block, Figure) else block
    of_schools = any(column.title == OF_SCHOOLS for column in table.columns)
    return table.caption in QUOTING or (of_schools and not table.identifier.endswith(WITHOUT_COUNTS))


def _without(block: Block, gone: set[str]) -> Block | None:
    match block:
        case Table() | Figure():
            return None if block.identifier in gone else block
        case Callout():
            inner = [_without(each, gone) for each in block.blocks]
            kept = tuple(each for each in inner if isinstance(each, Paragraph | Bullets | Table | Figure))
            return replace(block, blocks=kept) if kept else None
        case Paragraph():
            return Paragraph(_reword(block.text, gone))
        case Bullets():
            return Bullets(tuple(_reword(item, gone) for item in block.items))
        case _:
            return block


def _reword(text: Text, gone: set[str]) -> Text:
    """A text without references to what is not there: up to the sentence that has the first, or with words in their place."""
    parts = (text,) if isinstance(text, str) else text
    places = [place for place, part in enumerate(parts) if isinstance(part, Ref) and part.identifier in gone]
    if not places:
        return text
    before = parts[: places[0]]
    if before and isinstance(before[-1], str) and before[-1].rstrip().endswith("."):
        return before
    return tuple(ELSEWHERE if place in places else part for place, part in enumerate(parts))


def may_be_told(one: OutcomeEvaluation | OutcomeResult) -> bool:
    """Whether the sums of the two arms, before and after the start, all stand under the rule; True where nothing was counted."""
    if isinstance(one, OutcomeEvaluation):
        sums, terms = _sums_of_comparison(one.comparison), len(one.comparison.terms)
    elif one.table is None:
        return True
    else:
        counted = [one.table.count, one.table.baseline_count]
        arms = one.table.intervention
        sums = np.array(
            [[np.nansum(each[arms == arm]) for each in counted if each is not None] for arm in (True, False)]
        )
        terms = 1
    times = Dimension.of("time", *("first", "second")[: sums.shape[1]])
    table = CountTable(
        one.outcome.name, "readers outside the evaluation", (Dimension.of("arm", "with", "without"), times),
        np.ceil(sums).astype(np.int64),
    )  # fmt: skip
    return publish(table, dfe().in_units_of(ceil(terms) if one.outcome.kind == "days" else 1)).hidden == 0


def _sums_of_comparison(comparison: Comparison) -> Sums:
    """By arm, before and after the start; days in units of which one stands for a child in a term."""
    after = np.isin(comparison.terms, comparison.after)
    counted = np.where(comparison.pupils > 0, np.nan_to_num(comparison.count), 0) / comparison.unit_of_count
    arms = (comparison.intervention, ~comparison.intervention)
    return np.array([[counted[arm][:, ~after].sum(), counted[arm][:, after].sum()] for arm in arms])
