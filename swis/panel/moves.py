"""Pupils who joined or left a school during their school years."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from swis.panel.engine import Engine
from swis.panel.stays import GOES_ON

BACK_WITHIN = 60
"""Days within which a pupil who is back at the same school has not moved."""
USUAL_ENTRY = (-4, -3, -2, -1, 0, 3, 7, 12)
USUAL_LEAVING = (2, 6, 11, 12, 13, 14)
_DAYS_AT_START = 14
"""Days after the first day of autumn by which a new year group has begun."""
_SUMMER = "summer"
_AUTUMN = "autumn"


def place_moves(engine: Engine) -> ir.Table:
    """Pupils joining and leaving, each with its place: outcome, school, term, year_group. Moves in no term are left out.

    Source of the usual years: reception to year 2, 3 to 6, 7 to 11, 12 to 13 are the stages of schools in England.
    """
    stays = engine.table("stays")
    window = ibis.window(group_by=[stays.pupil, stays.school], order_by=stays.from_day)
    described = stays.mutate(
        was_here_to=stays.to_day.lag(1).over(window), is_back_on=stays.from_day.lead(1).over(window)
    )
    return ibis.union(_joined(engine, described), _left(engine, described))


def _joined(engine: Engine, stays: ir.Table) -> ir.Table:
    new = stays.filter(stays.was_here_to.isnull() | (stays.from_day - stays.was_here_to > BACK_WITHIN))
    terms = engine.table("windows").rename(of_calendar="calendar")
    joined = new.inner_join(
        terms,
        [new.calendar == terms.of_calendar, new.from_day >= terms.counts_from, new.from_day <= terms.counts_to],
    )
    year_group = joined.academic_year - joined.cohort
    usual = (
        (joined.part == _AUTUMN)
        & (joined.from_day <= joined.first_day + _DAYS_AT_START)
        & year_group.isin(USUAL_ENTRY).fill_null(False)
    )
    return joined.filter(~usual).select("school", "term", outcome=ibis.literal("pupils_joined"), year_group=year_group)


def _left(engine: Engine, stays: ir.Table) -> ir.Table:
    gone = stays.filter(
        (stays.ended != GOES_ON) & (stays.is_back_on.isnull() | (stays.is_back_on - stays.to_day > BACK_WITHIN))
    )
    windows = engine.table("windows")
    terms = windows.rename(of_calendar="calendar")
    joined = gone.inner_join(
        terms, [gone.calendar == terms.of_calendar, gone.to_day >= terms.counts_from, gone.to_day <= terms.counts_to]
    )
    # In the summer holiday the year that ends is meant, whichever term the holiday counts towards.
    in_holiday_after = (joined.part == _AUTUMN) & (joined.to_day < joined.first_day)
    year_group = joined.academic_year - joined.cohort
    year_of_leaving = year_group - in_holiday_after.cast("int64")
    at_year_end = (joined.part == _SUMMER) | in_holiday_after
    usual = at_year_end & year_of_leaving.isin(USUAL_LEAVING).fill_null(False)
    return joined.filter(~usual).select("school", "term", outcome=ibis.literal("pupils_left"), year_group=year_group)
