"""The truth about a synthetic authority: counts by outcome, school, year group and term, to hold a panel against.

A count is by the day of the event, and a holiday counts towards the term after it. The school is the one whose roll the child is
on that day, in a holiday that of the first day of the term after it; an academy and the school before it are one, by the latest
number. The year group is that of the term.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from swis.synthetic.authority import Authority
from swis.synthetic.care import SHORT_BREAK
from swis.synthetic.outcomes import (
    ASSESSMENTS,
    CONFERENCES,
    DAYS_IN_CARE,
    ENQUIRIES,
    ENTRIES,
    FROM_SCHOOL,
    NO_FURTHER_ACTION,
    OUTCOMES,
    PERMANENT_EXCLUSIONS,
    PLANS,
    PUPILS,
    REFERRALS,
    RESIDENT_PUPILS,
    SESSIONS_MISSED,
    SESSIONS_POSSIBLE,
    SUSPENSIONS,
)
from swis.synthetic.schools import PRIMARY_YEARS
from swis.terms import TermCalendar, tabulate_terms

_TERMS_BEFORE, _TERMS_AFTER = 3, 3
_YEAR_GROUPS = {group: "R" if group == 0 else str(group) for group in range(20)}
_CELL = ["outcome", "school_place", "group", "term_place"]


@dataclass(frozen=True, eq=False)
class Truth:
    """`year_group_terms` and `school_terms` hold every cell, zeros too; `not_on_roll` counts children on no roll."""

    year_group_terms: pl.DataFrame
    school_terms: pl.DataFrame
    not_on_roll: pl.DataFrame


def study_calendar(authority: Authority) -> TermCalendar:
    """The terms of the study, without the years around it."""
    return TermCalendar(authority.population.dates.terms[_TERMS_BEFORE:-_TERMS_AFTER])


def tell_truth(authority: Authority) -> Truth:
    """The counts of every outcome in every term of the study.

    Counted: as in the head of the module; days in care are days looked after, short breaks left out; sessions are half days.
    Not counted: the holiday before the first term, whose beginning the calendar does not say. Every row of `year_group_terms` has
    outcome, school, phase, year_group, term, count and pupils (on the census day of the term); `school_terms` has the arm for the
    phase and year group.
    """
    counts = pl.concat(
        [*_count_events(authority), _count_care(authority), _count_sessions(authority), *_count_rolls(authority)]
    )
    counts = counts.group_by(_CELL).agg(pl.col("count").sum())
    on_roll = counts.filter(pl.col("school_place") >= 0)
    cells = _list_cells(on_roll).join(on_roll, on=_CELL, how="left").with_columns(pl.col("count").fill_null(0))
    pupils = on_roll.filter(pl.col("outcome") == PUPILS).drop("outcome").rename({"count": "pupils"})
    cells = cells.join(pupils, on=_CELL[1:], how="left").with_columns(pl.col("pupils").fill_null(0))
    named = _name(authority, cells)
    of_schools = named.group_by("order", "school", "arm", "term_place", "term", "outcome").agg(
        pl.col("count").sum(), pl.col("pupils").sum()
    )
    return Truth(
        year_group_terms=named.sort("order", "school", "group", "term_place").select(
            "outcome", "school", "phase", "year_group", "term", "count", "pupils"
        ),
        school_terms=of_schools.sort("order", "school", "term_place").select(
            "outcome", "school", "arm", "term", "count", "pupils"
        ),
        not_on_roll=_tabulate_not_on_roll(authority, counts),
    )


def _count_events(authority: Authority) -> list[pl.DataFrame]:
    cases, episodes, exclusions = authority.cases, authority.episodes, authority.exclusions
    days = {
        REFERRALS: cases.referred,
        NO_FURTHER_ACTION: cases.referred,
        FROM_SCHOOL: cases.referred,
        ASSESSMENTS: cases.assessed,
        ENQUIRIES: cases.enquired,
        CONFERENCES: cases.conferred,
        PLANS: cases.conferred,
    }
    counts = []
    for outcome, day in days.items():
        there = cases.happened[outcome]
        counts.append(_count(authority, outcome, cases.child[there], day[there]))
    entries = (episodes.new == "S") & (episodes.status != SHORT_BREAK)
    counts.append(_count(authority, ENTRIES, episodes.child[entries], episodes.began[entries]))
    stays = authority.population.stays
    for outcome, kind in ((SUSPENSIONS, ~exclusions.permanent), (PERMANENT_EXCLUSIONS, exclusions.permanent)):
        counts.append(_count(authority, outcome, stays.child[exclusions.stay[kind]], exclusions.day[kind]))
    return counts


def _count(authority: Authority, outcome: str, child: np.ndarray, day: np.ndarray) -> pl.DataFrame:
    population = authority.population
    term, inside = _find_terms(authority, day)
    term, stay = term[inside], population.place(child[inside], day[inside])
    return _tabulate(authority, outcome, stay, term, np.ones(len(stay), dtype=np.int64))


def _find_terms(authority: Authority, day: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The place of the term of each day, and whether it counts towards a term of the study."""
    dates = authority.population.dates
    term = dates.place_of(day)
    last = len(dates.terms) - _TERMS_AFTER
    return term, (day >= dates.first[_TERMS_BEFORE]) & (term < last)


