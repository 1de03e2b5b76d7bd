"""One outcome of one authority as whole numbers by school and term and by term and year group, for publishing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from swis.disclosure.count_table import Counts, Dimension
from swis.panel.outcomes import Kind, Outcome
from swis.panel.panel import Panel
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
    year_groups: tuple[str, ...]
    by_school: Counts
    by_year_group: Counts
    pupils_by_school: Counts | None
    pupils_by_year_group: Counts | None
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
        """School, term or year group. Schools and terms that are not here may come in a later release."""
        labels = {"school": self.schools, "term": self.terms, "year group": self.year_groups}[name]
        return Dimension.of(name, *labels, whole=False)


def count_outcome(panel: Panel, outcome: Outcome, authority: str) -> CountedOutcome:
    """The counts of one outcome in the schools of one authority. A term that some schools do not cover is left out."""
    schools = panel.schools.filter(pl.col("authority") == authority)
    own = panel.cells.join(schools.select("school"), on="school", how="semi")
    covered = own.group_by("term").agg(pl.col(outcome.code).is_not_null().all())
    complete = set(covered.filter(pl.col(outcome.code))["term"])
    partly = set(own.filter(pl.col(outcome.code).is_not_null())["term"]) - complete
    cells = own.filter(pl.col("term").is_in(sorted(complete)))
    axes = {
        "school": tuple(cells["school"].unique().sort()),
        "term": tuple(term for term in panel.term_names if term in complete),
        "year_group": tuple(group for group in YEAR_GROUPS if group in set(cells["year_group"])),
    }
    pupils, on_census_day = _exposure(cells)

    def lay_out(measure: str | None, *names: str) -> Counts | None:
        return None if measure is None else _lay_out(cells, measure, {name: axes[name] for name in names})

    by_school, by_year_group = (
        _lay_out(cells, outcome.code, {name: axes[name] for name in names})
        for names in (("school", "term"), ("term", "year_group"))
    )
    return CountedOutcome(
        outcome=outcome,
        authority=authority,
        schools=axes["school"],
        terms=axes["term"],
        year_groups=axes["year_group"],
        by_school=by_school,
        by_year_group=by_year_group,
        pupils_by_school=lay_out(pupils, "school", "term"),
        pupils_by_year_group=lay_out(pupils, "term", "year_group"),
        on_census_day=on_census_day,
        most=most_of_one_child(panel, outcome, authority),
        left_out=_say_left_out(panel, complete, partly),
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
    for measure in ("pupils_on_census_day", "mean_pupils"):
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
