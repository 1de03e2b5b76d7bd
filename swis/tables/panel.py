"""`panel.csv`: the counts of every outcome by school, term and year group, beside the pupils at risk."""

from __future__ import annotations

from swis.tables.column import Column, Kind
from swis.tables.table import Table

YEAR_GROUPS = ("E1", "E2", "N1", "N2", "R", *(str(year) for year in range(1, 15)), "unknown")
"""Early years, nursery, reception, 1 to 14, and pupils whose year group is not recorded; in their order."""


PANEL_COLUMNS = (
    Column("school", Kind.LABEL, "The school, as in schools.csv."),
    Column("term", Kind.LABEL, "The term, as in terms.csv."),
    Column(
        "year_group",
        Kind.LABEL,
        "The year group: E1, E2, N1, N2, R, 1 to 14, or unknown.",
        caveat="A child whose roll does not say is in the year group of its age.",
    ),
    Column(
        "pupils_on_census_day",
        Kind.WHOLE_NUMBER,
        "Pupils on the roll on the day of the school census.",
        required=False,
        minimum=0,
        caveat="Empty: no census of the term.",
    ),
    Column(
        "mean_pupils",
        Kind.NUMBER,
        "Pupils on the roll, as a mean over the days from the first to the last of the term; to six decimals.",
        required=False,
        minimum=0,
    ),
    Column(
        "resident_pupils_on_census_day",
        Kind.WHOLE_NUMBER,
        "Of the pupils on census day, those who live in the authority.",
        required=False,
        minimum=0,
        caveat="Empty: the rolls do not say where pupils live.",
    ),
    Column(
        "mean_resident_pupils",
        Kind.NUMBER,
        "Of the mean pupils, those who live in the authority; to six decimals.",
        required=False,
        minimum=0,
        caveat="Empty: the rolls do not say where pupils live.",
    ),
)


def declare_panel(outcomes: tuple[Column, ...]) -> Table:
    """The table with these outcomes, one column each."""
    return Table(
        name="panel",
        file="panel.csv",
        description="One row for each school, term and year group: pupils at risk, and a column for each outcome.",
        counted="What each outcome counts, by the term of the event and the school and year group of the child on that "
        "day. Children who live elsewhere too.",
        not_counted="Children on no roll on that day: they are in not_placed.csv. An empty cell of an outcome was not "
        "covered by the returns, which is not zero.",
        columns=(*PANEL_COLUMNS, *outcomes),
        key=("school", "term", "year_group"),
    )