def _tabulate(
    authority: Authority, outcome: str, stay: np.ndarray, term: np.ndarray, count: np.ndarray
) -> pl.DataFrame:
    """Counts by school, year group and term of the stays in which they fell; both are -1 for no stay (-1)."""
    stays, children, dates = authority.population.stays, authority.population.children, authority.population.dates
    year, near = np.array([each.academic_year for each in dates.terms])[term], np.maximum(stay, 0)
    school = np.where(stay >= 0, stays.school[near], -1)
    group = np.where(stay >= 0, year - children.cohort[stays.child[near]], -1)
    frame = pl.DataFrame({"school_place": school, "group": group, "term_place": term, "count": count.astype(np.int64)})
    summed = frame.group_by(_CELL[1:]).agg(pl.col("count").sum())
    return summed.select(pl.lit(outcome).alias("outcome"), *_CELL[1:], "count")


def _count_care(authority: Authority) -> pl.DataFrame:
    """Days in care by stay: the days of each term, and of the holiday before it for pupils who are there on its first day."""
    population, episodes = authority.population, authority.episodes
    stays, dates = population.stays, population.dates
    main = episodes.status != SHORT_BREAK
    spells = pl.DataFrame({"child": episodes.child[main], "began": episodes.began[main], "ended": episodes.ended[main]})
    looked_after = np.isin(stays.child, episodes.child[main])
    parts, everywhere = [], []
    for term in range(_TERMS_BEFORE, len(dates.terms) - _TERMS_AFTER):
        start = dates.first[term] if term == _TERMS_BEFORE else dates.starts[term]
        there = looked_after & (stays.entered <= dates.last[term]) & (stays.left >= dates.first[term])
        low = np.where(stays.entered <= dates.first[term], start, stays.entered)[there]
        high = np.minimum(stays.left, dates.last[term])[there]
        frame = pl.DataFrame({"child": stays.child[there], "stay": np.flatnonzero(there), "low": low, "high": high})
        parts.append(_overlap(frame.join(spells, on="child"), term))
        window = spells.with_columns(low=pl.lit(int(start)), high=pl.lit(int(dates.last[term])), stay=pl.lit(-1))
        everywhere.append(_overlap(window, term))
    on_roll, anywhere = pl.concat(parts), pl.concat(everywhere)
    placed = _tabulate(authority, DAYS_IN_CARE, *(on_roll[name].to_numpy() for name in ("stay", "term", "days")))
    days_on_roll = placed.group_by("term_place").agg(pl.col("count").sum().alias("placed"))
    rest = (
        anywhere.group_by("term")
        .agg(pl.col("days").sum())
        .join(days_on_roll, left_on="term", right_on="term_place", how="left")
        .select(
            pl.lit(DAYS_IN_CARE).alias("outcome"),
            pl.lit(-1, pl.Int64).alias("school_place"),
            pl.lit(-1, pl.Int64).alias("group"),
            pl.col("term").cast(pl.Int64).alias("term_place"),
            (pl.col("days") - pl.col("placed").fill_null(0)).cast(pl.Int64).alias("count"),
        )
    )
    return pl.concat([placed, rest.filter(pl.col("count") > 0)])


