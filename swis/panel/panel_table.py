"""`panel.csv` with a column for each outcome; what an outcome counts is said in `swis.panel.outcomes` alone."""

from __future__ import annotations

from swis.panel.outcomes import OUTCOMES, Outcome
from swis.tables.children_and_families import CHILDREN_AND_FAMILIES
from swis.tables.column import Column, Kind
from swis.tables.not_placed import NOT_PLACED
from swis.tables.panel import declare_panel
from swis.tables.panel_findings import PANEL_FINDINGS
from swis.tables.panel_schools import PANEL_SCHOOLS
from swis.tables.panel_terms import PANEL_TERMS


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
PANEL_TABLES = (PANEL, PANEL_SCHOOLS, PANEL_TERMS, NOT_PLACED, CHILDREN_AND_FAMILIES, PANEL_FINDINGS)
"""Every table of a panel's folder."""
