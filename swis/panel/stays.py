"""Where each pupil was on roll, from which day to which, whatever the censuses repeat or leave open.

The result is one table inside the engine, a row for each stay: pupil, school, calendar, cohort (the academic year in which the
pupil was, or would have been, in reception), lives_in, from_day and to_day (both on roll; days as numbers), and how its end
was found. Stays of one pupil do not overlap.
"""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import polars as pl

from swis.panel.days import NEVER, academic_year, number_days
from swis.panel.engine import Engine
from swis.panel.year_groups import AGE_OF_ENTRY, number_year_group

MAIN_ENROLMENT = ("C", "M")
GRACE = 7
"""Days by which a stay may begin after the first day of term and still be there from the beginning, or end before the last and be
there to the end: schools let new year groups start over the first week, and leave a few days before the end."""
ENDED, NOT_SEEN_AGAIN, NEXT_STAY, GOES_ON = "ended", "not seen again", "next stay", "goes on"
_NO_NUMBER = "no number/"
_COLUMNS = (
    "source", "census_day", "school", "pupil", "born_on", "entered_on", "left_on", "year_group", "lives_in",
)  # fmt: skip


@dataclass(frozen=True)
class StaysFound:
    """How many stays there are, and how those that are not as recorded came to be."""

    rows: int
    """Rows of rolls, leavers included."""
    not_main: int
    """Rows of pupils who are at the school as a subsidiary, a guest or for another provider: not used."""
    without_number: int
    stays: int
    not_seen_again: int
    """Stays without an end, of pupils whom the next census of the school does not have."""
    cut_by_next: int
    """Stays that end before the pupil's next stay begins, because they would overlap it."""
    covered_by_next: int
    """Stays that vanish because the next begins on the same day or before."""
    year_groups_differ: int
    """Stays whose year groups in two censuses do not fit together; the latest decides."""


def find_stays(engine: Engine) -> StaysFound:
    """Keeps the stays as the table `stays` of the engine, and counts what was done to them."""
    merged = engine.keep("merged_stays", _merge_rows(engine))
    ordered = engine.keep("ordered_stays", _end_before_next(merged, engine.table("all_windows")))
    engine.drop("merged_stays")
    engine.keep("stays", ordered.filter(ordered.to_day >= ordered.from_day))
    found = _count(engine, ordered)
    engine.drop("ordered_stays")
    return found


def _gather_rows(engine: Engine) -> ir.Table:
    on_roll, leavers = engine.table("pupils_on_roll"), engine.table("pupils_no_longer_on_roll")
    on_roll = on_roll.filter(is_main_enrolment(on_roll))
    leavers = leavers.mutate(lives_in=ibis.null("string"))
    rows = [_name_pupil(engine, table) for table in (on_roll, leavers)]
    rows[1] = rows[1].mutate(seen_on=ibis.null("int64"), listed=False)
    rows[0] = rows[0].mutate(seen_on=number_days(rows[0].census_day), listed=True)
    together = ibis.union(*(each.select(*_COLUMNS, "seen_on", "listed") for each in rows))
    keys = engine.table("school_keys").rename(canonical="school")
    placed = together.inner_join(keys, together.school == keys.school_as_returned)
    return placed.select(
        "source", "pupil", "lives_in", "seen_on",
        school="canonical",
        from_day=number_days(placed.entered_on),
        left_day=number_days(placed.left_on),
        cohort=_find_cohort(placed),
    )  # fmt: skip


def is_main_enrolment(on_roll: ir.Table) -> ir.BooleanValue:
    """Whether a row is of the only or the main school of the pupil; a row that does not say is."""
    return on_roll.enrolment_status.isin(MAIN_ENROLMENT) | on_roll.enrolment_status.isnull()


def _name_pupil(engine: Engine, rows: ir.Table) -> ir.Table:
    """The pupil by the number of now, or by a name made of what the roll says where there is no number.

    Rows of one census that the roll says the same of are told apart by their order: as many rows are as many pupils.
    """
    aliases = engine.table("pupil_aliases").rename(alias="unique_pupil_number", number_now="pupil")
    numbered = rows.filter(rows.unique_pupil_number.notnull())
    joined = numbered.left_join(aliases, numbered.unique_pupil_number == aliases.alias)
    named = joined.mutate(pupil=ibis.coalesce(joined.number_now, joined.unique_pupil_number))
    without = rows.filter(rows.unique_pupil_number.isnull())
    alike = [without.source, without.school, without.born_on, without.entered_on]
    place = ibis.row_number().over(ibis.window(group_by=alike, order_by=without.row))
    made = (
        ibis.literal(_NO_NUMBER)
        + without.school
        + "/"
        + without.born_on.cast("string").fill_null("")
        + "/"
        + without.entered_on.cast("string")
        + "/"
        + place.cast("string")
    )
    return ibis.union(named.select(*_COLUMNS), without.mutate(pupil=made).select(*_COLUMNS))


def _find_cohort(rows: ir.Table) -> ir.IntegerValue:
    # The year group of a leaver is that on leaving; that of a pupil on roll is that on the census day.
    recorded_on = ibis.ifelse(rows.listed, rows.census_day, rows.left_on)
    by_year_group = academic_year(recorded_on) - number_year_group(rows.year_group)
    return ibis.coalesce(by_year_group, academic_year(rows.born_on) + AGE_OF_ENTRY)


