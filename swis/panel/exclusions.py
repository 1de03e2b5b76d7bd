"""Suspensions and permanent exclusions, by the school that made them."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from swis.panel.children import OUTSIDE_TERMS
from swis.panel.days import academic_year, number_days
from swis.panel.engine import Engine
from swis.panel.outcomes import PERMANENT, SUSPENSIONS
from swis.panel.year_groups import number_year_group

NO_SCHOOL = "the row has no school and its pupil is in no roll of the census"


def place_exclusions(engine: Engine) -> ir.Table:
    """Every exclusion once, with its place: outcome, school, term, year_group, reason. Null school: not placed, for the reason.

    A row without a school takes that of the pupil's record in the same census. The same pupil, school, day and category in two
    censuses is one exclusion; a row that names no pupil is one of its own.
    """
    rows = engine.table("exclusions")
    pupils = _list_pupils(engine)
    known = rows.left_join(pupils, [rows.collection == pupils.of_collection, rows.pupil_record == pupils.record])
    keys = engine.table("school_keys").rename(canonical="school")
    written = ibis.coalesce(known.school, known.school_of_record)
    described = known.mutate(written=written).left_join(keys, [("written", "school_as_returned")])
    once = described.select(
        "calendar", "cohort",
        who=ibis.coalesce(described.number, described.pupil_record, _name_row(described)),
        school="canonical",
        outcome=described.category.cases(
            *((code, "suspensions") for code in SUSPENSIONS), (PERMANENT, "permanent_exclusions")
        ),
        day=number_days(described.started_on),
    )  # fmt: skip
    once = once.group_by("who", "school", "outcome", "day").aggregate(
        calendar=once.calendar.max(), cohort=once.cohort.max()
    )
    return _find_term(engine, once)


def _name_row(rows: ir.Table) -> ir.StringValue:
    return ibis.literal("row/") + rows.source.cast("string") + "/" + rows.row.cast("string")


def _list_pupils(engine: Engine) -> ir.Table:
    """The excluded pupils of each census by record, with the academic year in which each was in reception."""
    parts = []
    excluded = engine.table("exclusions").select(excluded_in="collection", excluded="pupil_record").distinct()
    for name, recorded_on in (("pupils_on_roll", "census_day"), ("pupils_no_longer_on_roll", "left_on")):
        rows = engine.table(name)
        recorded = rows.semi_join(
            excluded, [rows.collection == excluded.excluded_in, rows.pupil_record == excluded.excluded]
        )
        parts.append(
            recorded.group_by(of_collection=recorded.collection, record=recorded.pupil_record).aggregate(
                number=recorded.unique_pupil_number.min(),
                school_of_record=recorded.school.min(),
                cohort=(academic_year(recorded[recorded_on]) - number_year_group(recorded.year_group)).max(),
            )
        )
    both = ibis.union(*parts)
    return both.group_by("of_collection", "record").aggregate(
        number=both.number.min(), school_of_record=both.school_of_record.min(), cohort=both.cohort.max()
    )


def _find_term(engine: Engine, exclusions: ir.Table) -> ir.Table:
    terms = engine.table("windows").rename(of_calendar="calendar")
    joined = exclusions.left_join(
        terms,
        [
            exclusions.calendar == terms.of_calendar,
            exclusions.day >= terms.counts_from,
            exclusions.day <= terms.counts_to,
        ],
    )
    lost = joined.school.isnull() | joined.term.isnull()
    reason = ibis.cases(
        (joined.school.isnull(), NO_SCHOOL), (joined.term.isnull(), OUTSIDE_TERMS), else_=ibis.null("string")
    )
    return joined.select(
        "outcome", "term",
        school=ibis.ifelse(lost, ibis.null("string"), joined.school),
        year_group=joined.academic_year - joined.cohort,
        reason=reason,
    )  # fmt: skip
