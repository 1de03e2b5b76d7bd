"""`published_estimates.csv`: the estimates that a source printed, digit by digit."""

from __future__ import annotations

from swis.tables.column import Column, Kind
from swis.tables.table import Table

INTERVENTION_BY_TIME = "intervention by time"
CONSTANT = "constant"
TOTAL_CHANGE = "total change in intervention schools"

PUBLISHED_ESTIMATES = Table(
    name="published_estimates",
    file="published_estimates.csv",
    description="One row for each coefficient that a source printed: the ratio and its 95% interval.",
    counted="Estimates in a table or in the text, kept as text so that their rounding interval is exact.",
    not_counted="Anything that this library has computed.",
    columns=(
        Column("outcome", Kind.LABEL, "The code of the outcome, as in study.toml."),
        Column(
            "coefficient",
            Kind.LABEL,
            f"A term (its rate against the reference term), or `{INTERVENTION_BY_TIME}`, `{CONSTANT}`, "
            f"or `{TOTAL_CHANGE}` (last term against reference term).",
        ),
        Column(
            "irr",
            Kind.PRINTED,
            "The rate ratio (for the constant: the rate) as printed.",
            required=False,
            caveat="Empty for the reference term.",
        ),
        Column("ci_low", Kind.PRINTED, "Lower end of the 95% interval as printed.", required=False),
        Column("ci_high", Kind.PRINTED, "Upper end of the 95% interval as printed.", required=False),
        Column("remark", Kind.TEXT, "What stands in place of a number, or how it was worded.", required=False),
        Column(
            "where",
            Kind.CODE,
            "Whether the figure comes from a table or from the text.",
            codes=(("table", "a table of the source"), ("text", "a sentence of the source")),
        ),
        Column("source", Kind.TEXT, "The table or place in the source.", required=False),
    ),
    key=("outcome", "coefficient"),
)
