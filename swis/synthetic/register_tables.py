"""The register of schools with its links, the clusters, the families and the calendar of a synthetic authority."""

from __future__ import annotations

import numpy as np
import polars as pl

from swis.synthetic.authority import Authority
from swis.synthetic.identities import days_of_return, years_of_returns
from swis.synthetic.schools import PRIMARY_YEARS
from swis.synthetic.term_dates import day_of, first_day_of_autumn
from swis.synthetic.truth import name_arms, study_calendar
from swis.tables.returns.schools_register import SCHOOLS
from swis.terms import name_academic_year

SOURCE = "made by swis synthesise"
_DAY = "%d/%m/%Y"
_OPEN, _CLOSED = "1", "2"
_LAST_JANUARY = -5  # of the terms: the three of the year after the study come last
_KINDS = {
    False: ("01", "Community school", "Local authority maintained schools"),
    True: ("34", "Academy converter", "Academies"),
}
_AGES = {False: (4, 11), True: (11, 16)}


def tabulate_schools(authority: Authority) -> pl.DataFrame:
    """The table `schools` of the register: a row for each number, of academies also for the school before it."""
    rows = []
    for place, converted in enumerate(authority.population.schools.converted.tolist()):
        rows.append(_describe_school(authority, place, academy=False, converted=converted))
        if converted:
            rows.append(_describe_school(authority, place, academy=True, converted=converted))
    columns = [column.name for column in SCHOOLS.columns if column.statutory]
    return pl.DataFrame([{name: row.get(name) for name in columns} for row in rows], infer_schema_length=None)


def tabulate_links(authority: Authority) -> pl.DataFrame:
    """The table `school_links`: each academy with the school before it, both ways."""
    schools, names = authority.population.schools, authority.population.schools.names
    rows = []
    for place in np.flatnonzero(schools.converted):
        first, last, day = schools.first_urn[place], schools.last_urn[place], day_of(schools.converted[place])
        rows.append((str(last), str(first), names[place], "Predecessor", day.strftime(_DAY)))
        rows.append((str(first), str(last), names[place], "Successor", day.strftime(_DAY)))
    schema = dict.fromkeys(("urn", "linked_urn", "linked_name", "link", "linked_on"), pl.String)
    return pl.DataFrame(rows, schema=schema, orient="row")


def tabulate_clusters(authority: Authority) -> pl.DataFrame:
    """Secondaries with the primaries that feed them: cluster, school (by its latest number), role (lead or feeder)."""
    schools = authority.population.schools
    clusters = pl.Series([f"Cluster {place + 1}" for place in range(int(schools.secondary.sum()))])
    frame = pl.DataFrame(
        {
            "cluster": clusters.gather(schools.cluster),
            "school": schools.labels,
            "role": np.where(schools.secondary, "lead", "feeder"),
            "order": schools.cluster,
        }
    )
    return frame.sort("order", "role", "school", descending=[False, True, False]).drop("order")


def tabulate_arms(authority: Authority) -> pl.DataFrame:
    """Which schools have a social worker: school, arm, cluster."""
    frame = pl.DataFrame({"school": authority.population.schools.labels, "arm": name_arms(authority)})
    return frame.join(tabulate_clusters(authority).drop("role"), on="school", how="left").sort("school")


def tabulate_families(authority: Authority) -> pl.DataFrame:
    """The authority's own grouping of brothers and sisters: child, family. Children of its returns only."""
    children, cases, episodes = authority.population.children, authority.cases, authority.episodes
    years = years_of_returns(authority)
    first, last = days_of_return(years[0])[0], days_of_return(years[-1])[1]
    referred = cases.child[(cases.referred <= last) & (cases.closed >= first)]
    looked_after = episodes.child[(episodes.began <= last) & (episodes.ended >= first)]
    known = np.union1d(referred, looked_after)
    frame = pl.DataFrame({"child": children.identifiers[known], "family": children.family[known]})
    return frame.select("child", pl.format("F{}", pl.col("family") + 1_000_000).alias("family")).sort("child")


def tabulate_calendar(authority: Authority) -> pl.DataFrame:
    """The table `term_calendar` of the years of the study."""
    return pl.DataFrame(
        [
            (
                authority.settings.authority_code,
                None,
                name_academic_year(term.academic_year),
                term.part,
                term.first_day.isoformat(),
                term.last_day.isoformat(),
                SOURCE,
            )
            for term in study_calendar(authority).terms
        ],
        schema=dict.fromkeys(
            ("authority", "school", "academic_year", "term", "first_day", "last_day", "source"), pl.String
        ),
        orient="row",
    )


def _describe_school(authority: Authority, place: int, *, academy: bool, converted: int) -> dict[str, str | None]:
    schools = authority.population.schools
    secondary = bool(schools.secondary[place])
    urn = int(schools.last_urn[place] if academy else schools.first_urn[place])
    closed = bool(converted) and not academy
    code, kind, group = _KINDS[academy]
    youngest, oldest = _AGES[secondary]
    opened = day_of(converted) if academy else first_day_of_autumn(1975 + place % 30)
    return {
        "urn": str(urn),
        "authority": authority.settings.authority_code,
        "authority_name": authority.settings.authority_name,
        "establishment_number": str(schools.numbers[place]),
        "school_name": schools.names[place],
        "type": code,
        "type_name": kind,
        "type_group": group,
        "status": _CLOSED if closed else _OPEN,
        "opened_on": opened.strftime(_DAY),
        "closed_on": day_of(converted - 1).strftime(_DAY) if closed else None,
        "phase": "4" if secondary else "2",
        "youngest": str(youngest),
        "oldest": str(oldest),
        "gender_of_entry": "Mixed",
        "admissions": "Non-selective" if secondary else "Not applicable",
        **({} if closed else _count_pupils(authority, urn)),
        "region": "South East",
        "urban_or_rural": "C1",
        "easting": str(450_000 + 700 * (place % 40)),
        "northing": str(150_000 + 700 * (place // 40 % 40)),
    }


def _count_pupils(authority: Authority, urn: int) -> dict[str, str]:
    """The numbers of the last January census."""
    population = authority.population
    stays, children = population.stays, population.children
    counted = population.dates.census[_LAST_JANUARY]
    pupils = stays.child[(stays.urn == urn) & (stays.entered <= counted) & (counted <= stays.left)]
    girls, meals = int(children.girl[pupils].sum()), int(children.free_meals[pupils].sum())
    return {
        "capacity": str(round(len(pupils) * 1.1 / PRIMARY_YEARS) * PRIMARY_YEARS),
        "counted_on": day_of(counted).strftime(_DAY),
        "pupils": str(len(pupils)),
        "boys": str(len(pupils) - girls),
        "girls": str(girls),
        "free_school_meals_percent": f"{100 * meals / max(len(pupils), 1):.1f}",
        "free_school_meals": str(meals),
    }
