"""The panel: counts of every outcome by school, term and year group. No row of it is about one child."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace

import polars as pl

from swis.errors import TableError
from swis.panel.finding import PanelFinding
from swis.panel.outcomes import OUTCOMES
from swis.panel.settings import PanelSettings, split_authorities
from swis.panel.shape import NUMBER_FORMS, shape_cells, shape_frame
from swis.tables.children_and_families import CHILDREN_AND_FAMILIES
from swis.tables.not_placed import NOT_PLACED
from swis.tables.panel_findings import PANEL_FINDINGS
from swis.tables.panel_schools import PANEL_SCHOOLS
from swis.tables.panel_terms import PANEL_TERMS

_NAMED = 10


@dataclass(frozen=True)
class SourceFile:
    """One file that a panel was built from. `authority` is filled in by the panel."""

    name: str
    kind: str
    sha256: str
    rows_read: int
    rows_kept: int
    authority: str = ""


@dataclass(frozen=True, eq=False, repr=False)
class Panel:
    """Counts and pupils at risk of one authority or of several, with what they were made of and what was found.

    `cells` is the declared table PANEL: a row a school, term and year group, a column for each outcome; null is not covered,
    never zero. `schools`, `terms`, `not_placed` and `children_and_families` are as declared in `swis.tables`.
    Frames are put into their declared columns, types and order; a missing column `authority` is that of the settings.
    Means of pupils are kept to six decimals. Raises TableError where the frames contradict each other or their tables.
    """

    settings: PanelSettings
    cells: pl.DataFrame
    schools: pl.DataFrame
    terms: pl.DataFrame
    not_placed: pl.DataFrame
    children_and_families: pl.DataFrame
    findings: tuple[PanelFinding, ...]
    sources: tuple[SourceFile, ...]
    version: str
    """The version of SWIS that built it."""

    def __post_init__(self) -> None:
        authority = self.settings.authority
        shaped = {
            "schools": shape_frame(PANEL_SCHOOLS, self.schools, authority=authority),
            "terms": shape_frame(PANEL_TERMS, self.terms, authority=authority).sort("authority", "calendar", "order"),
            "not_placed": shape_frame(NOT_PLACED, self.not_placed, authority=authority),
            "children_and_families": shape_frame(CHILDREN_AND_FAMILIES, self.children_and_families),
            "findings": tuple(each if each.authority else replace(each, authority=authority) for each in self.findings),
            "sources": tuple(each if each.authority else replace(each, authority=authority) for each in self.sources),
        }
        for name, value in shaped.items():
            object.__setattr__(self, name, value)
        object.__setattr__(self, "cells", shape_cells(self.cells, terms=self.term_names))
        self._refuse_contradictions()

    def __repr__(self) -> str:
        terms = self.term_names
        span = f"{terms[0]} to {terms[-1]}" if terms else "no terms"
        return (
            f"Panel({', '.join(self.authorities)}: {self.schools.height} schools, {len(terms)} terms ({span}), "
            f"{len(self.outcomes)} outcomes covered)"
        )

    @property
    def authorities(self) -> tuple[str, ...]:
        """The authorities whose returns it was built from, sorted."""
        return split_authorities(self.settings.authority)

    @property
    def outcomes(self) -> tuple[str, ...]:
        """The codes of the outcomes that are covered anywhere."""
        height = self.cells.height
        return tuple(each.code for each in OUTCOMES if self.cells[each.code].null_count() < height)

    @property
    def term_names(self) -> tuple[str, ...]:
        """The terms in their order, whichever calendars have them."""
        first = self.terms.group_by("term").agg(pl.col("academic_year").min(), pl.col("first_day").min())
        return tuple(first.sort("academic_year", "first_day", "term")["term"].to_list())

    def findings_frame(self) -> pl.DataFrame:
        """The findings as a table; see PANEL_FINDINGS."""
        return shape_frame(PANEL_FINDINGS, _as_frame(self.findings))

    def _refuse_contradictions(self) -> None:
        schools, terms = set(self.schools["school"]), set(self.terms["term"])
        for what, frame in (("panel", self.cells), ("children_and_families", self.children_and_families)):
            _refuse_unknown(what, "school", set(frame["school"]) - schools)
            _refuse_unknown(what, "term", set(frame["term"]) - terms)


def _refuse_unknown(what: str, column: str, unknown: Iterable[str]) -> None:
    named = sorted(unknown)
    if named:
        more = f" and {len(named) - _NAMED} more" if len(named) > _NAMED else ""
        raise TableError(
            f"{what}.csv, column {column}: not in {column}s.csv: {', '.join(named[:_NAMED])}{more}. "
            "Build the panel again."
        )


def _as_frame(findings: tuple[PanelFinding, ...]) -> pl.DataFrame:
    columns = {name: [getattr(each, name) for each in findings] for name in (f.name for f in fields(PanelFinding))}
    types = {column.name: NUMBER_FORMS[column.kind] for column in PANEL_FINDINGS.columns}
    return pl.DataFrame(columns, schema={name: types[name] for name in columns})
