"""Events of children, each once, and where each is counted."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from swis.panel.children import (
    LAST_YEAR_GROUP,
    NOT_LISTED,
    NOT_ON_ROLL_THEN,
    ON_NO_ROLL,
    OUTSIDE_TERMS,
    TOO_OLD,
    TOO_YOUNG,
    name_persons,
)
from swis.panel.days import number_days
from swis.panel.engine import Engine
from swis.panel.outcomes import Events, Outcome, is_short_break

_ROWS_OF_A_RETURN = 10**12
"""More than a return can have."""


def gather_events(engine: Engine, outcomes: Sequence[Outcome], pupils: ir.Table, *, short_breaks: bool) -> ir.Table:
    """Every event of these outcomes: outcome, child (the person), day. One row for each person, outcome and day."""
    return ibis.union(*(_events_of(engine, outcome, pupils, short_breaks=short_breaks) for outcome in outcomes))


def _events_of(engine: Engine, outcome: Outcome, pupils: ir.Table, *, short_breaks: bool) -> ir.Table:
    assert isinstance(outcome.rule, Events)
    rows = name_persons(engine.table(outcome.rule.table), pupils)
    if outcome.rule.table == "episodes" and not short_breaks:
        rows = rows.filter(~is_short_break(rows))
    counts = ibis.literal(value=True) if outcome.rule.where is None else outcome.rule.where(rows).fill_null(False)
    latest = take_latest(rows, day=outcome.rule.day, tells=counts)
    return latest.filter(latest.told).select("child", "day", outcome=ibis.literal(outcome.code))


def take_latest(rows: ir.Table, *, day: str, tells: ir.Value) -> ir.Table:
    """One row for each child and day: child, day, told. The row of the latest return, and in it the last, tells.

    `tells` is a value of the rows that is never null: a maximum does not see nulls.
    """
    dated = rows.filter(rows[day].notnull()).select(
        "child", day=number_days(rows[day]), told=tells, place=rows.source * _ROWS_OF_A_RETURN + rows.row
    )
    # A maximum for each group, unlike the first place in a window, needs no sorting.
    return dated.group_by("child", "day").aggregate(told=dated.told.argmax(dated.place))


def count_rows_again(engine: Engine, outcome: Outcome) -> ir.Table:
    """How many rows are the same child and day once more: within one return, and in another. Columns within, across."""
    assert isinstance(outcome.rule, Events)
    rows = engine.table(outcome.rule.table)
    dated = rows.filter(rows[outcome.rule.day].notnull())
    in_return = dated.group_by("child", outcome.rule.day, "source").aggregate(rows=dated.count())
    of_event = in_return.group_by("child", outcome.rule.day).aggregate(
        within=(in_return.rows - 1).sum(), across=in_return.count() - 1
    )
    return of_event.aggregate(within=of_event.within.sum().fill_null(0), across=of_event.across.sum().fill_null(0))


def place_events(events: ir.Table, pupils: ir.Table, placements: ir.Table) -> ir.Table:
    """The events with pupil, school, term and year group; null where they cannot be placed. A row for each event."""
    named = events.left_join(pupils.rename(listed="child"), [("child", "listed")])
    named = named.select(
        "outcome",
        "child",
        "day",
        "pupil",
        by_age="cohort",
        why_none=ibis.ifelse(named.listed.isnull(), NOT_LISTED, named.why_none),
    )
    where = placements.rename(of_pupil="pupil")
    joined = named.left_join(
        where, [named.pupil == where.of_pupil, named.day >= where.from_day, named.day <= where.to_day]
    )
    return joined.select("outcome", "child", "day", "pupil", "why_none", "by_age", "school", "term", "year_group")


def count_placed(placed: ir.Table) -> ir.Table:
    """Events by outcome, school, term and year group."""
    here = placed.filter(placed.school.notnull())
    return here.group_by("outcome", "school", "term", "year_group").aggregate(events=here.count())


def count_not_placed(engine: Engine, placed: ir.Table, *, calendar: str) -> ir.Table:
    """Events that no school has, by outcome, term of the authority's calendar ('' outside it) and reason."""
    left_over = placed.filter(placed.school.isnull())
    windows = engine.table("windows")
    terms = windows.filter(windows.calendar == calendar).select(
        "counts_from", "counts_to", in_year="academic_year", in_term="term"
    )
    on_rolls = engine.table("stays").select(known="pupil").distinct()
    joined = left_over.drop("term").left_join(
        terms, [left_over.day >= terms.counts_from, left_over.day <= terms.counts_to]
    )
    joined = joined.left_join(on_rolls, joined.pupil == on_rolls.known)
    age = joined.in_year - joined.by_age
    reason = ibis.coalesce(
        ibis.ifelse(joined.in_term.isnull(), OUTSIDE_TERMS, ibis.null("string")),
        joined.why_none,
        ibis.cases((age > LAST_YEAR_GROUP, TOO_OLD), (age < 0, TOO_YOUNG), else_=ibis.null("string")),
        ibis.ifelse(joined.known.isnull(), ON_NO_ROLL, NOT_ON_ROLL_THEN),
    )
    told = joined.select("outcome", term=joined.in_term.fill_null(""), reason=reason)
    return told.group_by("outcome", "term", "reason").aggregate(count=told.count())


def count_children_and_families(engine: Engine, placed: ir.Table, pupils: ir.Table) -> ir.Table:
    """Events, children and families by outcome, school and term.

    The families are those of the authority's own list, by its numbers of children in need; a child without one makes the
    number of the cell unknown (null). The other returns have numbers of their own, which must not be looked up in it.
    """
    here = placed.filter(placed.school.notnull())
    families = name_persons(engine.table("families"), pupils)
    listed = families.group_by("child").aggregate(family=families.family.min())
    joined = here.left_join(listed.rename(of_child="child"), [("child", "of_child")])
    cells = joined.group_by("outcome", "school", "term").aggregate(
        events=joined.count(),
        children=joined.child.nunique(),
        known=joined.family.nunique(),
        without=joined.family.isnull().cast("int64").sum(),
    )
    known = ibis.ifelse(cells.without == 0, cells.known, ibis.null("int64"))
    return cells.select("outcome", "school", "term", "events", "children", families=known)
