"""What the programme of one study cost: claims, what they come to in the period, and per school, worker and pupil."""

from __future__ import annotations

from decimal import Decimal

from swis.costs.cost import CostResult, compare_with_printed
from swis.report.chapters.money import money_blocks
from swis.report.chapters.outcome import identifier
from swis.report.document import Block, Column, Heading, Paragraph, Table
from swis.report.figures.costs import cost_figure
from swis.report.words import pounds
from swis.study.evaluation import StudyEvaluation
from swis.study.study import Study
from swis.study.weigh_study import weigh_study

AGREEMENT = {
    "agrees": "agrees",
    "cut off": "no: the pence were cut off, not rounded",
    "differs": "no: does not follow from the claims",
}


def cost_section(evaluated: StudyEvaluation) -> list[Block]:
    """The costs of a study; nothing where it has no claims."""
    cost, study = evaluated.cost, evaluated.study
    if cost is None:
        return []
    return [
        Heading(2, "What it cost", identifier(study, "costs")),
        Paragraph(_counted(evaluated, cost)),
        _claims(study, cost),
        _units(study, cost),
        *_figure(study, cost),
        *_printed(study, cost),
        *_money(evaluated),
    ]


def _money(evaluated: StudyEvaluation) -> list[Block]:
    """What the money bought as far as a total can tell it, and why not more."""
    money = weigh_study(evaluated)
    return [] if money is None else money_blocks(money, level=3, identifier=identifier(evaluated.study, "money"))


def _counted(evaluated: StudyEvaluation, cost: CostResult) -> str:
    words = (
        f"The programme cost {pounds(cost.total)} in {cost.period}, in prices of {cost.price_year}. Counted: what was claimed "
        "for the period, and what was bought, spread over its useful life. Not counted: what schools gave in kind, what would "
        "have been spent anyway, and what was averted."
    )
    if _supported(evaluated):
        return words
    return f"{words} No cost per outcome averted is given: there is no supported effect to divide the money by."


def _supported(evaluated: StudyEvaluation) -> bool:
    return any(one.appraisal is not None and one.appraisal.verdict.kind == "supported" for one in evaluated.outcomes)


def _claims(study: Study, cost: CostResult) -> Table:
    rows = tuple(
        (
            each.claim.item,
            each.claim.category,
            pounds(each.claim.amount),
            "left out" if each.left_out else pounds(each.cost),
            each.left_out or each.how,
        )
        for each in cost.claims
    )
    columns = (
        Column("Item", row_header=True),
        Column("Kind"),
        Column("Claimed", "right"),
        Column("Cost in the period", "right"),
        Column("How"),
    )
    return Table("Claims", columns, rows, identifier(study, "claims"))


def _units(study: Study, cost: CostResult) -> Table:
    rows = tuple((name, "not known" if amount is None else pounds(amount)) for name, amount in _unit_costs(cost))
    note = ""
    if cost.per_pupil is None and cost.per_pupil_at_most is not None:
        note = (
            f"Pupils are known for {cost.programme.schools_with_pupils} of {cost.programme.schools} schools. The cost per pupil "
            "of them all is at most what is shown, because the others have pupils too."
        )
    columns = (Column("Per", row_header=True), Column("Cost", "right"))
    return Table("Cost per school, worker and pupil", columns, rows, identifier(study, "unit-costs"), note)


def _unit_costs(cost: CostResult) -> list[tuple[str, Decimal | None]]:
    pupil = ("Pupil", cost.per_pupil) if cost.per_pupil is not None else ("Pupil, at most", cost.per_pupil_at_most)
    return [
        ("School", cost.per_school),
        ("Social worker", cost.per_worker),
        ("Social worker and term", cost.per_worker_and_term),
        pupil,
    ]


def _figure(study: Study, cost: CostResult) -> list[Block]:
    rows = [("Staffing", cost.staffing), ("Ancillary", cost.ancillary), ("Other", cost.other)]
    shown = [(name, float(amount)) for name, amount in rows if amount or name != "Other"]
    title = f"Cost of the programme in {study.authority}, {cost.period}, in prices of {cost.price_year}"
    return [cost_figure(shown, identifier=identifier(study, "cost-figure"), title=title)]


def _printed(study: Study, cost: CostResult) -> list[Block]:
    printed = study.protocol.published_costs
    if not printed:
        return []
    ours = {"staffing": cost.staffing, "ancillary": cost.ancillary, "total": cost.total}
    rows = tuple(
        (
            each.what.capitalize(),
            f"£{each.printed.text}",
            pounds(ours[each.what]),
            AGREEMENT[compare_with_printed(ours[each.what], each.printed)],
            each.source,
        )
        for each in printed
    )
    columns = (
        Column("Sum", row_header=True),
        Column("Printed", "right"),
        Column("Ours", "right"),
        Column("Agrees to the last digit"),
        Column("Where"),
    )
    return [Table("Costs: printed and reproduced", columns, rows, identifier(study, "printed-costs"))]
