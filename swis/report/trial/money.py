"""What the programme cost, and what the money bought where that was weighed."""

from __future__ import annotations

from swis.costs.cost import CostResult
from swis.costs.money_result import MoneyResult
from swis.report.chapters.money import money_blocks
from swis.report.document import Block, Column, Heading, Paragraph, Table
from swis.report.figures.costs import cost_figure
from swis.report.words import pounds
from swis.study.trial.evaluation import TrialEvaluation


def money_chapter(evaluation: TrialEvaluation, money: MoneyResult | None) -> list[Block]:
    """The cost of the programme from its claims, then what it bought; a sentence where neither is known."""
    blocks: list[Block] = [Heading(1, "What it cost", "costs")]
    if evaluation.cost is not None:
        blocks += _claimed(evaluation.cost)
    if money is not None:
        blocks += money_blocks(money, level=2, identifier="money")
    if len(blocks) == 1:
        blocks.append(
            Paragraph("The folder has no claims and no costs by school: what the programme cost is not reported.")
        )
    return blocks


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
