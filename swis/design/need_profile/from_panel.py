"""From a panel to the figures of each school over some terms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import polars as pl

from swis.design.need_profile.next_period import persistence_of_period
from swis.design.need_profile.school_figures import Kind, Measure, MeasuredSchools, SchoolFigures
from swis.design.need_profile.shrinkage import Array
from swis.design.power.scatter import measure_panel
from swis.errors import NotEstimable, TableError
from swis.panel import outcomes as of_panel
from swis.panel.count_tables import most_of_one_child
from swis.panel.outcomes import outcome_of
from swis.panel.panel import Panel
from swis.tables.nearest import did_you_mean

EXCLUSIONS = "exclusions"
PARTS_OF_EXCLUSIONS = ("suspensions", "permanent_exclusions")
BY_DEFAULT = ("referrals", "section_47_enquiries", EXCLUSIONS, "sessions_missed")
_POSSIBLE = "sessions_possible"
_KINDS: Mapping[of_panel.Kind, Kind] = {
    of_panel.Kind.EVENTS: "events",
    of_panel.Kind.CHILDREN: "children",
    of_panel.Kind.DAYS: "days",
    of_panel.Kind.SESSIONS: "sessions",
}


@dataclass(frozen=True)
class PanelChoices:
    """Over which terms (without any: the last academic year of the panel), and which measures (without any: what Lambeth
    chose its schools by, as far as the panel covers it). `units` says how many counts are one independent event."""

    terms: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    units: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class _Grid:
    """Counts and exposures of shape (schools, terms); nan where a school-term is not covered."""

    count: Array
    exposure: Array


def figures_from_panel(panel: Panel, choices: PanelChoices, *, hashes: Mapping[str, str]) -> SchoolFigures:
    """Each school's counts over the terms, all year groups together, and the mean of its pupils over them.

    A school that is not covered in all of the terms has no count of that measure, and says so: parts of a year are not blown
    up. Rates are by pupils over the whole period. Raises TableError for a term or measure that is not there.
    """
    terms = _choose_terms(panel, choices.terms)
    codes = _choose_measures(panel, choices.measures)
    _check_units(choices.units, codes)
    schools = panel.schools.sort("authority", "phase", "school")
    labels = schools["school"].to_list()
    pupils_measure = _pupils_measure(panel, terms)
    pupils = _grid(panel, [pupils_measure], labels, terms)
    groups = list(zip(schools["authority"], schools["phase"], strict=True))
    measured = tuple(
        _measure(panel, code, _Place(labels, groups, terms, pupils_measure), choices.units) for code in codes
    )
    missing = [code for code in BY_DEFAULT if not choices.measures and code not in codes]
    notes = [f"The panel does not cover {', '.join(missing)}."] if missing else []
    return SchoolFigures(
        schools=tuple(labels),
        names=tuple(name or label for name, label in zip(schools["school_name"], labels, strict=True)),
        authority=tuple(schools["authority"].to_list()),
        phase=tuple(schools["phase"].to_list()),
        pupils=pupils.mean(axis=1),
        free_school_meals=schools["free_school_meals_percent"].cast(pl.Float64).fill_null(np.nan).to_numpy(),
        measured=measured,
        feeders=_feeders(schools),
        excluded=("",) * len(labels),
        period=terms[0] if len(terms) == 1 else f"{terms[0]} to {terms[-1]}",
        terms=len(terms),
        notes=tuple(notes),
        hashes=hashes,
    )


@dataclass(frozen=True)
class _Place:
    """Where a measure is taken: schools with their authorities and phases, the terms, and who is counted among."""

    schools: list[str]
    groups: list[tuple[str, str]]
    terms: tuple[str, ...]
    pupils_measure: str


def _choose_terms(panel: Panel, asked: Sequence[str]) -> tuple[str, ...]:
    names = panel.term_names
    for term in asked:
        if term not in names:
            raise TableError(f"The panel has no term {term!r}; it has: {', '.join(names)}.{did_you_mean(term, names)}")
    if len(set(asked)) < len(asked):
        raise TableError("A term is named twice. Name each term once.")
    if asked:
        return tuple(term for term in names if term in asked)
    last = panel.terms["academic_year"].max()
    return tuple(term for term in names if term in set(panel.terms.filter(pl.col("academic_year") == last)["term"]))


def _choose_measures(panel: Panel, asked: Sequence[str]) -> tuple[str, ...]:
    there = [*panel.outcomes]
    if set(PARTS_OF_EXCLUSIONS) <= set(there):
        there.append(EXCLUSIONS)
    if _POSSIBLE not in there:
        there = [code for code in there if not code.startswith("sessions_")]
    there = [code for code in there if code != _POSSIBLE]
    for code in asked:
        if code not in there:
            raise TableError(
                f"The panel has no measure {code!r}; it has: {', '.join(there)}.{did_you_mean(code, there)}"
            )
    chosen = tuple(dict.fromkeys(asked)) or tuple(code for code in BY_DEFAULT if code in there)
    if not chosen:
        raise TableError(f"The panel covers none of {', '.join(BY_DEFAULT)}. Name measures of it: {', '.join(there)}.")
    return chosen


def _check_units(units: Mapping[str, float], codes: Sequence[str]) -> None:
    unknown = [code for code in units if code not in codes]
    if unknown:
        raise TableError(
            f"--unit-of-count: {unknown[0]!r} is no measure of this profile; there are: {', '.join(codes)}."
        )


def _pupils_measure(panel: Panel, terms: Sequence[str]) -> str:
    cells = panel.cells.filter(pl.col("term").is_in(list(terms)))
    for measure in ("mean_pupils", "pupils_on_census_day"):
        if cells.height and not cells[measure].null_count():
            return measure
    raise TableError("The panel does not have the pupils of every school and term. Choose other terms, with --terms.")


def _grid(panel: Panel, columns: Sequence[str], schools: Sequence[str], terms: Sequence[str]) -> Array:
    """The sum of some columns over year groups; nan where one is null, or the school has no row in the term."""
    cells = panel.cells.filter(pl.col("term").is_in(list(terms)))
    whole = pl.all_horizontal(*(pl.col(name).is_not_null() for name in columns)).all()
    total = pl.sum_horizontal(*(pl.col(name).cast(pl.Float64) for name in columns)).sum()
    sums = cells.group_by("school", "term").agg(count=pl.when(whole).then(total))
    grid = np.full((len(schools), len(terms)), np.nan)
    places = tuple(
        sums[name].replace_strict({label: i for i, label in enumerate(labels)}, return_dtype=pl.Int64).to_numpy()
        for name, labels in (("school", schools), ("term", terms))
    )
    grid[places] = sums["count"].cast(pl.Float64).fill_null(np.nan).to_numpy()
    return grid


def _measure(panel: Panel, code: str, place: _Place, units: Mapping[str, float]) -> MeasuredSchools:
    columns = list(PARTS_OF_EXCLUSIONS) if code == EXCLUSIONS else [code]
    sessions = outcome_of(columns[0]).kind is of_panel.Kind.SESSIONS
    among = _POSSIBLE if sessions else place.pupils_measure
    here = _Grid(*(_grid(panel, names, place.schools, place.terms) for names in (columns, [among])))
    count = here.count.sum(axis=1)
    exposure = here.exposure.sum(axis=1) if sessions else here.exposure.mean(axis=1)
    return MeasuredSchools(
        measure=_declare(panel, code, columns, place.terms, units),
        count=count,
        exposure=exposure,
        why_not=tuple(
            _why_not(number, among_them, place.terms, row)
            for number, among_them, row in zip(count, exposure, here.count, strict=True)
        ),
        persistence=_persistence(panel, columns, among, place),
    )


def _why_not(count: float, exposure: float, terms: Sequence[str], row: Array) -> str:
    if np.isfinite(count) and exposure > 0:
        return ""
    gaps = [term for term, number in zip(terms, row, strict=True) if not np.isfinite(number)]
    return f"not covered in {', '.join(gaps)}" if gaps else "no pupils"


def _declare(
    panel: Panel, code: str, columns: Sequence[str], terms: Sequence[str], units: Mapping[str, float]
) -> Measure:
    outcome = outcome_of(columns[0])
    kind = _KINDS[outcome.kind]
    name = "Exclusions (suspensions and permanent)" if code == EXCLUSIONS else outcome.name
    a_term = max(most_of_one_child(panel, outcome, authority) for authority in panel.authorities)
    most = 1.0 if kind == "events" else float(a_term * len(terms))
    unit, why = most, f"one child can make {most:,.0f} of them: so many are taken as one event, which is cautious"
    if kind == "events":
        unit, why = _events_of_one_family(panel, columns, terms)
    if code in units:
        unit, why = units[code], f"{units[code]:g} are taken as one event, as declared"
    return Measure(
        code,
        name,
        kind,
        among="sessions possible" if kind == "sessions" else "pupils",
        unit=unit,
        independent=why,
        most=most,
        source="all absence, from sessions; not persistent absence, which sessions of a school do not tell"
        if kind == "sessions"
        else "",
    )


def _events_of_one_family(panel: Panel, columns: Sequence[str], terms: Sequence[str]) -> tuple[float, str]:
    rows = panel.children_and_families.filter(
        pl.col("outcome").is_in(list(columns)) & pl.col("term").is_in(list(terms))
    )
    for who, words in (("families", "family"), ("children", "child")):
        if rows.height and not rows[who].null_count():
            unit = int(rows["events"].sum()) / int(rows[who].sum())
            return unit, f"{unit:.2f} to a {words} and term, and so many are taken as one event" if unit > 1 else ""
    return 1.0, ""


def _persistence(panel: Panel, columns: Sequence[str], among: str, place: _Place) -> dict[tuple[str, str], float]:
    """How far schools of one authority and phase keep their place, from all terms up to the last that was chosen."""
    names = panel.term_names
    terms = names[: names.index(place.terms[-1]) + 1]
    count, exposure = (_grid(panel, which, place.schools, terms) for which in (list(columns), [among]))
    seen = np.isfinite(count) & np.isfinite(exposure)
    count, exposure = np.where(seen, count, 0.0), np.where(seen, exposure, 0.0)
    found: dict[tuple[str, str], float] = {}
    for group in sorted(set(place.groups)):
        rows = np.array([each == group for each in place.groups])
        try:
            scatter = measure_panel(count[rows], exposure[rows])
        except NotEstimable:
            continue
        if scatter.autocorrelation is not None:
            found[group] = persistence_of_period(scatter.autocorrelation, len(place.terms))
    return found


def add_feeders_of_clusters(figures: SchoolFigures, panel: Panel) -> SchoolFigures:
    """The figures of gathered clusters with the primaries that each is made of; `panel` is as it was before gathering."""
    rows = panel.schools.filter(pl.col("cluster").is_not_null() & (pl.col("phase") == "primary"))
    made_of: dict[str, list[str]] = {}
    for cluster, school in zip(rows["cluster"], rows["school"], strict=True):
        made_of.setdefault(cluster, []).append(school)
    return replace(figures, feeders=tuple(tuple(made_of.get(label, ())) for label in figures.schools))


def _feeders(schools: pl.DataFrame) -> tuple[tuple[str, ...], ...]:
    """The primaries of the cluster that a school belongs to, where it is no primary itself."""
    rows: list[dict[str, Any]] = list(schools.iter_rows(named=True))
    primaries: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        if row["cluster"] and row["phase"] == "primary":
            primaries.setdefault((row["authority"], row["cluster"]), []).append(row["school"])
    return tuple(
        () if row["phase"] == "primary" else tuple(primaries.get((row["authority"], row["cluster"]), ()))
        for row in rows
    )
