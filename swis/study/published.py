"""The estimates that a source printed, as values that know their digits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

from swis.errors import TableError
from swis.study.protocol import Protocol
from swis.tables.nearest import did_you_mean
from swis.tables.printed import Printed
from swis.tables.problem import Problem, tell_problems
from swis.tables.published_estimates import CONSTANT, INTERVENTION_BY_TIME, PUBLISHED_ESTIMATES, TOTAL_CHANGE


@dataclass(frozen=True)
class PublishedEstimate:
    """One printed coefficient. `irr` is None for the reference term; the interval is None where none is printed."""

    row: int
    outcome: str
    coefficient: str
    irr: Printed | None
    ci_low: Printed | None
    ci_high: Printed | None
    remark: str
    where: Literal["table", "text"]
    source: str

    @property
    def is_reference(self) -> bool:
        """Whether it stands for the reference term, which has no estimate."""
        return self.irr is None

    @property
    def excludes_one(self) -> bool | None:
        """Whether the printed interval excludes 1; None without an interval, or if its rounding does not tell."""
        if self.ci_low is None or self.ci_high is None or self.ci_low.fits(1) or self.ci_high.fits(1):
            return None
        return self.ci_low.value > 1 or self.ci_high.value < 1


def read_published(frame: pl.DataFrame, protocol: Protocol) -> tuple[PublishedEstimate, ...]:
    """The printed estimates in their order. Raises TableError with every row that cannot be understood."""
    rows = frame.to_dicts()
    problems = [problem for row in rows for problem in _check_row(row, protocol)]
    if problems:
        raise TableError(tell_problems(problems))
    return tuple(_read_row(row) for row in rows)


def find_published(published: Sequence[PublishedEstimate], outcome: str, coefficient: str) -> PublishedEstimate | None:
    """The printed estimate of that coefficient, or None."""
    return next((one for one in published if (one.outcome, one.coefficient) == (outcome, coefficient)), None)


def _read_row(row: dict[str, object]) -> PublishedEstimate:
    def printed(name: str) -> Printed | None:
        return None if row[name] is None else Printed(str(row[name]))

    return PublishedEstimate(
        row=int(str(row["row"])),
        outcome=str(row["outcome"]),
        coefficient=str(row["coefficient"]),
        irr=printed("irr"),
        ci_low=printed("ci_low"),
        ci_high=printed("ci_high"),
        remark=str(row["remark"] or ""),
        where="table" if row["where"] == "table" else "text",
        source=str(row["source"] or ""),
    )


def _check_row(row: dict[str, object], protocol: Protocol) -> list[Problem]:
    codes = [outcome.code for outcome in protocol.outcomes]
    coefficients = [*protocol.terms.order, INTERVENTION_BY_TIME, CONSTANT, TOTAL_CHANGE]
    checks = [
        (
            row["outcome"] not in codes,
            "outcome",
            f"{row['outcome']} is not in study.toml",
            f"Correct it.{did_you_mean(str(row['outcome']), codes)}",
        ),
        (
            row["coefficient"] not in coefficients,
            "coefficient",
            f"{row['coefficient']} is neither a term nor another known coefficient",
            f"Correct it.{did_you_mean(str(row['coefficient']), coefficients)}",
        ),
        (
            (row["ci_low"] is None) != (row["ci_high"] is None),
            "ci_low",
            "only one end of an interval is there",
            "Write both ends, or neither.",
        ),
        (
            row["irr"] is None and (not row["remark"] or row["ci_low"] is not None),
            "irr",
            "there is no estimate",
            "Write it; for the reference term leave the interval empty and write Reference as remark.",
        ),
    ]
    number = int(str(row["row"]))
    return [
        Problem(PUBLISHED_ESTIMATES.file, what, what_to_do, (number,), column)
        for wrong, column, what, what_to_do in checks
        if wrong
    ]
