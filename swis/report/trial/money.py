"""What the programme cost, and what the money bought where that was weighed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from swis.costs.cost import CostResult
from swis.costs.cost_effect import whole_pounds
from swis.report.chapters.money import money_blocks
from swis.report.document import Block, Callout, Column, Figure, Heading, Paragraph, Table
from swis.report.figures.costs import cost_figure
from swis.report.words import plural, pounds
from swis.study.trial.evaluation import TrialEvaluation
from swis.study.trial.protocol import TrialMoney
from swis.study.trial.trial import Trial

SYNTHETIC = "SYNTHETIC costs"
NOT_GIVEN = "not given"
NOT_TOLD = (
    "Not given: the folder has no [money], no claims and no costs by school. What the programme cost is not reported."
)


def money_chapter(evaluation: TrialEvaluation) -> list[Block]:
    """How money is weighed, the cost of the programme from its claims, then what it bought; what is not given is said."""
    blocks, settings = _chapter(evaluation), evaluation.trial.protocol.money
    return label_synthetic(blocks) if settings is not None and settings.synthetic else blocks


def label_synthetic(blocks: Sequence[Block]) -> list[Block]:
    """The same with every heading, caption and callout saying that the costs are made up."""
    return [_labelled(block) for block in blocks]


def _labelled(block: Block) -> Block:
    match block:
        case Heading():
            return replace(block, text=f"{block.text} ({SYNTHETIC})")
        case Callout():
            return replace(block, title=f"{block.title} ({SYNTHETIC})")
        case Table():
            return replace(block, caption=f"{SYNTHETIC}. {block.caption}")
        case Figure():
            data = replace(block.data, caption=f"{SYNTHETIC}. {block.data.caption}")
            return replace(block, caption=f"{SYNTHETIC}. {block.caption}", alt=f"{SYNTHETIC}. {block.alt}", data=data)
        case _:
            return block


def _chapter(evaluation: TrialEvaluation) -> list[Block]:
    money, settings = evaluation.money, evaluation.trial.protocol.money
    blocks: list[Block] = [Heading(1, "What it cost", "costs")]
    if settings is None and evaluation.cost is None and money is None:
        return [*blocks, Paragraph(NOT_TOLD)]
    if settings is not None:
        blocks.append(settings_table(settings, evaluation.trial))
    if evaluation.cost is not None:
        blocks += _claimed(evaluation.cost)
    if money is not None:
        return [*blocks, *money_blocks(money, level=2, identifier="money")]
    return [*blocks, Heading(2, "What the money bought", "money"), Paragraph(evaluation.money_not or NOT_TOLD)]


def settings_table(settings: TrialMoney, trial: Trial) -> Table:
    """The settings of [money]; what it leaves out is called not given."""
    costs = trial.costs
    affected = settings.schools_affected
    decided = None if affected is None else f"{affected:,} schools for {plural(settings.horizon_years, 'year')}"
    rollout = ", ".join(f"{number:,}" for number in settings.rollout)
    rows = (
        ("Prices of", settings.price_year),
        ("Perspective: whose costs are counted", settings.perspective),
        (
            "Where costs by school come from",
            settings.source if costs is not None and costs.by_school is not None else None,
        ),
        ("Prices of outcomes", _priced(trial)),
        ("What one averted could be worth", ", ".join(map(whole_pounds, settings.worths))),
        ("Discount rate, a year", f"{settings.discount_rate:.1%}"),
        ("What is decided on", decided),
        ("Schools in each year of a budget", rollout or None),
    )
    return Table(
        caption="How the money is weighed",
        columns=(Column("Item", row_header=True), Column("As given")),
        rows=tuple((name, (words or NOT_GIVEN).strip()) for name, words in rows),
        identifier="money-settings",
    )


def _priced(trial: Trial) -> str | None:
    costs = trial.costs
    if costs is None or not costs.unit_costs:
        return None
    return "; ".join(f"{cost.what} {pounds(cost.pounds)} ({cost.source})" for cost in costs.unit_costs)


def _claimed(cost: CostResult) -> list[Block]:
    caption = f"Cost of the programme, {cost.period}, in prices of {cost.price_year}"
    parts = [("Staffing", cost.staffing), ("Ancillary", cost.ancillary), ("Other", cost.other)]
    each = (
        ("School", cost.per_school),
        ("Social worker", cost.per_worker),
        ("Social worker and term", cost.per_worker_and_term),
        ("Pupil", cost.per_pupil),
    )
    return [
        Paragraph(
            f"The programme cost {pounds(cost.total)} in {cost.period}, in prices of {cost.price_year}. Counted: what "
            "was claimed for the period, and what was bought, spread over its useful life. Not counted: what schools "
            "gave in kind, what would have been spent anyway, and what was averted."
        ),
        cost_figure(
            [(name, float(amount)) for name, amount in parts if amount], identifier="cost-figure", title=caption
        ),
        Table(
            caption="Cost per school, worker and pupil",
            columns=(Column("Per", row_header=True), Column("Cost", "right")),
            rows=tuple((name, pounds(amount)) for name, amount in each),
            identifier="unit-costs",
        ),
    ]
