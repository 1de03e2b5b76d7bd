"""What the money bought: costs beside outcomes, what that says and does not say, who pays and who saves."""

from __future__ import annotations

import re

from swis.costs.averted import AvertedCost, AvertedCosts
from swis.costs.break_even import BreakEven
from swis.costs.consequences import CostConsequences
from swis.costs.cost_effect import whole_pounds
from swis.costs.money_result import MoneyResult, Weighed
from swis.costs.needed import NeededAverted
from swis.costs.programme import ProgrammeCost
from swis.costs.published_trial import PublishedAcceptability
from swis.costs.ratio import CostPerOutcome
from swis.report.document import Block, Bullets, Callout, Column, Heading, Paragraph, Table
from swis.report.figures.money import acceptability_figure, budget_figure, plane_figure, tornado_figure
from swis.report.words import plural, pounds

STANDINGS = {
    "ratio": "One averted has a price",
    "better and cheaper": "Better and no dearer",
    "dominated": "It cost more and, by the estimate, averted none",
    "not told": "A price for one averted cannot be told",
}


def money_blocks(money: MoneyResult, *, level: int = 1, identifier: str = "money") -> list[Block]:
    """The blocks on money: what it bought, the plane and the curve, break-even, who pays, the budget, what hangs on what.

    `level` and `identifier` are those of the heading, so that a chapter of its own or a section of another can be made of it.
    """
    blocks: list[Block] = [Heading(level, "What the money bought", identifier)]
    if money.weighed is not None:
        blocks += _weighed(money, money.weighed, identifier)
    blocks += [block for averted in money.averted for block in _averted(averted, identifier, len(blocks))]
    if money.needed is not None:
        blocks.append(_needed(money.needed, identifier))
    if money.break_even is not None:
        blocks.append(_break_even(money.break_even))
    if money.consequences is not None:
        blocks += _consequences(money.consequences, identifier)
    if money.budget is not None:
        blocks.append(budget_figure(money.budget, identifier=f"{identifier}-budget"))
    if money.tornado is not None and money.tornado.bars:
        blocks.append(tornado_figure(money.tornado, identifier=f"{identifier}-tornado"))
    if money.programme is not None:
        blocks += _programme(money.programme, identifier)
    if money.published is not None and money.weighed is None:
        blocks.append(_literature(money.published))
    if money.findings:
        blocks += [Paragraph("What could not be told, and what has to be known:"), Bullets(money.findings)]
    return blocks


def _weighed(money: MoneyResult, weighed: Weighed, identifier: str) -> list[Block]:
    found = weighed.difference
    cautions = (*found.findings, *(str(each) for each in weighed.coverage if each.held is not True))
    blocks: list[Block] = [
        _verdict(weighed.ratio),
        _differences(money, weighed, identifier),
        plane_figure(weighed, identifier=f"{identifier}-plane", worth=weighed.benefits[-1].worth),
        acceptability_figure(weighed, identifier=f"{identifier}-curve", published=money.published),
        _benefits(weighed, identifier),
    ]
    if cautions:
        blocks.append(Callout("How far the intervals can be trusted", (Bullets(cautions),), "caution"))
    return blocks


def _verdict(ratio: CostPerOutcome) -> Callout:
    if ratio.ratio is None:
        words = f"{_minus(ratio.reason)} The ratios that the data allow: {ratio.interval}."
    else:
        price = f"{whole_pounds(ratio.ratio)} for one of {ratio.outcome} averted"
        words = f"{price} (95% by Fieller: {ratio.interval}). {_minus(ratio.reason)}"
    return Callout(STANDINGS[ratio.standing], (Paragraph(words),), "verdict")


