"""Schools, terms, closure days and what an import would do, as tables."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from service.pages.tables import Column, Link, Table
from service.schools.actions.register import Import
from service.schools.models import ClosureDay, School, Term

WORDS = {
    "name": "name",
    "phase": "phase",
    "pupils": "pupils",
    "free_school_meals_percent": "free school meals",
    "opened": "opened",
    "closed": "closed",
}


def schools_table(schools: Iterable[School]) -> Table:
    return Table(
        caption="Schools",
        columns=(Column("School"), Column("URN"), Column("Authority"), Column("Phase"), Column("Pupils", numeric=True)),
        rows=tuple(
            (
                Link(school.name, reverse("school", kwargs={"school": school.public_id})),
                school.urn,
                school.authority.name,
                school.get_phase_display() + (", closed" if school.closed else ""),
                school.pupils,
            )
            for school in schools
        ),
        empty="No school here yet, or none that fits the search.",
    )


def terms_table(terms: Iterable[Term]) -> Table:
    return Table(
        caption="Terms",
        columns=tuple(map(Column, ("Term", "First day", "Half-term holiday from", "to", "Last day"))),
        rows=tuple((str(term), term.starts, term.half_term_starts, term.half_term_ends, term.ends) for term in terms),
        empty="No term dates yet. Without them no day counts as a school day.",
    )


def closures_table(closures: Iterable[ClosureDay], *, may_take_back: bool) -> Table:
    """Days on which schools are closed, each with the way to take it back for who may."""
    columns = (Column("Day"), Column("Reason"), Column("School"))
    return Table(
        caption="Closure days",
        columns=(*columns, Column("")) if may_take_back else columns,
        rows=tuple(
            (
                closure.day,
                closure.reason,
                closure.school.name if closure.school else "All",
                *([_take_back(closure)] if may_take_back else []),
            )
            for closure in closures
        ),
        empty="None yet.",
    )


def _take_back(closure: ClosureDay) -> Link:
    address = reverse("closure-take-back", kwargs={"closure": closure.public_id})
    return Link("Take back", address, str(closure.day))


def import_tables(done: Import) -> list[Table]:
    """What an import would do or did: counts, changes and problems."""
    counts = [
        ("Schools added", len(done.added)),
        ("Schools corrected", len(done.changed)),
        ("Schools as they were", done.unchanged),
        ("Rows with a problem", len(done.problems)),
        ("Schools here that are not in the file", len(done.missing)),
        *((f"Rows passed over: {why}", number) for why, number in sorted(done.passed_over.items())),
    ]
    changes = tuple((name, ", ".join(WORDS[field] for field in fields)) for name, fields in done.changed.items())
    problems = tuple((problem.row, problem.column, problem.what) for problem in done.problems)
    return [
        Table("Counts", (Column("What"), Column("Number", numeric=True)), tuple(counts)),
        Table("Added", (Column("School"),), tuple((name,) for name in done.added), empty="None."),
        Table("Corrected", (Column("School"), Column("What")), changes, empty="None."),
        Table("Problems", (Column("Row"), Column("Column"), Column("What is wrong")), problems, empty="None."),
        Table("Here and not in the file", (Column("School"),), tuple((name,) for name in done.missing), empty="None."),
    ]
