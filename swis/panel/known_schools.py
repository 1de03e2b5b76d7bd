"""What is known of each school of a panel: from the register, and from the rolls where the register is silent."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from swis.panel.school_identity import SchoolIdentities

_YEARS_TO_RECEPTION = 5
_LAST_PRIMARY_YEAR = 6
_PHASES = {
    "1": "primary",
    "2": "primary",
    "3": "primary",
    "4": "secondary",
    "5": "secondary",
    "6": "secondary",
    "7": "all-through",
}
_SPECIAL = r"(?i)special|referral|alternative provision"
_SCHEMA = {
    "school": pl.String,
    "former_urns": pl.String,
    "low": pl.Int64,
    "high": pl.Int64,
    "calendar": pl.String,
}
_NO_CLUSTERS = pl.DataFrame(schema={"school": pl.String, "cluster": pl.String, "role": pl.String})


def describe_schools(
    identities: SchoolIdentities,
    year_groups: Mapping[str, tuple[int, int]],
    register: pl.DataFrame,
    *,
    calendars: Mapping[str, str],
    clusters: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """A row for each school of the rolls: school, school_name, phase, former_urns, free_school_meals_percent,
    oldest_year_group, cluster, role, calendar. The phase is null where neither the register nor the rolls show it.

    `year_groups` has the lowest and highest year group on roll by the text of the school; `calendars` the label of the
    calendar by school; `clusters` the cluster and role by school.
    """
    rows = []
    for school in sorted(set(identities.of_texts.values())):
        spans = [
            year_groups[text] for text, named in identities.of_texts.items() if named == school and text in year_groups
        ]
        low, high = min((low for low, _ in spans), default=None), max((high for _, high in spans), default=None)
        rows.append((school, " ".join(identities.former_urns.get(school, ())), low, high, calendars[school]))
    schools = pl.DataFrame(rows, schema=_SCHEMA, orient="row")
    described = schools.join(_from_register(register), on="school", how="left")
    described = described.join(_NO_CLUSTERS if clusters is None else clusters, on="school", how="left")
    phase = pl.coalesce("phase", _phase_of_rolls())
    return described.select(
        "school", pl.col("school_name").fill_null(""), phase.alias("phase"), "former_urns", "free_school_meals_percent",
        "oldest_year_group", pl.col("cluster", "role").fill_null(""), "calendar",
    )  # fmt: skip


def _from_register(register: pl.DataFrame) -> pl.DataFrame:
    """What the register says. A special school or pupil referral unit is one whatever its phase."""
    kind = pl.concat_str(pl.col("type_name", "type_group").fill_null(""), separator=" ")
    by_code = pl.col("phase").replace_strict(_PHASES, default=None, return_dtype=pl.String)
    oldest = pl.col("oldest") - _YEARS_TO_RECEPTION
    return register.unique("urn", keep="last").select(
        "school_name",
        "free_school_meals_percent",
        school="urn",
        phase=pl.when(kind.str.contains(_SPECIAL)).then(pl.lit("special")).otherwise(by_code),
        oldest_year_group=pl.when(oldest >= 0).then(oldest),
    )


def _phase_of_rolls() -> pl.Expr:
    primary, secondary = pl.col("low") <= _LAST_PRIMARY_YEAR, pl.col("high") > _LAST_PRIMARY_YEAR
    return (
        pl.when(primary & secondary)
        .then(pl.lit("all-through"))
        .when(primary)
        .then(pl.lit("primary"))
        .when(secondary)
        .then(pl.lit("secondary"))
    )
