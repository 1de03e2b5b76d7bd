"""What the replicates of the chain come to: coverage, false claims and bias, each with its Monte Carlo standard error."""

from __future__ import annotations

from math import exp, expm1
from pathlib import Path
from typing import Any

import polars as pl

STORED = Path(__file__).parent / "results" / "chain.csv"
GROUP = ["via", "scene", "ratio", "way", "outcome"]
SHARES = {
    "quasi_covers": "covered_quasi_poisson",
    "permutation_covers": "covered_permutation",
    "verdict_covers": "covered_verdict",
    "quasi_claims": "claimed_quasi_poisson",
    "permutation_claims": "claimed_permutation",
    "supported": "supported",
    "moved_apart": "moved_apart_before",
}
"""Columns of the replicates whose mean is a share, and what that share is called."""


def sum_up(replicates: pl.DataFrame) -> pl.DataFrame:
    """A row for each analysis. Shares are of the replicates with an answer; `bias` is of the log ratio, separated ones left out.

    Monte Carlo standard errors: of a share sqrt(p (1 - p) / n), of the bias the standard deviation over sqrt(n).
    """
    truth = pl.when(pl.col("outcome") == "days_in_care").then(1.0).otherwise(pl.col("ratio")).log()
    frame = replicates.with_columns(error=pl.when(pl.col("log_ratio").is_finite()).then(pl.col("log_ratio") - truth))
    answered = pl.col("reason").is_null()
    shares = []
    for column, name in SHARES.items():
        share = pl.col(column).filter(answered).mean()
        shares += [share.alias(name), (share * (1 - share) / answered.sum()).sqrt().alias(f"{name}_error")]
    return (
        frame.group_by(GROUP, maintain_order=True)
        .agg(
            pl.len().alias("replicates"),
            answered.sum().alias("answered"),
            (answered & ~pl.col("log_ratio").is_finite()).sum().alias("separated"),
            *shares,
            pl.col("error").mean().alias("bias"),
            (pl.col("error").std() / pl.col("error").count().cast(pl.Float64).sqrt()).alias("bias_error"),
            pl.col("error").std().alias("spread"),
            pl.col("dispersion").mean().alias("dispersion"),
            pl.col("comparison_schools").mean().alias("comparison_schools"),
            pl.col("seed").min().alias("first_seed"),
            pl.col("seed").max().alias("last_seed"),
        )
        .sort("via", "scene", "outcome", "ratio", "way", descending=[True, False, True, True, False])
    )


def write_sums(replicates: Path, stored: Path) -> int:
    """Sum up a file of replicates into another, rounded to five places; the number of rows."""
    frame = pl.read_csv(replicates, schema_overrides={"ratio": pl.Float64, "reason": pl.String})
    sums = sum_up(frame.with_columns(pl.col(list(SHARES)).cast(pl.Boolean)))
    rounded = sums.with_columns(pl.col(pl.Float64).round(5))
    rounded.write_csv(stored)
    return rounded.height


WAYS = {
    "none": "all others",
    "level": "matched by level",
    "entropy": "those with a weight",
    "trends": "matched by trends",
}
HEADING = (
    "| Schools with a social worker | Compared with | Planted | Verdict | Quasi-Poisson | Lots drawn again | Claims | Bias |",
    "|---|---|---|---|---|---|---|---|",
)


def tabulate(sums: pl.DataFrame, *, via: str, outcome: str) -> list[str]:
    """A table of docs/explanation/the-whole-chain.md, as its lines."""
    own = sums.filter((pl.col("via") == via) & (pl.col("outcome") == outcome))
    order = {way: place for place, way in enumerate(WAYS)}
    own = own.sort(pl.col("scene") != "drawn by lot", "scene", pl.col("way").replace_strict(order), "ratio")
    return [*HEADING, *(_line(row) for row in own.iter_rows(named=True))]


def _line(row: dict[str, Any]) -> str:
    def share(name: str) -> str:
        return f"{100 * row[name]:.1f} ({100 * row[f'{name}_error']:.1f})"

    planted = 1.0 if row["outcome"] == "days_in_care" else row["ratio"]
    off = 100 * expm1(row["bias"])
    error = 100 * row["bias_error"] * exp(row["bias"])
    bias = f"{off:+.1f} ({error:.1f})".replace("-", "−")
    cells = (
        row["scene"],
        WAYS[row["way"]],
        f"{planted:g}",
        *map(share, ("covered_verdict", "covered_quasi_poisson", "covered_permutation", "supported")),
        bias,
    )
    return f"| {' | '.join(cells)} |"
