"""Suspensions and permanent exclusions, by the school that made them."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from swis.panel.children import OUTSIDE_TERMS
from swis.panel.days import academic_year, number_days
from swis.panel.engine import Engine
from swis.panel.outcomes import PERMANENT, SUSPENSIONS
from swis.panel.year_groups import number_year_group

NO_SCHOOL = "the row has no school, and its record is of no pupil in the census or of pupils in several schools"


def place_exclusions(engine: Engine) -> ir.Table:
    """Every exclusion once, with its place: outcome, school, term, year_group, reason. Null school: not placed, for the reason.

    A row without a school takes that of the pupil's record in the same census. The same pupil, school, day and category in two
    censuses is one exclusion; a row that names no pupil is one of its own.
    """
    rows = engine.table("exclusions")
    at_school, anywhere = _list_pupils(engine)
    known = rows.left_join(
        at_school,
        [
            rows.collection == at_school.of_collection,
            rows.pupil_record == at_school.record,
            rows.school == at_school.of_school,
        ],
    )
    known = known.left_join(
        anywhere,
        [
            known.school.isnull(),
            known.collection == anywhere.in_collection,
            known.pupil_record == anywhere.only_record,
        ],
    )
    keys = engine.table("school_keys").rename(canonical="school")
    described = known.mutate(written=ibis.coalesce(known.school, known.only_school)).left_join(
        keys, [("written", "school_as_returned")]
    )
    described = described.mutate(
        number=ibis.coalesce(described.number, described.only_number),
        cohort=ibis.coalesce(described.cohort, described.only_cohort),
    )
    once = described.select(
        "calendar", "cohort",
        who=ibis.coalesce(described.number, described.pupil_record + "/" + described.written, _name_row(described)),
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


def _list_pupils(engine: Engine) -> tuple[ir.Table, ir.Table]:
    """The excluded pupils of each census with the academic year of reception: by record and school, and by record alone.

    Schools may number their records alike. By record alone there are only those that one school has.
    """
    parts = []
    excluded = engine.table("exclusions").select(excluded_in="collection", excluded="pupil_record").distinct()
    for name, recorded_on in (("pupils_on_roll", "census_day"), ("pupils_no_longer_on_roll", "left_on")):
        rows = engine.table(name)
        recorded = rows.semi_join(
            excluded, [rows.collection == excluded.excluded_in, rows.pupil_record == excluded.excluded]
        )
        parts.append(
            recorded.select(
                of_collection=recorded.collection,
                record=recorded.pupil_record,
                of_school=recorded.school,
                number=recorded.unique_pupil_number,
                cohort=academic_year(recorded[recorded_on]) - number_year_group(recorded.year_group),
            )
        )
    both = ibis.union(*parts)
    at_school = both.group_by("of_collection", "record", "of_school").aggregate(
        number=both.number.min(), cohort=both.cohort.max()
    )
    schools = at_school.group_by(in_collection=at_school.of_collection, only_record=at_school.record).aggregate(
        schools=at_school.count(),
        only_school=at_school.of_school.min(),
        only_number=at_school.number.min(),
        only_cohort=at_school.cohort.max(),
    )
    return at_school, schools.filter(schools.schools == 1).drop("schools")


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
