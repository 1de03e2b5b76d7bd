"""Putting the panels of several authorities together, refusing what does not fit and saying why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import version

import polars as pl

from swis.errors import TableError
from swis.panel.check_combination import check_combination, is_national
from swis.panel.finding import PanelFinding
from swis.panel.panel import Panel
from swis.panel.settings import AUTHORITIES_APART


def combine_panels(panels: Sequence[Panel], *, strict: bool = False) -> Panel:
    """One panel of several authorities; the order in which they are given does not matter.

    Kept: every school, term and count as it is in its own panel. A school that is known by a number of its authority alone
    gets the name of the authority before it, and so does a cluster whose name several authorities use. An outcome that an
    authority does not cover stays empty there, with a finding; with `strict` it is refused.

    Raises TableError with everything that does not fit: panels with other settings, other parts of the year, no term in
    common, an authority or a school twice.
    """
    ordered = sorted(panels, key=lambda panel: panel.authorities)
    problems, findings = check_combination(ordered, strict=strict)
    if problems:
        raise TableError("These panels do not go together:\n" + "\n".join(f"- {problem}" for problem in problems))
    named = _name_clusters([_name_schools(panel) for panel in ordered])
    authorities = (name for panel in ordered for name in panel.authorities)
    return Panel(
        settings=replace(
            ordered[0].settings,
            authority=f"{AUTHORITIES_APART} ".join(sorted(authorities)),
            first_term=_shared([panel.settings.first_term for panel in ordered]),
            last_term=_shared([panel.settings.last_term for panel in ordered]),
        ),
        cells=pl.concat([panel.cells for panel in named]),
        schools=pl.concat([panel.schools for panel in named]),
        terms=_number_terms(pl.concat([panel.terms for panel in named])),
        not_placed=pl.concat([panel.not_placed for panel in named]),
        children_and_families=pl.concat([panel.children_and_families for panel in named]),
        findings=(*(each for panel in named for each in panel.findings), *findings),
        sources=tuple(source for panel in named for source in panel.sources),
        version=version("swis"),
    )


def _shared(texts: list[str]) -> str:
    return texts[0] if len(set(texts)) == 1 else ""


def name_school(school: str, authorities: Sequence[str]) -> str:
    """The label of a school among several authorities: its own if it is a national number, else the authority before it."""
    if is_national(school) or any(school.startswith(f"{name}: ") for name in authorities):
        return school
    return f"{authorities[0]}: {school}"


def _name_schools(panel: Panel) -> Panel:
    names = {school: name_school(school, panel.authorities) for school in panel.schools["school"]}
    if all(school == name for school, name in names.items()):
        return panel
    renamed = pl.col("school").replace(names)
    findings = [replace(each, school=names.get(each.school, each.school)) for each in panel.findings]
    return replace(
        panel,
        cells=panel.cells.with_columns(renamed),
        schools=panel.schools.with_columns(renamed),
        children_and_families=panel.children_and_families.with_columns(renamed),
        findings=(*findings, _say_renamed(panel, sum(school != name for school, name in names.items()))),
    )


def _say_renamed(panel: Panel, count: int) -> PanelFinding:
    what = f"{count} school{'s have' if count > 1 else ' has'} no national number"
    to_do = "The name of the authority stands before it, so that no two schools are taken for one."
    return PanelFinding("note", "school_named_by_authority", what, to_do, count, authority=panel.authorities[0])


def _name_clusters(panels: list[Panel]) -> list[Panel]:
    of_panels = [set(panel.schools["cluster"].drop_nulls()) for panel in panels]
    shared = {name for clusters in of_panels for name in clusters if sum(name in other for other in of_panels) > 1}
    if not shared:
        return panels
    named = pl.when(pl.col("cluster").is_in(sorted(shared)))
    together = pl.concat_str("authority", "cluster", separator=": ")
    return [
        replace(panel, schools=panel.schools.with_columns(cluster=named.then(together).otherwise("cluster")))
        for panel in panels
    ]


def _number_terms(terms: pl.DataFrame) -> pl.DataFrame:
    """The same term has the same place in every calendar."""
    first = terms.group_by("term").agg(pl.col("academic_year").min(), pl.col("first_day").min())
    order = {term: place for place, term in enumerate(first.sort("academic_year", "first_day", "term")["term"])}
    return terms.with_columns(order=pl.col("term").replace_strict(order, return_dtype=pl.Int64))
