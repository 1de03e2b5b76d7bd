"""The same counts from DuckDB and from Spark, to the last cell."""

from __future__ import annotations

from datetime import date

import pytest
from pyspark.sql import SparkSession

from swis.panel.counts import Counts, count_everything
from swis.panel.duckdb_engine import DuckdbEngine
from swis.panel.engine import Engine
from swis.panel.spark_engine import SparkEngine
from tests.panel.drawn import AUTHORITY, at, stage
from tests.panel.test_counts import LAST, Rows, child, draw_world, stage_rolls

pytestmark = pytest.mark.slow


def draw_returns() -> dict[str, Rows]:
    """Forty pupils with something in every table, and everything that can be null somewhere null."""
    rows, events, spells = draw_world(11, pupils=40)
    names = sorted(spells)
    dated = [{"child": pupil, "day": day} for pupil, day in events]
    rolls = stage_rolls(rows)
    for number, row in enumerate(rolls["pupils_on_roll"]):
        row |= {
            "collection": "2019 autumn", "pupil_record": f"r{number}", "lives_in": ["909", "908", None][number % 3],
            "sessions_possible": 120, "sessions_authorised": number % 5, "enrolment_status": [None, "C", "M", "S"][number % 4],
        }  # fmt: skip
    return rolls | {
        "school_keys": [at("A"), at("B"), at("C")],
        "children": [child(name, name if number % 7 else None) for number, name in enumerate(names)],
        "looked_after_children": [child(name, name) for name in names],
        "referrals": [
            {"child": each["child"], "referred_on": each["day"], "referral_source": ["2A", "6", None][number % 3],
             "no_further_action": [True, False, None][number % 3]}
            for number, each in enumerate(dated)
        ],
        "section_47_enquiries": [{"child": each["child"], "started_on": each["day"]} for each in dated[::2]],
        "child_protection_plans": [
            {"child": each["child"], "started_on": each["day"], "returned_to": LAST} for each in dated[::3]
        ],
        "episodes": [
            {"child": pupil, "started_on": first, "ended_on": end, "legal_status": ["C2", "V4", None][number % 3],
             "reason_for_new_episode": ["S", "P", None][number % 3], "returned_to": LAST}
            for number, (pupil, own) in enumerate(sorted(spells.items()))
            for first, end in own
        ],
        "exclusions": [
            {"collection": "2019 autumn", "pupil_record": f"r{number}", "category": ["SUSP", "PERM"][number % 2],
             "started_on": date(2019, 9, 10 + number)}
            for number in range(10)
        ],
        "families": [{"child": name, "family": name[:2]} for name in names[::2]],
    }  # fmt: skip


def count_with(engine: Engine, returns: dict[str, Rows]) -> Counts:
    try:
        stage(engine, returns)
        return count_everything(engine, calendar=AUTHORITY, home=("909",), short_breaks=False, step=lambda _: None)
    finally:
        engine.close()


def test_spark_and_duckdb_make_the_same_panel(spark: SparkSession) -> None:
    returns = draw_returns()
    of_duckdb = count_with(DuckdbEngine(spill="never"), returns)
    of_spark = count_with(SparkEngine(spark), returns)
    assert of_duckdb.placed["outcome"].n_unique() >= 12
    for name in ("pupils", "placed", "not_placed", "children_and_families"):
        one, other = getattr(of_duckdb, name), getattr(of_spark, name)
        assert one.schema == other.schema, name
        assert one.sort(one.columns).equals(other.sort(one.columns)), name
    assert of_duckdb.stays == of_spark.stays
    assert of_duckdb.rows_again == of_spark.rows_again
