"""The tables that an engine holds while a panel is built, and their columns."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from swis.panel.engine import Engine

_Schema = Mapping[str, type[pl.DataType]]

_OF_RETURN: _Schema = {"source": pl.Int64, "row": pl.Int64}
_EVENT: _Schema = {**_OF_RETURN, "returned_to": pl.Date, "child": pl.String}
_SESSIONS: _Schema = {
    f"{half}sessions_{what}": pl.Int64
    for half in ("", "summer_2_")
    for what in ("possible", "authorised", "unauthorised")
}
_ROLL: _Schema = {
    **_OF_RETURN,
    "collection": pl.String,
    "census_day": pl.Date,
    "school": pl.String,
    "pupil_record": pl.String,
    "unique_pupil_number": pl.String,
    "former_unique_pupil_number": pl.String,
    "born_on": pl.Date,
    "entered_on": pl.Date,
    "left_on": pl.Date,
    "year_group": pl.String,
    "free_school_meals": pl.Boolean,
    "special_educational_needs": pl.String,
    **_SESSIONS,
}
CHILDREN: Mapping[str, _Schema] = {
    "children": {
        **_EVENT,
        "unique_pupil_number": pl.String,
        "former_unique_pupil_number": pl.String,
        "no_unique_pupil_number_because": pl.String,
        "born_on": pl.Date,
    },
    "looked_after_children": {**_EVENT, "unique_pupil_number": pl.String, "born_on": pl.Date},
}
"""As they are read; in the engine each has `shared_number` besides: the number is that of another child of the return too."""
STAGED: Mapping[str, _Schema] = {
    "referrals": {
        **_EVENT,
        "referred_on": pl.Date,
        "referral_source": pl.String,
        "no_further_action": pl.Boolean,
        "closed_on": pl.Date,
    },
    "assessments": {**_EVENT, "started_on": pl.Date, "authorised_on": pl.Date},
    "child_in_need_plans": {**_EVENT, "started_on": pl.Date, "ended_on": pl.Date},
    "section_47_enquiries": {**_EVENT, "started_on": pl.Date},
    "initial_conferences": {**_EVENT, "held_on": pl.Date},
    "child_protection_plans": {**_EVENT, "started_on": pl.Date, "ended_on": pl.Date},
    "episodes": {
        **_EVENT,
        "started_on": pl.Date,
        "ended_on": pl.Date,
        "reason_for_new_episode": pl.String,
        "reason_ended": pl.String,
        "legal_status": pl.String,
    },
    "pupils_on_roll": {**_ROLL, "enrolment_status": pl.String, "lives_in": pl.String},
    "pupils_no_longer_on_roll": _ROLL,
    "exclusions": {
        **_OF_RETURN,
        "collection": pl.String,
        "pupil_record": pl.String,
        "school": pl.String,
        "category": pl.String,
        "started_on": pl.Date,
        "sessions": pl.Int64,
    },
    "families": {**_OF_RETURN, "child": pl.String, "family": pl.String},
}
SCHOOL_KEYS: _Schema = {"school_as_returned": pl.String, "school": pl.String, "calendar": pl.String}
PUPIL_ALIASES: _Schema = {"unique_pupil_number": pl.String, "pupil": pl.String}
AS_READ = "_as_read"


class Stage:
    """Puts batches of returns into the engine, each table in its columns. Every table is there from the beginning."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._schemas = {**STAGED, **{name + AS_READ: schema for name, schema in CHILDREN.items()}}
        self._rows: dict[tuple[str, int], int] = {}
        for name, schema in self._schemas.items():
            engine.append(name, pl.DataFrame(schema=dict(schema)))

    def add(self, name: str, frame: pl.DataFrame, *, source: int, returned_to: date | None = None) -> None:
        """Adds the rows of a return to a table; a table that no panel needs is left out.

        `source` is the place of the return in time, `returned_to` the last day of its year. Rows are numbered through.
        """
        name = name + AS_READ if name in CHILDREN else name
        schema = self._schemas.get(name)
        if schema is None or not frame.height:
            return
        before = self._rows.get((name, source), 0)
        self._rows[name, source] = before + frame.height
        numbered = frame.with_columns(
            pl.lit(source).alias("source"),
            pl.int_range(before + 1, before + frame.height + 1, dtype=pl.Int64).alias("row"),
            pl.lit(returned_to, dtype=pl.Date).alias("returned_to"),
        )
        self._engine.append(name, numbered.select(_column(numbered, *each) for each in schema.items()))

    def mark_shared_numbers(self) -> int:
        """Makes the tables of children, and says how many rows have the number of another child of the same return.

        Two children are different if the authority's identifiers and the dates of birth are.
        """
        return sum(self._mark(name) for name in CHILDREN)

    def _mark(self, name: str) -> int:
        rows = self._engine.table(name + AS_READ)
        known = rows.filter(rows.unique_pupil_number.notnull())
        counted = known.group_by("source", "unique_pupil_number").aggregate(
            children=known.child.nunique(), births=known.born_on.nunique()
        )
        shared = counted.filter((counted.children > 1) & (counted.births > 1)).select(
            of_source="source", number="unique_pupil_number"
        )
        joined = rows.left_join(shared, [rows.source == shared.of_source, rows.unique_pupil_number == shared.number])
        marked = joined.mutate(shared_number=joined.number.notnull()).drop("of_source", "number")
        kept = self._engine.keep(name, marked)
        return int(self._engine.run(kept.aggregate(rows=kept.shared_number.sum().fill_null(0))).item())


def _column(frame: pl.DataFrame, name: str, data_type: type[pl.DataType]) -> pl.Expr:
    """A column of a batch; one that this kind of file does not have is null."""
    return pl.col(name) if name in frame.columns else pl.lit(None, dtype=data_type).alias(name)
