"""The Bayesian option: what is to be believed of the rate ratio under each prior. It decides nothing."""

from __future__ import annotations

from swis.estimate.bayes import Prior
from swis.estimate.trial.bayes import BAYES, SCALES, BayesTrial
from swis.report.document import Block, Column, Heading, Paragraph, Table
from swis.report.figures.forest import ForestRow
from swis.report.figures.ratios import Interval
from swis.report.trial.say import reason_of, say_level_held, unheld
from swis.report.words import interval, percent, ratio
from swis.study.trial.evaluation import OutcomeResult

NAMES: dict[Prior, str] = {"default": "Default", "wide": "Wide"}


def drawn_beliefs(one: OutcomeResult) -> list[ForestRow]:
    """The ratio under each prior as the figure of all options draws it."""
    return [_drawn(each) for each in one.bayes]


def _drawn(bayes: BayesTrial) -> ForestRow:
    found = bayes.ratio
    notes = (f"fewer events: {_probability(bayes.below_one)}", unheld(bayes.held))
    return ForestRow(
        BAYES[bayes.prior],
        Interval(found.median, found.low, found.high),
        "; ".join(note for note in notes if note),
        hollow=not bayes.held.held,
    )


def beliefs(one: OutcomeResult) -> list[Block]:
    """A row for each prior; nothing for outcomes that are not counts."""
    heading = Heading(2, "By what is believed", "beliefs")
    if not one.bayes:
        return [heading, Paragraph(f"{reason_of(one, 'bayes')}.")] if "bayes" in one.not_estimable else []
    return [
        heading,
        Paragraph(
            "A hierarchical model gives probabilities instead of claims. It takes schools and authorities to be spread "
            "normally, and starts from a belief, the prior. Where the two priors differ, the prior speaks and not the "
            "data. It is an option and decides nothing: a probability of 95% is not a claim at 5%."
        ),
        _table(one),
    ]


def _table(one: OutcomeResult) -> Table:
    return Table(
        caption=f"{one.outcome.name}: Bayesian hierarchical model, both priors",
        columns=(
            Column("Prior", row_header=True),
            Column("Ratio (95% credible interval)", "right"),
            Column("Probability of fewer events", "right"),
            Column("Holds its level"),
            Column("Claims at most", "right"),
            Column("Intervals hold in", "right"),
        ),
        rows=tuple(map(_row, one.bayes)),
        identifier="beliefs-table",
        note="Prior: standard deviation of the log ratio, normal about no effect, and scale of the half-normal deviations "
        "between schools and between authorities. Level: as if an interval that leaves out 1 were a claim.",
    )


def _row(bayes: BayesTrial) -> tuple[str, ...]:
    found, (effect, spread) = bayes.ratio, SCALES[bayes.prior]
    return (
        f"{NAMES[bayes.prior]}: {effect:g} and {spread:g}",
        f"{ratio(found.median)} ({interval(found.low, found.high)})",
        _probability(bayes.below_one),
        *say_level_held(bayes.held),
    )


def _probability(value: float) -> str:
    """Never nought or certain, which no data can make it."""
    return "below 1%" if value < 0.01 else "above 99%" if value > 0.99 else percent(value)