def _differences(money: MoneyResult, weighed: Weighed, identifier: str) -> Table:
    rows = []
    for found in (weighed.difference, weighed.per_pupils):
        cost, effect = found.cost_interval(), found.effect_interval()
        rows.append(
            (
                f"Per {found.per}",
                f"{whole_pounds(found.cost)} ({whole_pounds(cost[0])} to {whole_pounds(cost[1])})",
                _interval(found.effect, *effect),
                _signed(f"{found.correlation:.2f}"),
                found.how,
            )
        )
    draws = weighed.draws
    cost, effect = draws.cost_interval(), draws.effect_interval()
    rows.append(
        (
            f"Per {draws.per}, redrawn",
            f"{whole_pounds(draws.estimate[0])} ({whole_pounds(cost[0])} to {whole_pounds(cost[1])})",
            _interval(draws.estimate[1], *effect),
            _signed(f"{draws.as_normal().correlation:.2f}"),
            f"{len(draws.cost):,} draws of schools within authority and arm, seed {draws.seed}",
        )
    )
    columns = (
        Column("Difference", row_header=True),
        Column("Cost (95% interval)", "right"),
        Column("Averted (95% interval)", "right"),
        Column("Correlation", "right"),
        Column("How"),
    )
    caption = f"Costs and {money.outcome} with a social worker against without, {money.price_year} prices"
    return Table(
        caption, columns, tuple(rows), f"{identifier}-differences", "A minus means more of the outcome, not less."
    )


def _benefits(weighed: Weighed, identifier: str) -> Table:
    rows = tuple(
        (
            whole_pounds(benefit.worth),
            f"{whole_pounds(benefit.value)} ({whole_pounds(benefit.low)} to {whole_pounds(benefit.high)})",
            f"{benefit.probability:.1%}",
            whole_pounds(information.each),
            whole_pounds(information.total),
        )
        for benefit, information in zip(weighed.benefits, weighed.information, strict=True)
    )
    first = weighed.information[0]
    columns = (
        Column("Worth of one averted", row_header=True),
        Column(f"Net benefit per {weighed.difference.per} (95% interval)", "right"),
        Column("Worth its money with probability", "right"),
        Column(f"Perfect information per {first.per}", "right"),
        Column("In all", "right"),
    )
    note = (
        "Perfect information is the most that a further trial could be worth: for "
        f"{plural(round(first.units_a_year), 'school')} a year over {plural(first.years, 'year')}, at {first.rate:.1%} a year."
    )
    return Table("What it is worth, and what knowing would be worth", columns, rows, f"{identifier}-benefits", note)


def _interval(estimate: float, low: float, high: float) -> str:
    return _signed(f"{estimate:.3g} ({low:.3g} to {high:.3g})")


def _minus(words: str) -> str:
    """The same sentence with a minus for the hyphen before a number."""
    return re.sub(r"(?<![\w.])-(?=\d)", "−", words)


def _signed(words: str) -> str:
    """A number in words with a minus for a hyphen."""
    return words.replace("-", "−")


def _averted(averted: AvertedCosts, identifier: str, place: int) -> list[Block]:
    rows = tuple(
        (name, f"{one.ratio:.3g}", _number_averted(one), "dominated" if one.dominated else whole_pounds(one.each))
        for name, one in (
            ("At the estimate", averted.estimate),
            ("At the best end of its interval", averted.best),
            ("At the worst end", averted.worst),
        )
    )
    columns = (
        Column("If the rate ratio were", row_header=True),
        Column("Ratio", "right"),
        Column("Averted", "right"),
        Column("Cost of each", "right"),
    )
    words = f"{whole_pounds(averted.cost)} were spent where {averted.events:,.0f} of {averted.outcome} were counted."
    if not averted.supported:
        words += " No effect is supported, so none of these sums is a price: they show how little the ratio says."
    caption = f"What one of {averted.outcome} averted would have cost"
    return [Paragraph(words), Table(caption, columns, rows, f"{identifier}-averted-{place}")]


def _number_averted(one: AvertedCost) -> str:
    return f"{one.averted:.1f}" if one.averted >= 0 else f"{-one.averted:.1f} more"


