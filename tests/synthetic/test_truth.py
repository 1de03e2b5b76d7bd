"""The truth is what a plain count of the returns comes to, cell by cell."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from swis.synthetic.authority import Authority
from swis.synthetic.outcomes import OUTCOMES
from swis.synthetic.settings import Settings
from swis.tables.read import read_table
from swis.tables.year_group_terms import YEAR_GROUP_TERMS
from tests.synthetic.recount import Recount


@pytest.fixture(scope="module")
def recount(folder: Path) -> Recount:
    return Recount(folder)


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_a_plain_count_of_the_returns_agrees_in_every_cell(recount: Recount, folder: Path, outcome: str) -> None:
    truth = pl.read_csv(folder / "truth" / "year_group_terms.csv", infer_schema=False).filter(
        pl.col("outcome") == outcome
    )
    told = {
        (row["outcome"], row["school"], row["year_group"], row["term"]): int(row["count"])
        for row in truth.iter_rows(named=True)
        if row["count"] != "0"
    }
    counted = {cell: count for cell, count in recount.counts.items() if cell[0] == outcome and cell[1] and count}
    assert told == counted
    assert told
    nowhere = pl.read_csv(folder / "truth" / "not_on_roll.csv").filter(pl.col("outcome") == outcome)
    left = {cell[3]: count for cell, count in recount.counts.items() if cell[0] == outcome and not cell[1]}
    assert dict(nowhere.select("term", "count").iter_rows()) == left


def test_schools_are_told_by_their_latest_number_with_zeros_too(authority: Authority, folder: Path) -> None:
    schools = authority.population.schools
    assert (schools.converted > 0).sum() == 3
    truth = pl.read_csv(folder / "truth" / "school_terms.csv", schema_overrides={"school": pl.String})
    assert set(truth["school"]) == set(schools.labels)
    assert truth.height == len(OUTCOMES) * schools.count * len(authority.settings.terms)
    assert truth.filter(pl.col("count") == 0).height > 0
    register = pl.read_csv(folder / "returns" / "edubasealldata.csv", infer_schema=False)
    assert register.height == schools.count + 3


def test_the_truth_about_year_groups_is_a_table_that_matching_reads(folder: Path) -> None:
    assert read_table(YEAR_GROUP_TERMS, folder / "truth" / "year_group_terms.csv").height > 0


def test_arms_clusters_and_what_was_planted_are_told(authority: Authority, folder: Path) -> None:
    arms = pl.read_csv(folder / "truth" / "arms.csv", schema_overrides={"school": pl.String})
    assert set(arms["arm"]) == {"intervention", "comparison"}
    assert (arms["arm"] == "intervention").sum() == 6
    assert set(arms["school"]) == set(authority.population.schools.labels)
    clusters = pl.read_csv(folder / "returns" / "clusters.csv", schema_overrides={"school": pl.String})
    assert clusters.filter(pl.col("role") == "lead")["cluster"].n_unique() == clusters["cluster"].n_unique() == 2
    planted = json.loads((folder / "truth" / "planted.json").read_text())
    assert planted["seed"] == 11
    assert planted["first_term_after"] == "autumn 2023"
    assert planted["rate_ratios"]["child_protection_plans"] == 0.5
    assert planted["rate_ratios"]["referrals"] == 1
    assert (
        Settings(**(planted["settings"] | {"rates": authority.settings.rates, "season": (1.05, 1.0, 0.95)}))
        == authority.settings
    )


def test_every_child_of_a_return_has_a_family(recount: Recount, folder: Path) -> None:
    families = pl.read_csv(folder / "returns" / "families.csv")
    assert families["child"].is_unique().all()
    assert families["family"].n_unique() < families.height
