"""Everything that is counted inside the engine, as aggregates that come out of it. No row of them is about one child."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import polars as pl

from swis.panel.attendance import count_sessions
from swis.panel.children import NOT_ON_ROLL_THEN, OUTSIDE_TERMS, list_persons, name_pupils
from swis.panel.engine import Engine
from swis.panel.events import (
    count_children_and_families,
    count_not_placed,
    count_placed,
    count_rows_again,
    gather_events,
    place_events,
)
from swis.panel.exclusions import place_exclusions
from swis.panel.exposure import count_pupils
from swis.panel.moves import place_moves
from swis.panel.outcomes import OUTCOMES, Events, Outcome, Source, Spells
from swis.panel.placements import place_in_terms
from swis.panel.spells import (
    count_all_days,
    count_children_on_census_days,
    count_days,
    count_days_between_terms,
    find_spells,
)
from swis.panel.stays import StaysFound, find_stays

Step = Callable[[str], None]

CHILDREN_OF = {Source.CHILDREN_IN_NEED: "children", Source.LOOKED_AFTER: "looked_after_children"}
_CELL = ("school", "term", "year_group")


@dataclass(frozen=True)
class Counts:
    """The aggregates.

    `placed` has outcome, school, term, year_group (a number) and count; `not_placed` outcome, term, reason and count.
    """

    pupils: pl.DataFrame
    placed: pl.DataFrame
    not_placed: pl.DataFrame
    children_and_families: pl.DataFrame
    stays: StaysFound
    rows_again: Mapping[str, tuple[int, int]]
    """By outcome: rows that were the same child and day within one return, and in another."""


def count_everything(engine: Engine, *, calendar: str, home: tuple[str, ...], short_breaks: bool, step: Step) -> Counts:
    """All aggregates of the staged returns. `calendar` is that of the authority; `home` its code and name.

    The engine holds the staged tables, `windows` and `attended_terms`. `step` is told what is being done.
    """
    step("Following pupils from roll to roll")
    stays = find_stays(engine)
    step("Finding the school of each child")
    pupils = {source: engine.keep(f"pupils_of_{name}", _name(engine, name)) for source, name in CHILDREN_OF.items()}
    persons = {
        source: engine.keep(f"persons_of_{CHILDREN_OF[source]}", list_persons(own)) for source, own in pupils.items()
    }
    known = ibis.union(*(table.filter(table.pupil.notnull()).select("pupil") for table in persons.values()))
    place_in_terms(engine, known.distinct())
    step("Counting events")
    placed = engine.keep("placed_events", _place_all(engine, pupils, persons, short_breaks=short_breaks))
    parts = [engine.run(count_placed(placed)).rename({"events": "count"})]
    in_need = pupils[Source.CHILDREN_IN_NEED]
    left_over = [engine.run(count_not_placed(engine, placed, calendar=calendar))]
    families = _forget_families_of_others(engine.run(count_children_and_families(engine, placed, in_need)))
    engine.drop("placed_events")
    step("Counting days in care")
    for outcome in OUTCOMES:
        if isinstance(outcome.rule, Spells):
            spells = find_spells(engine, outcome.rule, pupils[outcome.source], short_breaks=short_breaks)
            parts.append(_count_stock(engine, outcome, spells, persons[outcome.source]))
    in_care = find_spells(engine, Spells("episodes"), pupils[Source.LOOKED_AFTER], short_breaks=short_breaks)
    days, days_left_over = _count_days(engine, in_care, persons[Source.LOOKED_AFTER], calendar)
    engine.drop("placements")
    step("Counting sessions, exclusions and moves")
    exclusions, exclusions_left_over = _count_exclusions(engine)
    parts += [days, _count_sessions(engine), exclusions, _count_moves(engine)]
    left_over += [days_left_over, exclusions_left_over]
    step("Counting pupils")
    return Counts(
        pupils=engine.run(count_pupils(engine, home=home)),
        placed=pl.concat([part.select("outcome", *_CELL, pl.col("count").cast(pl.Int64)) for part in parts]),
        not_placed=pl.concat([part.select("outcome", "term", "reason", "count") for part in left_over]),
        children_and_families=families,
        stays=stays,
        rows_again={outcome.code: _rows_again(engine, outcome) for outcome in _of_events()},
    )


def _forget_families_of_others(cells: pl.DataFrame) -> pl.DataFrame:
    """Families are listed by the numbers of one return; a number of another return may be that of another child."""
    own = [outcome.code for outcome in OUTCOMES if outcome.source is Source.CHILDREN_IN_NEED]
    return cells.with_columns(pl.when(pl.col("outcome").is_in(own)).then("families").alias("families"))


def _of_events() -> tuple[Outcome, ...]:
    return tuple(outcome for outcome in OUTCOMES if isinstance(outcome.rule, Events))


def _rows_again(engine: Engine, outcome: Outcome) -> tuple[int, int]:
    again = engine.run(count_rows_again(engine, outcome)).row(0, named=True)
    return again["within"], again["across"]


def _name(engine: Engine, children: str) -> ir.Table:
    table = engine.table(children)
    for column in ("former_unique_pupil_number", "no_unique_pupil_number_because"):
        if column not in table.columns:
            table = table.mutate(**{column: ibis.null("string")})
    return name_pupils(engine, table)


def _place_all(
    engine: Engine, pupils: Mapping[Source, ir.Table], persons: Mapping[Source, ir.Table], *, short_breaks: bool
) -> ir.Table:
    placements, parts = engine.table("placements"), []
    for source, named in pupils.items():
        own = [outcome for outcome in _of_events() if outcome.source is source]
        events = gather_events(engine, own, named, short_breaks=short_breaks)
        parts.append(place_events(events, persons[source], placements))
    return ibis.union(*parts)


def _count_stock(engine: Engine, outcome: Outcome, spells: ir.Table, persons: ir.Table) -> pl.DataFrame:
    counted = engine.run(count_children_on_census_days(engine, spells, persons))
    return counted.rename({"children": "count"}).with_columns(outcome=pl.lit(outcome.code))


def _count_days(
    engine: Engine, in_care: ir.Table, persons: ir.Table, calendar: str
) -> tuple[pl.DataFrame, pl.DataFrame]:
    spells = engine.keep("spells_in_care", in_care)
    placed = engine.run(count_days(spells, persons, engine.table("placements")))
    every = engine.run(count_all_days(engine, spells, persons, calendar=calendar))
    on_rolls = int(every.filter(pl.col("reason") == "")["days"].sum()) - int(placed["days"].sum())
    rows = every.filter(pl.col("reason") != "").rename({"days": "count"})
    between = engine.run(count_days_between_terms(engine, spells, calendar=calendar)).item()
    rest = pl.DataFrame(
        {"reason": [NOT_ON_ROLL_THEN, OUTSIDE_TERMS], "count": [max(on_rolls, 0), between]}, schema=rows.schema
    )
    left_over = pl.concat([rows, rest]).filter(pl.col("count") > 0)
    told = left_over.with_columns(outcome=pl.lit("days_in_care"), term=pl.lit(""))
    return placed.rename({"days": "count"}).with_columns(outcome=pl.lit("days_in_care")), told


def _count_sessions(engine: Engine) -> pl.DataFrame:
    cells = engine.run(count_sessions(engine)).rename({"attended_term": "term"})
    return cells.unpivot(index=_CELL, variable_name="outcome", value_name="count").drop_nulls("count")


def _count_exclusions(engine: Engine) -> tuple[pl.DataFrame, pl.DataFrame]:
    placed = engine.keep("placed_exclusions", place_exclusions(engine))
    here, lost = placed.filter(placed.school.notnull()), placed.filter(placed.school.isnull())
    counted = here.group_by("outcome", *_CELL).aggregate(count=here.count())
    left_over = lost.group_by("outcome", "reason").aggregate(count=lost.count())
    return engine.run(counted), engine.run(left_over).with_columns(term=pl.lit(""))


def _count_moves(engine: Engine) -> pl.DataFrame:
    moves = place_moves(engine)
    return engine.run(moves.group_by("outcome", *_CELL).aggregate(count=moves.count()))
