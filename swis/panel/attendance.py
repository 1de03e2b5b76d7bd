"""Sessions possible and missed, from the rows of the school census.

The sessions in a census are those of the term before: the autumn census has the summer term (its last half-term in
columns of its own), the spring census has autumn, the summer census has spring.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
import polars as pl

from swis.panel.days import academic_year
from swis.panel.engine import Engine
from swis.panel.stays import is_main_enrolment
from swis.panel.year_groups import number_year_group

TERM_BEFORE = {"autumn": ("summer", -1), "spring": ("autumn", 0), "summer": ("spring", 0)}
"""By the term of the census: the term whose sessions it holds, and how many academic years earlier that term lies."""
_SESSIONS = ("possible", "authorised", "unauthorised")


def tabulate_attended_terms(collections: pl.Series) -> pl.DataFrame:
    """For each collection, such as '2018 autumn': the term that its sessions are of and the academic year of that term.

    Columns: of_collection, attended_term ('summer 2018'), attended_year.
    """
    parts = collections.drop_nulls().unique().sort().str.split(" ")
    rows = []
    for year, part in parts.to_list():
        academic = int(year) - (part != "autumn")
        before, shift = TERM_BEFORE[part]
        attended = academic + shift
        rows.append((f"{year} {part}", f"{before} {attended + (before != 'autumn')}", attended))
    schema = {"of_collection": pl.String, "attended_term": pl.String, "attended_year": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def count_sessions(engine: Engine) -> ir.Table:
    """Sessions by school, attended_term and year group: sessions_possible, sessions_missed, sessions_missed_unauthorised.

    The year group is that of the term attended. A pupil whose row stands twice in one census is counted once; the row of a
    pupil who is at the school as a subsidiary or a guest is not.
    """
    on_roll, leavers = engine.table("pupils_on_roll"), engine.table("pupils_no_longer_on_roll")
    on_roll = on_roll.filter(is_main_enrolment(on_roll))
    # The year group of a leaver is that on leaving, not on the census day.
    rows = ibis.union(_sessions_of(on_roll, "census_day"), _sessions_of(leavers, "left_on"))
    attended = engine.table("attended_terms")
    dated = rows.inner_join(attended, rows.collection == attended.of_collection)
    keys = engine.table("school_keys").rename(canonical="school")
    placed = dated.inner_join(keys, dated.school == keys.school_as_returned)
    year_group = placed.attended_year - (placed.recorded_year - placed.year_number)
    cells = placed.select(
        "attended_term", "sessions_possible", "sessions_missed", "sessions_missed_unauthorised",
        school="canonical", year_group=year_group,
    )  # fmt: skip
    return cells.group_by("school", "attended_term", "year_group").aggregate(
        sessions_possible=cells.sessions_possible.sum(),
        sessions_missed=cells.sessions_missed.sum(),
        sessions_missed_unauthorised=cells.sessions_missed_unauthorised.sum(),
    )


def _sessions_of(rows: ir.Table, recorded_on: str) -> ir.Table:
    possible, authorised, unauthorised = (
        rows[f"sessions_{name}"].fill_null(0) + rows[f"summer_2_sessions_{name}"].fill_null(0) for name in _SESSIONS
    )
    known = rows.sessions_possible.notnull() | rows.summer_2_sessions_possible.notnull()
    row = ibis.literal("row/") + rows.source.cast("string") + "/" + rows.row.cast("string")
    who = ibis.coalesce(rows.unique_pupil_number, rows.pupil_record, row)
    counted = rows.filter(known & rows.collection.notnull()).select(
        "collection", "school", "entered_on",
        who=who,
        recorded_year=academic_year(rows[recorded_on]),
        year_number=number_year_group(rows.year_group),
        sessions_possible=possible,
        sessions_missed=authorised + unauthorised,
        sessions_missed_unauthorised=unauthorised,
    )  # fmt: skip
    key = ("collection", "school", "who", "entered_on")
    return (
        counted.group_by(*key)
        .aggregate(**{name: counted[name].max() for name in counted.columns if name not in key})
        .drop("who", "entered_on")
    )
