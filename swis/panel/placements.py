"""Which days of a pupil count towards which school, term and year group.

A day in term belongs to the school whose roll the pupil is on that day. A holiday that counts towards a term belongs to the
school at the end of the term that it adjoins: under the rule 'next term' to the school of the first day of that term, under
'previous term' to the school of its last day. So a child who leaves the primary school in July and starts at the
secondary school in September is counted there in August, among those pupils.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from swis.panel.engine import Engine
from swis.panel.stays import GRACE


def place_in_terms(engine: Engine, pupils: ir.Table) -> ir.Table:
    """Keeps the table `placements` of those pupils: pupil, school, term, year_group, from_day, to_day.

    `pupils` has one column, pupil. The days of a pupil's placements do not overlap, also where schools have different calendars.
    """
    stays = engine.table("stays")
    wanted = stays.semi_join(pupils, stays.pupil == pupils.pupil)
    window = ibis.window(group_by=wanted.pupil, order_by=wanted.from_day)
    neighbours = wanted.mutate(
        before_to=wanted.to_day.lag(1).over(window), after_from=wanted.from_day.lead(1).over(window)
    )
    terms = engine.table("windows").rename(of_calendar="calendar")
    joined = neighbours.inner_join(
        terms,
        [
            neighbours.calendar == terms.of_calendar,
            neighbours.from_day <= terms.last_day,
            neighbours.to_day >= terms.first_day,
        ],
    )
    segments = joined.select(
        "pupil", "school", "term",
        year_group=joined.academic_year - joined.cohort,
        from_day=_begin(joined),
        to_day=_end(joined),
    )  # fmt: skip
    return engine.keep("placements", segments if _is_one_calendar(engine) else _cut_overlaps(segments))


def _begin(joined: ir.Table) -> ir.IntegerValue:
    first_there = joined.before_to.isnull() | (joined.before_to < joined.first_day)
    takes_holiday = (joined.from_day <= joined.first_day) | (
        (joined.from_day <= joined.first_day + GRACE) & first_there
    )
    return ibis.ifelse(takes_holiday, joined.counts_from, joined.from_day)


def _end(joined: ir.Table) -> ir.IntegerValue:
    last_there = joined.after_from.isnull() | (joined.after_from > joined.last_day)
    takes_holiday = (joined.to_day >= joined.last_day) | ((joined.to_day >= joined.last_day - GRACE) & last_there)
    return ibis.ifelse(takes_holiday, joined.counts_to, joined.to_day)


def _is_one_calendar(engine: Engine) -> bool:
    calendars = engine.table("windows").aggregate(calendars=lambda windows: windows.calendar.nunique())
    return int(engine.run(calendars).item()) == 1


def _cut_overlaps(segments: ir.Table) -> ir.Table:
    # Two schools with different calendars can both lay claim to a day of a holiday; the earlier stay has it.
    window = ibis.window(
        group_by=segments.pupil, order_by=[segments.from_day, segments.to_day, segments.school], preceding=(None, 1)
    )
    after = segments.mutate(taken_to=segments.to_day.max().over(window))
    cut = after.mutate(from_day=ibis.greatest(after.from_day, ibis.coalesce(after.taken_to + 1, after.from_day)))
    return cut.filter(cut.from_day <= cut.to_day).drop("taken_to")