def _overlap(frame: pl.DataFrame, term: int) -> pl.DataFrame:
    days = pl.min_horizontal("high", pl.col("ended") - 1) - pl.max_horizontal("low", "began") + 1
    found = frame.select(
        pl.col("stay").cast(pl.Int64),
        "child",
        pl.lit(term).cast(pl.Int64).alias("term"),
        days.cast(pl.Int64).alias("days"),
    )
    return found.filter(pl.col("days") > 0)


def _count_sessions(authority: Authority) -> pl.DataFrame:
    attendance = authority.attendance
    last = len(authority.population.dates.terms) - _TERMS_AFTER
    inside = (attendance.term >= _TERMS_BEFORE) & (attendance.term < last)
    stay, term = attendance.stay[inside], attendance.term[inside]
    missed = (attendance.authorised + attendance.unauthorised).sum(axis=1)[inside]
    possible = attendance.possible.sum(axis=1)[inside]
    return pl.concat(
        _tabulate(authority, outcome, stay, term, count)
        for outcome, count in ((SESSIONS_POSSIBLE, possible), (SESSIONS_MISSED, missed))
    )


def _count_rolls(authority: Authority) -> list[pl.DataFrame]:
    stays, dates, children = authority.population.stays, authority.population.dates, authority.population.children
    counts = []
    for term in range(_TERMS_BEFORE, len(dates.terms) - _TERMS_AFTER):
        stay = np.flatnonzero((stays.entered <= dates.census[term]) & (dates.census[term] <= stays.left))
        terms = np.full(len(stay), term)
        counts.append(_tabulate(authority, PUPILS, stay, terms, np.ones(len(stay), dtype=np.int64)))
        counts.append(_tabulate(authority, RESIDENT_PUPILS, stay, terms, children.resident[stays.child[stay]]))
    return counts


def _list_cells(on_roll: pl.DataFrame) -> pl.DataFrame:
    """Every outcome for every school, year group and term in which anything at all was counted."""
    places = on_roll.select(_CELL[1:]).unique()
    return pl.DataFrame({"outcome": list(OUTCOMES)}).join(places, how="cross")


def _name(authority: Authority, cells: pl.DataFrame) -> pl.DataFrame:
    schools, terms = authority.population.schools, authority.population.dates.terms
    labels, arms = pl.Series(schools.labels), pl.Series(name_arms(authority))
    names = pl.Series([term.name for term in terms])
    order = {outcome: place for place, outcome in enumerate(OUTCOMES)}
    return cells.with_columns(
        school=labels.gather(cells["school_place"]),
        arm=arms.gather(cells["school_place"]),
        term=names.gather(cells["term_place"]),
        phase=pl.when(pl.col("group") < PRIMARY_YEARS).then(pl.lit("primary")).otherwise(pl.lit("secondary")),
        year_group=pl.col("group").replace_strict(_YEAR_GROUPS, return_dtype=pl.String),
        order=pl.col("outcome").replace_strict(order, return_dtype=pl.Int64),
    )


def name_arms(authority: Authority) -> list[str]:
    """For each school its arm: intervention or comparison."""
    return ["intervention" if with_worker else "comparison" for with_worker in authority.planted.with_worker]


def _tabulate_not_on_roll(authority: Authority, counts: pl.DataFrame) -> pl.DataFrame:
    names = tabulate_terms(study_calendar(authority), holidays="next term")["term"]
    nowhere = counts.filter(pl.col("school_place") < 0)
    order = {outcome: place for place, outcome in enumerate(OUTCOMES)}
    return (
        nowhere.with_columns(
            term=names.gather(nowhere["term_place"] - _TERMS_BEFORE),
            order=pl.col("outcome").replace_strict(order, return_dtype=pl.Int64),
        )
        .sort("order", "term_place")
        .select("outcome", "term", "count")
    )
