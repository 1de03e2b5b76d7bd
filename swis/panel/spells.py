"""Time in care and on plans: spells of children, made whole, and the days and children that they give."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from swis.panel.children import NOT_LISTED, ON_NO_ROLL, name_persons
from swis.panel.days import NEVER, number_days
from swis.panel.engine import Engine
from swis.panel.events import take_latest
from swis.panel.outcomes import Spells, is_short_break

_NO_DAYS = -NEVER
"""The end of a row that has none."""


def find_spells(engine: Engine, rule: Spells, pupils: ir.Table, *, short_breaks: bool) -> ir.Table:
    """The days of each person's rows, each once: child (the person), from_day, end_day (the first day that is not in it).

    No two of a person overlap, whatever identifiers the returns have for it; `pupils` says which belong together.

    An open row goes on to the end of the year of the latest return that has it. A row that ends before it starts has no days.
    """
    rows = name_persons(engine.table(rule.table), pupils)
    if rule.table == "episodes" and not short_breaks:
        rows = rows.filter(~is_short_break(rows))
    end = ibis.coalesce(number_days(rows[rule.ended_on]), number_days(rows.returned_to) + 1, _NO_DAYS)
    latest = take_latest(rows, day=rule.started_on, tells=end)
    spells = latest.select("child", from_day="day", end_day="told")
    return _cut_overlaps(spells.filter(spells.end_day > spells.from_day))


def _cut_overlaps(spells: ir.Table) -> ir.Table:
    before = ibis.window(group_by=spells.child, order_by=[spells.from_day, spells.end_day], preceding=(None, 1))
    after = spells.mutate(reached=spells.end_day.max().over(before))
    cut = after.mutate(from_day=ibis.greatest(after.from_day, ibis.coalesce(after.reached, after.from_day)))
    return cut.filter(cut.from_day < cut.end_day).drop("reached")


def count_days(spells: ir.Table, pupils: ir.Table, placements: ir.Table) -> ir.Table:
    """Days by school, term and year group."""
    own = _of_pupils(spells, pupils)
    where = placements.rename(of_pupil="pupil", there_from="from_day", there_to="to_day")
    joined = own.inner_join(
        where, [own.pupil == where.of_pupil, own.from_day <= where.there_to, own.end_day > where.there_from]
    )
    days = ibis.least(joined.end_day, joined.there_to + 1) - ibis.greatest(joined.from_day, joined.there_from)
    cells = joined.select("school", "term", "year_group", days=days)
    return cells.group_by("school", "term", "year_group").aggregate(days=cells.days.sum())


def count_all_days(engine: Engine, spells: ir.Table, pupils: ir.Table, *, calendar: str) -> ir.Table:
    """Days that count towards a term of the authority's calendar, by the reason why a child has no pupil, or is on no roll.

    The reason is '' for children who are on some roll: their days that are not placed are what `count_days` leaves.
    """
    windows = engine.table("windows")
    terms = windows.filter(windows.calendar == calendar).select("counts_from", "counts_to")
    on_rolls = engine.table("stays").select(known="pupil").distinct()
    named = spells.left_join(pupils.rename(listed="child"), [("child", "listed")])
    named = named.left_join(on_rolls, named.pupil == on_rolls.known)
    reason = ibis.cases(
        (named.listed.isnull(), NOT_LISTED),
        (named.pupil.isnull(), named.why_none),
        (named.known.isnull(), ON_NO_ROLL),
        else_="",
    )
    own = named.select("from_day", "end_day", reason=reason)
    joined = own.inner_join(terms, [own.from_day <= terms.counts_to, own.end_day > terms.counts_from])
    days = ibis.least(joined.end_day, joined.counts_to + 1) - ibis.greatest(joined.from_day, joined.counts_from)
    cells = joined.select("reason", days=days)
    return cells.group_by("reason").aggregate(days=cells.days.sum())


def count_days_between_terms(engine: Engine, spells: ir.Table, *, calendar: str) -> ir.Table:
    """Days from the first to the last of the authority's terms that count towards none: holidays, by one rule for them."""
    windows = engine.table("windows")
    terms = windows.filter(windows.calendar == calendar).select("counts_from", "counts_to")
    gaps = terms.mutate(next_from=terms.counts_from.lead(1).over(ibis.window(order_by=terms.counts_from)))
    joined = spells.inner_join(gaps, [spells.from_day < gaps.next_from, spells.end_day > gaps.counts_to + 1])
    days = ibis.least(joined.end_day, joined.next_from) - ibis.greatest(joined.from_day, joined.counts_to + 1)
    return joined.aggregate(days=days.sum().fill_null(0))


def count_children_on_census_days(engine: Engine, spells: ir.Table, pupils: ir.Table) -> ir.Table:
    """Children whose spell holds the census day of the term, by school, term and year group."""
    own = _of_pupils(spells, pupils).rename(of_pupil="pupil", spell_from="from_day")
    stays, terms = engine.table("stays"), engine.table("windows").rename(of_calendar="calendar")
    there = stays.inner_join(own, stays.pupil == own.of_pupil)
    joined = there.inner_join(
        terms,
        [
            there.calendar == terms.of_calendar,
            there.from_day <= terms.census_day,
            there.to_day >= terms.census_day,
            there.spell_from <= terms.census_day,
            there.end_day > terms.census_day,
        ],
    )
    cells = joined.select("pupil", "school", "term", year_group=joined.academic_year - joined.cohort)
    return cells.group_by("school", "term", "year_group").aggregate(children=cells.pupil.nunique())


def _of_pupils(spells: ir.Table, pupils: ir.Table) -> ir.Table:
    known = pupils.filter(pupils.pupil.notnull()).select("pupil", listed="child")
    return spells.inner_join(known, spells.child == known.listed).select("pupil", "from_day", "end_day")
