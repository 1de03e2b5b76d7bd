"""The school census of a term, under the declared names: rolls, leavers, codes of absence, exclusions, free school meals."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from swis.synthetic.authority import Authority
from swis.tables.returns.school_census import (
    ABSENCE_SESSIONS,
    EXCLUSIONS,
    FREE_SCHOOL_MEAL_PERIODS,
    PUPILS_NO_LONGER_ON_ROLL,
    PUPILS_ON_ROLL,
)

_STREAM = 200
_ELSEWHERE = "950"
_RECORDS_IN_CENSUS = 100_000_000
_FIRST_OF_STUDY, _TERMS_IN_YEAR = 3, 3
_WITH_LEAVE, _WITH_LEAVE_SHARES = ("I", "M", "C", "H"), (0.65, 0.2, 0.1, 0.05)
_WITHOUT_LEAVE, _WITHOUT_LEAVE_SHARES = ("O", "G", "U", "N"), (0.5, 0.25, 0.15, 0.1)
_SUSPENDED = "E"
_BOTH_TERMS_FROM = 2019
_REASONS = ("DB", "PP", "VA", "PA", "DM")
_MONTHS_AFTER_AUGUST = 4
LEAVERS_DETAILS = "termlysessiondetailsnolongeronroll"
ROLL_DETAILS = "termlysessiondetailsonroll"

Tables = Mapping[str, pl.DataFrame]


def list_censuses(authority: Authority) -> range:
    """The places of the terms whose census the authority holds: those of the study, and after it until all of it is returned.

    That is the autumn after it, and the spring where exclusions come two terms after.
    """
    after = _FIRST_OF_STUDY + _TERMS_IN_YEAR * authority.settings.years
    return range(_FIRST_OF_STUDY, after + 1 + (after - 1 not in terms_of_exclusions(authority, after)))


def terms_of_exclusions(authority: Authority, census: int) -> tuple[int, ...]:
    """The places of the terms whose exclusions a census returns: two before it, and from autumn 2019 the one before as well.

    Source: NCER, Nexus Exclusions Methodology, "Exclusions Collection Rules".
    """
    term = authority.population.dates.terms[census]
    return (census - 2, census - 1) if term.academic_year >= _BOTH_TERMS_FROM else (census - 2,)


def name_census(authority: Authority, census: int) -> str:
    """The beginning of the names of its files: 2017_autumn."""
    part, year = authority.population.dates.terms[census].name.split(" ")
    return f"{year}_{part}"


def tabulate_census(authority: Authority, census: int) -> Tables:
    """The tables of the census of a term, by the end of their file names.

    Counted: pupils on the roll on the census day, those who left since the census before, and those who left earlier and have
    an exclusion to return; for each the sessions of the term before, and the exclusions of the terms that are due, at this
    school and during this stay.
    """
    stays, dates = authority.population.stays, authority.population.dates
    day, day_before = dates.census[census], dates.census[census - 1]
    on_roll = np.flatnonzero((stays.entered <= day) & (day <= stays.left))
    excluded = np.isin(np.arange(stays.count), authority.exclusions.stay[_find_exclusions(authority, census)])
    leavers = np.flatnonzero(((day_before <= stays.left) | excluded) & (stays.left < day))
    records = np.full(stays.count, -1)
    both = np.concatenate([on_roll, leavers])
    records[both] = census * _RECORDS_IN_CENSUS + 1 + np.arange(len(both))
    details = _tabulate_details(authority, census, records)
    gone = pl.col("pupil_record").cast(pl.Int64) > census * _RECORDS_IN_CENSUS + len(on_roll)
    return {
        PUPILS_ON_ROLL.file: _tabulate_roll(authority, census, on_roll, records),
        PUPILS_NO_LONGER_ON_ROLL.file: _tabulate_leavers(authority, census, leavers, records),
        ROLL_DETAILS: details.filter(~gone),
        LEAVERS_DETAILS: details.filter(gone),
        EXCLUSIONS.file: _tabulate_exclusions(authority, census, records),
        FREE_SCHOOL_MEAL_PERIODS.file: _tabulate_meals(authority, on_roll, records),
    }


def table_of(file: str) -> str:
    """The name of the declared table that a file of the census holds."""
    declared = (PUPILS_ON_ROLL, PUPILS_NO_LONGER_ON_ROLL, EXCLUSIONS, FREE_SCHOOL_MEAL_PERIODS)
    return {table.file: table.name for table in declared}.get(file, ABSENCE_SESSIONS.name)


def _tabulate_roll(authority: Authority, census: int, stay: np.ndarray, records: np.ndarray) -> pl.DataFrame:
    population = authority.population
    children, child = population.children, population.stays.child[stay]
    year = np.full(len(stay), population.dates.terms[census].academic_year)
    return pl.DataFrame(
        {
            **_describe_pupils(authority, stay, records),
            "former_unique_pupil_number": _nothing(len(stay)),
            "entered_on": _days(population.stays.entered[stay]),
            "left_on": _nothing(len(stay)),
            "year_group": _year_groups(year - children.cohort[child]),
            "enrolment_status": _text(np.full(len(stay), "C")),
            "part_time": _text(np.full(len(stay), "false")),
            "special_educational_needs": _text(children.support[child]),
            "free_school_meals": _text(np.where(children.free_meals[child], "true", "false")),
            "lives_in": _text(np.where(children.resident[child], authority.settings.authority_code, _ELSEWHERE)),
            **_attendance_of(authority, census, stay),
        }
    )


def _tabulate_leavers(authority: Authority, census: int, stay: np.ndarray, records: np.ndarray) -> pl.DataFrame:
    stays, children = authority.population.stays, authority.population.children
    months = stays.left[stay].astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    year = 1970 + (months + _MONTHS_AFTER_AUGUST) // 12 - 1
    return pl.DataFrame(
        {
            **_describe_pupils(authority, stay, records),
            "entered_on": _days(stays.entered[stay]),
            "left_on": _days(stays.left[stay]),
            "year_group": _year_groups(year - children.cohort[stays.child[stay]]),
            **_attendance_of(authority, census, stay),
        }
    )


def _describe_pupils(authority: Authority, stay: np.ndarray, records: np.ndarray) -> dict[str, pl.Series]:
    stays, children = authority.population.stays, authority.population.children
    child = stays.child[stay]
    return {
        "pupil_record": _text(records[stay]),
        "school": _text(stays.urn[stay]),
        "unique_pupil_number": _text(children.numbers[child]),
        "born_on": _days(children.born[child]),
        "sex": _text(np.where(children.girl[child], "F", "M")),
    }


def _attendance_of(authority: Authority, census: int, stay: np.ndarray) -> dict[str, pl.Series]:
    """The sessions of the term before; of a summer the first half, and the second half in columns of its own."""
    attendance, term = authority.attendance, census - 1
    start, end = np.searchsorted(attendance.term, [term, term + 1])
    place = start + np.searchsorted(attendance.stay[start:end], stay)
    near = np.minimum(place, max(end - 1, 0))
    found = (place < end) & (attendance.stay[near] == stay)
    halves = authority.population.dates.terms[term].part == "summer"
    columns = {}
    for name in ("possible", "authorised", "unauthorised"):
        values = getattr(attendance, name)[near]
        first = values[:, 0] if halves else values.sum(axis=1)
        columns[f"sessions_{name}"] = _numbers(first, found)
        columns[f"summer_2_sessions_{name}"] = _numbers(values[:, 1], found & halves)
    return columns


def _tabulate_details(authority: Authority, census: int, records: np.ndarray) -> pl.DataFrame:
    """Sessions missed under each code. Those of a suspension stand under E, as far as they were missed."""
    attendance, exclusions = authority.attendance, authority.exclusions
    rng = np.random.default_rng([authority.seed, _STREAM, census])
    start, end = np.searchsorted(attendance.term, [census - 1, census])
    stay = attendance.stay[start:end]
    authorised, unauthorised = (
        getattr(attendance, name)[start:end].sum(axis=1) for name in ("authorised", "unauthorised")
    )
    suspended = np.zeros(authority.population.stays.count, dtype=np.int64)
    in_term = authority.population.dates.place_of(exclusions.day) == census - 1
    np.add.at(suspended, exclusions.stay[in_term], exclusions.sessions[in_term])
    out = np.minimum(suspended[stay], authorised)
    with_leave = rng.multinomial(authorised - out, _WITH_LEAVE_SHARES)
    without = rng.multinomial(unauthorised, _WITHOUT_LEAVE_SHARES)
    sessions = np.column_stack([out, with_leave, without])
    codes = np.array([_SUSPENDED, *_WITH_LEAVE, *_WITHOUT_LEAVE])
    row, column = np.nonzero(sessions)
    return pl.DataFrame(
        {
            "pupil_record": _text(records[stay[row]]),
            "school": _text(authority.population.stays.urn[stay[row]]),
            "sessions": sessions[row, column],
            "absence_code": _text(codes[column]),
        }
    )


def _find_exclusions(authority: Authority, census: int) -> np.ndarray:
    """The places of the exclusions that a census returns."""
    term = authority.population.dates.place_of(authority.exclusions.day)
    return np.flatnonzero(np.isin(term, terms_of_exclusions(authority, census)))


def _tabulate_exclusions(authority: Authority, census: int, records: np.ndarray) -> pl.DataFrame:
    exclusions = authority.exclusions
    rng = np.random.default_rng([authority.seed, _STREAM + 1, census])
    there = _find_exclusions(authority, census)
    stay, permanent = exclusions.stay[there], exclusions.permanent[there]
    return pl.DataFrame(
        {
            "pupil_record": _text(records[stay]),
            "school": _text(authority.population.stays.urn[stay]),
            "category": _text(np.where(permanent, "PERM", "FIXD")),
            "started_on": _days(exclusions.day[there]),
            "sessions": _numbers(exclusions.sessions[there], ~permanent),
            "reason_1": _text(rng.choice(_REASONS, len(there))),
            "reason_2": _nothing(len(there)),
            "reason_3": _nothing(len(there)),
        }
    )


def _tabulate_meals(authority: Authority, on_roll: np.ndarray, records: np.ndarray) -> pl.DataFrame:
    stays, children = authority.population.stays, authority.population.children
    eligible = on_roll[children.free_meals[stays.child[on_roll]]]
    return pl.DataFrame(
        {
            "pupil_record": _text(records[eligible]),
            "school": _text(stays.urn[eligible]),
            "started_on": _days(stays.entered[eligible]),
            "ended_on": _nothing(len(eligible)),
        }
    )


def _text(values: np.ndarray) -> pl.Series:
    return pl.Series(values).cast(pl.String)


def _nothing(length: int) -> pl.Series:
    return pl.Series([None], dtype=pl.String).new_from_index(0, length)


def _days(days: np.ndarray) -> pl.Series:
    return pl.Series(days.astype(np.int32), dtype=pl.Int32).cast(pl.Date).dt.to_string("%Y-%m-%d")


def _numbers(values: np.ndarray, known: np.ndarray) -> pl.Series:
    return pl.select(pl.when(pl.lit(pl.Series(known, dtype=pl.Boolean))).then(pl.lit(pl.Series(values)))).to_series()


def _year_groups(groups: np.ndarray) -> pl.Series:
    return _text(np.where(groups == 0, "R", groups.astype(str)))