def _find_next_census(engine: Engine) -> ir.Table:
    on_roll, keys = engine.table("pupils_on_roll"), engine.table("school_keys").rename(census_school="school")
    listed = on_roll.filter(is_main_enrolment(on_roll) & on_roll.census_day.notnull())
    texts = listed.select("school", last_seen=number_days(listed.census_day)).distinct()
    placed = texts.inner_join(keys, texts.school == keys.school_as_returned)
    censuses = placed.select("census_school", "last_seen").distinct()
    window = ibis.window(group_by=censuses.census_school, order_by=censuses.last_seen)
    return censuses.mutate(next_census=censuses.last_seen.lead(1).over(window))


def _merge_rows(engine: Engine) -> ir.Table:
    """One row for each pupil, school and day of entry; the latest return decides what differs.

    A pupil whom the next census of the school no longer has, with no day of leaving, left at the end of the term of the last
    census with the pupil: that is when most leave.
    """
    rows, censuses, windows = _gather_rows(engine), _find_next_census(engine), engine.table("all_windows")
    stays = rows.group_by("pupil", "school", "from_day").aggregate(
        cohort=rows.cohort.argmax(rows.source, where=rows.cohort.notnull()),
        first_cohort=rows.cohort.min(),
        last_cohort=rows.cohort.max(),
        lives_in=rows.lives_in.argmax(rows.source, where=rows.lives_in.notnull()),
        left_day=rows.left_day.max(),
        seen_on=rows.seen_on.max(),
    )
    keys = engine.table("school_keys")
    calendars = keys.group_by(of_school=keys.school).aggregate(calendar=keys.calendar.max())
    stays = stays.inner_join(calendars, stays.school == calendars.of_school)
    joined = stays.left_join(censuses, [stays.school == censuses.census_school, stays.seen_on == censuses.last_seen])
    term_ends = windows.group_by(of_calendar=windows.calendar, at_census=windows.census_day).aggregate(
        term_end=windows.last_day.max()
    )
    joined = joined.left_join(
        term_ends, [joined.calendar == term_ends.of_calendar, joined.seen_on == term_ends.at_census]
    )
    not_seen_again = joined.left_day.isnull() & joined.next_census.notnull()
    found = ibis.ifelse(not_seen_again, ibis.coalesce(joined.term_end, joined.next_census - 1), ibis.null("int64"))
    end = ibis.coalesce(joined.left_day, found, ibis.literal(NEVER, "int64"))
    return joined.select(
        "pupil", "school", "from_day", "calendar", "cohort", "lives_in", "seen_on",
        years_differ=joined.first_cohort < joined.last_cohort,
        recorded_to=end,
        has_end=joined.left_day.notnull(),
        not_seen_again=not_seen_again,
    )  # fmt: skip


def _end_before_next(stays: ir.Table, windows: ir.Table) -> ir.Table:
    """The stays with their last day. Where the next begins first, that is the day before it.

    Where the end is not recorded and the next stay begins in the first days of a term, it is the day before the term: the
    pupil was not at the old school for the days until the new one began.
    """
    order = [stays.from_day, stays.seen_on.fill_null(-NEVER), stays.school]
    window = ibis.window(group_by=stays.pupil, order_by=order)
    ordered = stays.mutate(
        next_from=stays.from_day.lead(1).over(window), next_calendar=stays.calendar.lead(1).over(window)
    )
    starts = windows.select("first_day", of_calendar="calendar")
    joined = ordered.left_join(
        starts,
        [
            ordered.next_calendar == starts.of_calendar,
            ordered.next_from >= starts.first_day,
            ordered.next_from <= starts.first_day + GRACE,
        ],
    )
    cut = (joined.next_from <= joined.recorded_to).fill_null(False)
    before_next = ibis.ifelse(
        joined.has_end, joined.next_from - 1, ibis.coalesce(joined.first_day, joined.next_from) - 1
    )
    ended = ibis.cases(
        (cut, NEXT_STAY),
        (joined.not_seen_again, NOT_SEEN_AGAIN),
        (joined.recorded_to == NEVER, GOES_ON),
        else_=ENDED,
    )
    return joined.select(
        "pupil", "school", "calendar", "cohort", "lives_in", "years_differ", "from_day",
        to_day=ibis.ifelse(cut, before_next, joined.recorded_to),
        ended=ended,
    )  # fmt: skip


def _count(engine: Engine, stays: ir.Table) -> StaysFound:
    kept = stays.to_day >= stays.from_day
    numbers = engine.run(
        stays.aggregate(
            stays=kept.sum().fill_null(0),
            not_seen_again=(kept & (stays.ended == NOT_SEEN_AGAIN)).sum().fill_null(0),
            cut_by_next=(kept & (stays.ended == NEXT_STAY)).sum().fill_null(0),
            covered_by_next=(~kept).sum().fill_null(0),
            year_groups_differ=(kept & stays.years_differ).sum().fill_null(0),
        )
    ).row(0, named=True)
    on_roll, leavers = engine.table("pupils_on_roll"), engine.table("pupils_no_longer_on_roll")
    of_rolls = _count_rolls(engine, on_roll)
    rows = of_rolls["rows"] + engine.run(leavers.aggregate(rows=leavers.count())).item()
    return StaysFound(rows, of_rolls["not_main"], of_rolls["without_number"], **numbers)


def _count_rolls(engine: Engine, on_roll: ir.Table) -> dict[str, int]:
    counted: pl.DataFrame = engine.run(
        on_roll.aggregate(
            rows=on_roll.count(),
            not_main=(~is_main_enrolment(on_roll)).sum().fill_null(0),
            without_number=on_roll.unique_pupil_number.isnull().sum().fill_null(0),
        )
    )
    return counted.row(0, named=True)
