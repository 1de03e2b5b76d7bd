"""`panel.csv` with a column for each outcome; what an outcome counts is said in `swis.panel.outcomes` alone."""

from __future__ import annotations

from swis.panel.outcomes import OUTCOMES, Outcome
from swis.tables.column import Column, Kind
from swis.tables.panel import declare_panel


def _declare(outcome: Outcome) -> Column:
    return Column(
        outcome.code,
        Kind.WHOLE_NUMBER,
        f"{outcome.name}. {outcome.counted}",
        required=False,
        minimum=0,
        caveat=f"Not counted: {outcome.not_counted}",
    )


PANEL = declare_panel(tuple(_declare(outcome) for outcome in OUTCOMES))
