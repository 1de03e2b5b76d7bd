"""A panel of twelve schools of two phases, with what a test wants of it."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from swis.panel.panel import Panel
from tests.panel.drawn_panels import draw_panel

SECONDARY = [f"1000{place:02}" for place in range(8)]
PRIMARY = [f"2000{place:02}" for place in range(6)]
MEANS = {
    "referrals": 1.5,
    "section_47_enquiries": 0.4,
    "suspensions": 1.0,
    "permanent_exclusions": 0.1,
    "days_in_care": 20.0,
    "sessions_possible": 11_000.0,
    "sessions_missed": 600.0,
    "children_in_care": 0.3,
}


def draw_two_phases(seed: int = 1) -> Panel:
    """Eight secondary and six primary schools over three years; the first six secondaries each with a primary in a cluster."""
    panel = draw_panel("Lambeth", schools=[*SECONDARY, *PRIMARY], means=MEANS, seed=seed)
    primary = pl.col("school").is_in(PRIMARY)
    clusters = {
        **{one: f"cluster {i}" for i, one in enumerate(SECONDARY[:6])},
        **{one: f"cluster {i}" for i, one in enumerate(PRIMARY)},
    }
    schools = panel.schools.with_columns(
        phase=pl.when(primary).then(pl.lit("primary")).otherwise(pl.col("phase")),
        cluster=pl.col("school").replace_strict(clusters, default=None, return_dtype=pl.String),
    )
    return replace(panel, schools=schools)
