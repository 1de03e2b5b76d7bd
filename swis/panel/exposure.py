"""Pupils at risk: on the census day of the term, and on average over its days."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from swis.panel.engine import Engine


def count_pupils(engine: Engine, *, home: tuple[str, ...]) -> ir.Table:
    """Pupils by school, term and year group.

    Columns: on_census_day, pupil_days (days of the term on the roll, over all pupils), days of the term, and the same of
    residents, with the number of stays and of those that do not say where the pupil lives. `home` holds the code and the name
    of the authority as the rolls may write them. Holidays are not in it.
    """
    stays = engine.table("stays")
    resident = stays.lives_in.isin(home)
    described = stays.select(
        "school", "calendar", "cohort", "from_day", "to_day",
        resident=resident.fill_null(False).cast("int64"),
        unrecorded=stays.lives_in.isnull().cast("int64"),
    )  # fmt: skip
    # Many pupils come and go on the same days: counting them together first keeps the join with the terms small.
    alike = described.group_by(described.columns).aggregate(pupils=described.count())
    terms = engine.table("windows").rename(of_calendar="calendar", term_days="days")
    joined = alike.inner_join(
        terms,
        [
            alike.calendar == terms.of_calendar,
            alike.from_day <= ibis.greatest(terms.last_day, terms.census_day),
            alike.to_day >= ibis.least(terms.first_day, terms.census_day),
        ],
    )
    there = ((joined.from_day <= joined.census_day) & (joined.to_day >= joined.census_day)).cast("int64")
    overlap = ibis.least(joined.to_day, joined.last_day) - ibis.greatest(joined.from_day, joined.first_day) + 1
    cells = joined.select(
        "school", "term", "resident",
        year_group=joined.academic_year - joined.cohort,
        days=joined.term_days,
        on_day=there * joined.pupils,
        pupil_days=ibis.greatest(overlap, 0) * joined.pupils,
        stays=joined.pupils,
        unrecorded=joined.unrecorded * joined.pupils,
    )  # fmt: skip
    return cells.group_by("school", "term", "year_group").aggregate(
        days=cells.days.max(),
        on_census_day=cells.on_day.sum(),
        pupil_days=cells.pupil_days.sum(),
        residents_on_census_day=(cells.on_day * cells.resident).sum(),
        resident_days=(cells.pupil_days * cells.resident).sum(),
        stays=cells.stays.sum(),
        unrecorded=cells.unrecorded.sum(),
    )