def _needed(found: NeededAverted, identifier: str) -> Table:
    """What would have to be averted, and where the effect is known whether its interval reaches that."""
    rows: list[tuple[str, ...]] = [
        (whole_pounds(worth), f"{needed:.3g}" if needed < 1000 else f"{needed:,.0f}", "yes" if reach else "no")
        for worth, needed, reach in zip(found.worths, found.needed, found.reached, strict=True)
    ]
    columns = [Column("Worth of one averted", row_header=True), Column(f"To be averted per {found.per}", "right")]
    if found.effect is None:
        rows = [row[:2] for row in rows]
    else:
        columns.append(Column("Reached by the interval of what was averted"))
    averted = "" if found.effect is None else f" It averted {_interval(*found.effect)} (95% interval)."
    return Table(
        "How many must be averted for the programme to pay for itself",
        tuple(columns),
        tuple(rows),
        f"{identifier}-needed",
        f"The cost is {whole_pounds(found.cost)} per {found.per}, {found.price_year} prices.{averted} What one is "
        "worth is for those to say who pay.",
    )


def _break_even(found: BreakEven) -> Paragraph:
    unit, (estimate, low, high) = found.unit_cost, found.effect
    reach = "reaches that" if found.possible else "does not reach that"
    words = (
        f"One of {unit.what} costs {whole_pounds(float(unit.pounds))} in {unit.price_year} prices ({unit.source}). At that price "
        f"the programme pays for itself if it averts {found.needed:.3g} per {found.per}. It averted "
        f"{_interval(estimate, low, high)} (95% interval), which {reach}."
    )
    if found.threshold.ratio is None:
        return Paragraph(f"{words} No threshold price can be told.")
    return Paragraph(
        f"{words} The threshold price is {whole_pounds(found.threshold.ratio)} ({found.threshold.interval})."
    )


def _consequences(found: CostConsequences, identifier: str) -> list[Block]:
    outcomes = tuple(
        (
            f"{each.outcome} (primary)" if each.primary else each.outcome,
            _interval(each.averted, each.low, each.high),
            whole_pounds(each.price) if each.unit_costs else "not known",
            whole_pounds(each.saved[0]) if each.unit_costs else "–",
            each.note or "–",
        )
        for each in found.consequences
    )
    payers = tuple(
        (share.payer.capitalize(), whole_pounds(share.pays), whole_pounds(share.saves), whole_pounds(share.net))
        for share in found.payers()
    )
    sources = dict.fromkeys(cost.source for each in found.consequences for cost in each.unit_costs)
    return [
        Table(
            f"Consequences per school and year, {found.price_year} prices",
            (
                Column("Outcome", row_header=True),
                Column("Averted (95% interval)", "right"),
                Column("Cost of one", "right"),
                Column("Saved", "right"),
                Column("Note"),
            ),
            outcomes,
            f"{identifier}-consequences",
            f"Unit costs: {'; '.join(sources)}." if sources else "No unit cost was given, so nothing is added up.",
        ),
        Table(
            "Who pays and who saves, per school and year",
            (Column("Payer", row_header=True), *(Column(name, "right") for name in ("Pays", "Saves", "Net"))),
            payers,
            f"{identifier}-payers",
            "Savings are estimates with the intervals of the table above. A saving with a minus is more spending.",
        ),
    ]


def _programme(found: ProgrammeCost, identifier: str) -> list[Block]:
    rows = tuple((f"Per {name}", pounds(year), pounds(term)) for name, year, term in found.units())
    columns = (Column("Cost", row_header=True), Column("Year", "right"), Column("Term", "right"))
    table = Table(
        f"The programme at full on-cost, {found.price_year} prices",
        columns,
        rows,
        f"{identifier}-programme",
        " ".join(f"{finding}." for finding in found.findings),
    )
    return [table]


def _literature(published: PublishedAcceptability) -> Paragraph:
    told = ", ".join(
        f"{share:.1%} at {whole_pounds(worth)}"
        for worth, share in zip(published.worths, published.probabilities, strict=True)
    )
    return Paragraph(
        f"Printed elsewhere, not worked out here: the probability of being worth its money by what one of {published.outcome} "
        f"averted is worth was {told} ({published.source})."
    )
