"""Small staged returns, drawn in the test: a table that is not given is there without rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from swis.panel.attendance import tabulate_attended_terms
from swis.panel.engine import Engine
from swis.panel.windows import tabulate_windows
from swis.terms import Holidays, Term, TermCalendar

TEXT, NUMBER, DAY, YES = pl.String, pl.Int64, pl.Date, pl.Boolean
_EVENT = {"source": NUMBER, "row": NUMBER, "child": TEXT}
_ROLL = {
    "source": NUMBER, "row": NUMBER, "collection": TEXT, "census_day": DAY, "school": TEXT, "pupil_record": TEXT,
    "unique_pupil_number": TEXT, "former_unique_pupil_number": TEXT, "born_on": DAY, "entered_on": DAY, "left_on": DAY,
    "year_group": TEXT, "sessions_possible": NUMBER, "sessions_authorised": NUMBER, "sessions_unauthorised": NUMBER,
    "summer_2_sessions_possible": NUMBER, "summer_2_sessions_authorised": NUMBER, "summer_2_sessions_unauthorised": NUMBER,
}  # fmt: skip
STAGED: Mapping[str, Mapping[str, type[pl.DataType]]] = {
    "children": {**_EVENT, "unique_pupil_number": TEXT, "former_unique_pupil_number": TEXT,
                 "no_unique_pupil_number_because": TEXT, "born_on": DAY, "shared_number": YES},
    "referrals": {**_EVENT, "referred_on": DAY, "referral_source": TEXT, "no_further_action": YES},
    "assessments": {**_EVENT, "started_on": DAY, "authorised_on": DAY},
    "child_in_need_plans": {**_EVENT, "started_on": DAY, "ended_on": DAY, "returned_to": DAY},
    "section_47_enquiries": {**_EVENT, "started_on": DAY},
    "initial_conferences": {**_EVENT, "held_on": DAY},
    "child_protection_plans": {**_EVENT, "started_on": DAY, "ended_on": DAY, "returned_to": DAY},
    "looked_after_children": {**_EVENT, "unique_pupil_number": TEXT, "born_on": DAY, "shared_number": YES},
    "episodes": {**_EVENT, "started_on": DAY, "ended_on": DAY, "reason_for_new_episode": TEXT, "legal_status": TEXT,
                 "returned_to": DAY},
    "pupils_on_roll": {**_ROLL, "enrolment_status": TEXT, "lives_in": TEXT},
    "pupils_no_longer_on_roll": _ROLL,
    "exclusions": {"source": NUMBER, "row": NUMBER, "collection": TEXT, "pupil_record": TEXT, "school": TEXT, "category": TEXT,
                   "started_on": DAY},
    "families": {"child": TEXT, "family": TEXT},
    "school_keys": {"school_as_returned": TEXT, "school": TEXT, "calendar": TEXT},
    "pupil_aliases": {"unique_pupil_number": TEXT, "pupil": TEXT},
}  # fmt: skip

CALENDAR = TermCalendar(
    (
        Term(2018, "autumn", date(2018, 9, 3), date(2018, 12, 20)),
        Term(2018, "spring", date(2019, 1, 7), date(2019, 4, 5)),
        Term(2018, "summer", date(2019, 4, 23), date(2019, 7, 23)),
        Term(2019, "autumn", date(2019, 9, 3), date(2019, 12, 20)),
        Term(2019, "spring", date(2020, 1, 6), date(2020, 4, 3)),
        Term(2019, "summer", date(2020, 4, 20), date(2020, 7, 21)),
    )
)
AUTHORITY = "Fictown"


def stage(
    engine: Engine,
    tables: Mapping[str, Sequence[Mapping[str, object]]],
    *,
    calendars: Mapping[str, TermCalendar] | None = None,
    holidays: Holidays = "next term",
) -> None:
    """Puts the tables into the engine. Rows get their number and, where they do not say, source 1."""
    for name, schema in STAGED.items():
        rows = [{"source": 1, "row": number, **row} for number, row in enumerate(tables.get(name, ()), start=1)]
        unknown = {key for row in rows for key in row} - set(schema) - {"source", "row"}
        assert not unknown, f"{name} has no {unknown}"
        engine.append(name, pl.DataFrame([{key: row.get(key) for key in schema} for row in rows], schema=dict(schema)))
    windows = tabulate_windows(calendars or {AUTHORITY: CALENDAR}, holidays=holidays)
    engine.append("all_windows", windows)
    engine.append("windows", windows)
    collections = [
        row.get("collection") for name in ("pupils_on_roll", "pupils_no_longer_on_roll") for row in tables.get(name, ())
    ]
    engine.append("attended_terms", tabulate_attended_terms(pl.Series(collections, dtype=pl.String)))


def at(school: str, *, calendar: str = AUTHORITY) -> dict[str, str]:
    """A school that rolls name as the panel does."""
    return {"school_as_returned": school, "school": school, "calendar": calendar}
