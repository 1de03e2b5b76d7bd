"""The authorities pooled by a Bayesian model, under both priors side by side."""

from __future__ import annotations

from swis.estimate.bayes import BayesPooled, Posterior
from swis.report.document import Block, Column, Paragraph, Ref, Table
from swis.report.words import interval, join, number_word, percent, ratio
from swis.study.together import Evaluation, PooledOutcome


def bayes_blocks(evaluation: Evaluation) -> list[Block]:
    """The table of the Bayesian pooling; nothing where it was not asked for."""
    pooled = [one for one in evaluation.pooled if one.bayes]
    if not pooled:
        return []
    most = max(len(each.authorities) for one in pooled for each in one.bayes)
    return [
        Paragraph(
            (
                Ref("bayes-table"),
                f" pools by a Bayesian model of the counts as a cross-check. With {number_word(most)} authorities the spread "
                "between them is driven by the prior, and with it the width of every interval: read the two priors together.",
            )
        ),
        Table(
            caption="Rate ratios pooled over authorities by a Bayesian model",
            columns=(
                Column("Outcome and prior", row_header=True),
                Column("Pooled"),
                Column("Probability of a fall", "right"),
                Column("Spread between authorities"),
                Column("In a new authority"),
                Column("Each authority, drawn towards the others"),
            ),
            rows=tuple(_row(one, each) for one in pooled for each in one.bayes),
            identifier="bayes-table",
            note=_note([each for one in pooled for each in one.bayes]),
        ),
    ]


def _row(one: PooledOutcome, found: BayesPooled) -> tuple[str, ...]:
    return (
        f"{one.name}, {found.prior} prior",
        _said(found.pooled),
        percent(found.below_one),
        _said(found.tau),
        _said(found.new_authority),
        join([f"{each.authority} {_said(each.ratio)}" for each in found.authorities]),
    )


def _said(value: Posterior) -> str:
    return f"{ratio(value.median)} ({interval(value.low, value.high)})"


def _note(found: list[BayesPooled]) -> str:
    words = (
        "Medians with 95% intervals; rate ratios, and the spread as a standard deviation of log rate ratios. Default prior: "
        "log rate ratio N(0, 0.5), spread half-normal 0.35; wide prior: N(0, 1) and half-normal 1. Worst rhat "
        f"{max(each.rhat for each in found):.3f}, at least {min(each.effective_draws for each in found):,.0f} effective draws."
    )
    unsettled = [f"{each.outcome} ({each.prior} prior)" for each in found if not each.settled]
    return f"{words} The chains do not agree well enough for {join(unsettled)}." if unsettled else words
