"""The score wild bootstrap of a trial: would the schools' surprises have added up as far with other signs?

Each school's efficient score is given a random sign; the studentised sum is compared with the real one (Kline and Santos 2012, J.
Econometric Methods 1, 23-41). Signs come eight schools at a time: every byte of random bits looks its sum up in a table of 256.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from swis.errors import NotEstimable
from swis.estimate.comparison import Array
from swis.estimate.trial.held_level import HeldLevel
from swis.estimate.trial.model import Estimand, with_events
from swis.estimate.trial.null_score import efficient_scores
from swis.estimate.trial.result import known_level
from swis.estimate.trial.trial_table import TrialTable

SIGN_BOOTSTRAP = "score wild bootstrap"
DRAWS = 99_999
AT_ONCE = 25_000
TIE = 1e-9


@dataclass(frozen=True)
class SignBootstrap:
    """The score wild bootstrap of one outcome."""

    p: float
    statistic: float
    draws: int
    schools: int
    seed: int

    @property
    def held(self) -> HeldLevel:
        return known_level(SIGN_BOOTSTRAP, self.schools)

    def __repr__(self) -> str:
        return f"SignBootstrap(p {self.p:.3g}; {self.draws:,} patterns of signs of {self.schools} schools)"


def sign_bootstrap(
    table: TrialTable, *, estimand: Estimand = "participant", draws: int = DRAWS, seed: int
) -> SignBootstrap:
    """The two-sided p-value for no effect, by random signs of the schools' efficient scores."""
    kept = with_events(table)
    scores = efficient_scores(kept, estimand=estimand)
    scores = scores[np.abs(scores) > 1e-12 * kept.count.sum()]
    if len(scores) < 2:
        raise NotEstimable(f"{table.outcome}: fewer than two schools have a surprise to give a sign to.")
    squares = float((scores**2).sum())
    observed = float(_studentised(np.array([scores.sum()]), squares, len(scores))[0])
    rng = np.random.default_rng(seed)
    sums = _byte_sums(scores)
    extreme = 0
    for start in range(0, draws, AT_ONCE):
        signs = rng.integers(0, 256, (len(sums), min(AT_ONCE, draws - start)), dtype=np.uint8)
        total = np.zeros(signs.shape[1])
        for table_of_byte, byte in zip(sums, signs, strict=True):
            total += table_of_byte[byte]
        extreme += int((_studentised(total, squares, len(scores)) >= observed - TIE).sum())
    return SignBootstrap((1 + extreme) / (1 + draws), observed, draws, len(scores), seed)


def _byte_sums(scores: Array) -> Array:
    """For each eight scores the sum under every pattern of their signs, shape (bytes, 256)."""
    padded = np.zeros((-(-len(scores) // 8), 8))
    padded.reshape(-1)[: len(scores)] = scores
    signs = 1.0 - 2.0 * ((np.arange(256)[:, None] >> np.arange(8)) & 1)
    return padded @ signs.T


def _studentised(total: Array, squares: float, schools: int) -> Array:
    """The absolute sum over its standard error; infinite where the sum has no spread. Signs do not change the squares."""
    spread = squares - total**2 / schools
    return np.divide(np.abs(total), np.sqrt(np.maximum(spread, 0.0)), out=np.full_like(total, np.inf), where=spread > 0)
