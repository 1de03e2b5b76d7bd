"""One outcome of one authority as whole numbers by school and term, and by term and year group among schools alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from swis.disclosure.count_table import Counts, Dimension
from swis.disclosure.network import UNLIMITED
from swis.panel.outcomes import Kind, Outcome
from swis.panel.panel import Panel
from swis.panel.schools_alike import PUPILS, SchoolsAlike, group_schools, has_pupils
from swis.tables.panel import YEAR_GROUPS

_DAYS_OF_SESSIONS = 2
"""Two sessions a school day."""


@dataclass(frozen=True, eq=False, repr=False)
class CountedOutcome:
    """Counts and pupils of one outcome and authority, over the terms that every school of it covers. Not for showing."""

    outcome: Outcome
    authority: str
    schools: tuple[str, ...]
    terms: tuple[str, ...]
    by_school: Counts
    pupils_by_school: Counts | None
    smallest_year_group: Counts | None
    """By school and term, the pupils of the smallest year group that has any; None: pupils are not known."""
    alike: tuple[SchoolsAlike, ...]
    """The schools in sets with the same year groups, each with its counts by year group."""
    on_census_day: bool
    most: int
    """What one child can add to a count."""
    left_out: tuple[str, ...]
    """Why terms, or everything, are not among them."""

    def __repr__(self) -> str:
        return f"CountedOutcome({self.words}: {len(self.schools)} schools, {len(self.terms)} terms; not for showing)"

    @property
    def words(self) -> str:
        """What is counted, of whom."""
        return f"{self.outcome.name}, {self.authority}"

    def dimension(self, name: str) -> Dimension:
        """School, term or year group. Schools and terms that are not here may come in a later release.

        Year groups are always all that there can be: that a school has none of one is known, and its 0 ties releases together.
        """
        labels = {"school": self.schools, "term": self.terms, "year group": YEAR_GROUPS}[name]
        return Dimension.of(name, *labels, whole=False)


def count_outcome(panel: Panel, outcome: Outcome, authority: str) -> CountedOutcome:
    """The counts of one outcome in the schools of one authority. A term that some schools do not cover is left out."""
    schools = panel.schools.filter(pl.col("authority") == authority)
    own = panel.cells.join(schools.select("school"), on="school", how="semi")
    covered = own.group_by("term").agg(pl.col(outcome.code).is_not_null().all())
    complete = set(covered.filter(pl.col(outcome.code))["term"])
    partly = set(own.filter(pl.col(outcome.code).is_not_null())["term"]) - complete
    cells = own.filter(pl.col("term").is_in(sorted(complete)))
    schools_here = tuple(cells["school"].unique().sort())
    terms = tuple(term for term in panel.term_names if term in complete)
    pupils, on_census_day = _exposure(cells)
    axes = {"school": schools_here, "term": terms}
    return CountedOutcome(
        outcome=outcome,
        authority=authority,
        schools=schools_here,
        terms=terms,
        by_school=_lay_out(cells, outcome.code, axes),
        pupils_by_school=None if pupils is None else _lay_out(cells, pupils, axes),
        smallest_year_group=None
        if pupils is None
        else _smallest(_lay_out(cells, pupils, {**axes, "year_group": YEAR_GROUPS})),
        alike=tuple(_count_alike(cells, outcome.code, pupils, these, terms) for these in group_schools(cells)),
        on_census_day=on_census_day,
        most=most_of_one_child(panel, outcome, authority),
        left_out=_say_left_out(panel, complete, partly),
    )


def _smallest(pupils: Counts) -> Counts:
    return np.where(pupils > 0, pupils, UNLIMITED).min(axis=-1)


def _count_alike(
    cells: pl.DataFrame, code: str, pupils: str | None, schools: tuple[str, ...], terms: tuple[str, ...]
) -> SchoolsAlike:
    own = cells.filter(pl.col("school").is_in(schools))
    axes = {"term": terms, "year_group": YEAR_GROUPS}
    there = set(own.filter(has_pupils() | (pl.col(code) > 0))["year_group"])
    return SchoolsAlike(
        schools,
        tuple(group for group in YEAR_GROUPS if group in there),
        _lay_out(own, code, axes),
        None if pupils is None else _lay_out(own, pupils, axes),
    )


def most_of_one_child(panel: Panel, outcome: Outcome, authority: str) -> int:
    """What one child can add to a count of one term: every day or session of the longest, or 1."""
    if outcome.kind not in (Kind.DAYS, Kind.SESSIONS):
        return 1
    terms = panel.terms.filter(pl.col("authority") == authority)
    terms = terms if terms.height else panel.terms
    if outcome.kind is Kind.DAYS:
        return int((terms["counts_to"] - terms["counts_from"]).dt.total_days().max()) + 1  # type: ignore[arg-type]
    first, beyond = terms["first_day"].to_numpy(), terms["last_day"].dt.offset_by("1d").to_numpy()
    return _DAYS_OF_SESSIONS * int(np.busday_count(first, beyond).max())


def _exposure(cells: pl.DataFrame) -> tuple[str | None, bool]:
    """Which measure of pupils is there for every row; and whether it is that of the census day."""
    for measure in PUPILS:
        if cells.height and not cells[measure].null_count():
            return measure, measure == "pupils_on_census_day"
    return None, False


def _lay_out(cells: pl.DataFrame, measure: str, axes: dict[str, tuple[str, ...]]) -> Counts:
    sums = cells.group_by(*axes).agg(pl.col(measure).sum())
    table = np.zeros(tuple(map(len, axes.values())), dtype=np.float64)
    if not sums.height:
        return table.astype(np.int64)
    places = tuple(
        sums[name]
        .replace_strict({label: place for place, label in enumerate(labels)}, return_dtype=pl.Int64)
        .to_numpy()
        for name, labels in axes.items()
    )
    table[places] = sums[measure].to_numpy()
    return np.floor(table + 0.5).astype(np.int64)


def _say_left_out(panel: Panel, complete: set[str], partly: set[str]) -> tuple[str, ...]:
    if not complete and not partly:
        return ("the returns do not cover it",)
    terms = [term for term in panel.term_names if term in partly]
    return (f"{', '.join(terms)}: some schools are not covered",) if terms else ()
