"""`year_group_terms.csv`: the counts of every school that could be compared, year group by year group and term by term."""

from __future__ import annotations

from swis.tables.column import Column, Kind
from swis.tables.table import Table

PHASES = (
    ("primary", "up to year 6"),
    ("secondary", "from year 7"),
    ("all-through", "primary and secondary years in one school"),
    ("special", "special schools and alternative provision"),
)

YEAR_GROUP_TERMS = Table(
    name="year_group_terms",
    file="year_group_terms.csv",
    description="One row for each outcome, school, year group and term before the programme: how many were counted, among "
    "how many pupils. Comparison schools are matched on it.",
    counted="What began or was spent in the term, for pupils of the year group on the roll of the school. All schools that "
    "could serve as comparisons, and the schools with a social worker.",
    not_counted="Terms after the start: matching must not see them. A school, year group and term without a row was not "
    "observed, which is not zero.",
    columns=(
        Column("outcome", Kind.LABEL, "The code of the outcome."),
        Column("school", Kind.LABEL, "The school, as in candidate_schools.csv."),
        Column("phase", Kind.CODE, "The phase of the school; only schools of one phase are compared.", codes=PHASES),
        Column("year_group", Kind.LABEL, "The year group: R, 1 to 13."),
        Column(
            "term",
            Kind.LABEL,
            "The term.",
            caveat="Terms are taken in the order in which the file first names them, unless another is given.",
        ),
        Column(
            "count",
            Kind.WHOLE_NUMBER,
            "How many were counted in the term.",
            minimum=0,
            caveat="A suppressed count is not zero and is refused. Days in care are not independent events.",
        ),
        Column("pupils", Kind.WHOLE_NUMBER, "Pupils of the year group on the roll in the term.", minimum=0),
    ),
    key=("outcome", "school", "year_group", "term"),
)
