"""Writing matches.csv, which a study reads, and pair_scores.csv, which holds every pair."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path

import numpy as np
import polars as pl

from swis.errors import OutputError
from swis.study.match import OutcomeMatch
from swis.tables.matches import MATCHES, PAIR_SCORES_FILE
from swis.tables.read import read_table

_LEAST_WEIGHT = 5e-7  # below what six decimals can show


def write_matches(folder: Path, results: Sequence[OutcomeMatch]) -> Path:
    """Write matches.csv into the folder; the same results and version give the same bytes.

    A matches.csv that holds outcomes which are not among the results is not written over. Raises OutputError.
    """
    path = folder / MATCHES.file
    check_no_other_outcome(path, [each.panel.outcome for each in results])
    types = {name: pl.String() for name in MATCHES.column_names}
    rows = [row for each in results for row in _rows(each)]
    return _write(path, pl.DataFrame(rows, schema=types, orient="row"))


def check_no_other_outcome(path: Path, outcomes: Sequence[str]) -> None:
    """Raises OutputError if the file holds matches of an outcome that is not among these."""
    if not path.exists():
        return
    others = [name for name in read_table(MATCHES, path)["outcome"].unique(maintain_order=True) if name not in outcomes]
    if others:
        raise OutputError(
            f"{path} holds matches of {', '.join(others)}, which would be lost. Match "
            f"{'that outcome' if len(others) == 1 else 'those outcomes'} in the same run, or move the file away."
        )


def _rows(result: OutcomeMatch) -> Iterator[list[str]]:
    tail = [result.method, result.panel.sha256, version("swis")]
    outcome = result.panel.outcome
    if result.matching is not None:
        for match in result.matching.matches:
            accepted = match.accepted and result.used
            why = match.why_not or ("" if accepted else result.why_not)
            yield [outcome, match.unit, match.school, str(match.rank), _decimal(match.score),
                   "1" if match.accepted else "", "yes" if accepted else "no", why, *tail]  # fmt: skip
    elif result.weights is not None:
        for place, weight in enumerate(result.weights.weights):
            if weight >= _LEAST_WEIGHT:
                school = int(result.panel.candidates[place])
                unit = f"all schools with a social worker ({result.panel.phase[school]})"
                yield [outcome, unit, result.panel.schools[school], "", "", _decimal(float(weight)), "yes", "", *tail]
    for left in result.unmatched:
        yield [outcome, left.what, "", "", "", "", "no", left.why, *tail]


def _decimal(value: float) -> str:
    return f"{value:.6f}"


def write_pair_scores(folder: Path, results: Sequence[OutcomeMatch]) -> Path:
    """Write every pair with its score, unrounded, or why it has none."""
    return _write(folder / PAIR_SCORES_FILE, pl.concat([_pairs(each) for each in results]))


def _pairs(result: OutcomeMatch) -> pl.DataFrame:
    panel = result.panel
    pairs = (result.matching or result.trend_matching).pairs
    schools, phases = np.array(panel.schools), np.array(panel.phase)
    number, others = pairs.scores.shape
    ours, theirs = np.repeat(pairs.treated, others), np.tile(pairs.candidates, number)
    common = np.where(phases[ours] == phases[theirs], pairs.in_common.ravel(), 0)
    return pl.DataFrame(
        {
            "outcome": [panel.outcome] * ours.size,
            "intervention_school": schools[ours],
            "comparison_school": schools[theirs],
            "score": pl.Series(pairs.scores.ravel()).fill_nan(None),
            "same_phase": phases[ours] == phases[theirs],
            "parts_in_common": common.astype(np.int64),
        }
    ).with_columns(
        why_no_score=pl.when(pl.col("score").is_not_null())
        .then(pl.lit(""))
        .when(~pl.col("same_phase"))
        .then(pl.lit("another phase"))
        .when(pl.col("parts_in_common") == 0)
        .then(pl.lit("nothing to compare in common"))
        .otherwise(pl.lit("too few year groups in common"))
    ).drop("same_phase")  # fmt: skip


def _write(path: Path, frame: pl.DataFrame) -> Path:
    beside = path.with_name(f".{path.name}.part")
    try:
        frame.write_csv(beside)
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise OutputError(f"{path} cannot be written: {error.strerror}. Name another folder with --out.") from None
    return path
