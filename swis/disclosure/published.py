"""A table that may leave. Only `publish` makes one, so whatever draws, prints or sends counts can ask for this type."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import InitVar, dataclass

import polars as pl

from swis.disclosure.policy import HIDDEN
from swis.disclosure.release import Interval, Release, ReleaseLedger
from swis.errors import DisclosureError

SEAL = object()
"""What `publish` signs with."""

NOT_APPLICABLE = "[z]"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class PublishedCell:
    """One number or the symbol in its place. `labels` has a category of each dimension, or "Total"."""

    labels: tuple[str, ...]
    count: int | None
    """As shown: rounded where the policy rounds; None: hidden."""
    rate: float | None
    """The shown count by pupils, unrounded; None: hidden with its count, or no pupils."""

    @property
    def text(self) -> str:
        """The number or the symbol."""
        return HIDDEN if self.count is None else str(self.count)

    @property
    def rate_text(self) -> str:
        """The rate or a symbol: hidden with its count, or not applicable as there are no pupils."""
        if self.count is None:
            return HIDDEN
        return NOT_APPLICABLE if self.rate is None else repr(self.rate)


@dataclass(frozen=True, repr=False)
class Proof:
    """For every hidden number, by its labels, the least and greatest that a reader who knows the rule can work out.

    Readers could compute these themselves. None: no upper limit.
    """

    intervals: Mapping[tuple[str, ...], Interval]

    def __repr__(self) -> str:
        return f"Proof({len(self.intervals)} hidden numbers, narrowest interval {self.narrowest} wide)"

    @property
    def narrowest(self) -> int | None:
        """The width of the narrowest interval; None: nothing is hidden, or no interval has an upper limit.

        An interval may be narrow only where it holds no number that the rule calls small.
        """
        return min((high - low for low, high in self.intervals.values() if high is not None), default=None)


@dataclass(frozen=True, repr=False)
class PublishedTable:
    """Numbers and symbols, what was hidden in words, and the proof that nothing hidden can be worked out.

    It holds no number that was hidden. A table that could not be published has no cells, and `withheld` says why.
    """

    counted: str
    audience: str
    dimensions: tuple[str, ...]
    policy: str
    cells: tuple[PublishedCell, ...]
    notes: tuple[str, ...]
    proof: Proof
    withheld: str | None
    has_rates: bool
    release: Release | None
    """What the ledger is to remember; None for a table that was withheld."""
    seal: InitVar[object]

    def __post_init__(self, seal: object) -> None:
        if seal is not SEAL:
            raise DisclosureError("A published table is made by swis.disclosure.publish, from counts and a policy.")

    def __repr__(self) -> str:
        by = f"{self.counted}, by {' and '.join(self.dimensions)}"
        if self.withheld is not None:
            return f"PublishedTable({by}: withheld)"
        return f"PublishedTable({by}: {len(self.cells)} numbers, {self.hidden} hidden, policy {self.policy})"

    def __str__(self) -> str:
        return "\n".join((self.counted, *self.notes))

    @property
    def hidden(self) -> int:
        """How many numbers are hidden, totals among them."""
        return sum(cell.count is None for cell in self.cells)

    def cell(self, *labels: str) -> PublishedCell:
        """The number or symbol with these labels, one for each dimension; "Total" for a total."""
        for cell in self.cells:
            if cell.labels == labels:
                return cell
        raise DisclosureError(f"{self.counted}: nothing is published for {', '.join(labels)}.")

    def recorded_in(self, ledger: ReleaseLedger) -> ReleaseLedger:
        """The ledger with this table in it."""
        return ledger if self.release is None else ledger.after(self.release)

    def to_frame(self) -> pl.DataFrame:
        """One row a number: its labels, `count` (null where hidden), `rate` if there are pupils, and the `symbol`."""
        columns = {
            name: pl.Series([cell.labels[axis] for cell in self.cells], dtype=pl.String)
            for axis, name in enumerate(self.dimensions)
        }
        columns["count"] = pl.Series([cell.count for cell in self.cells], dtype=pl.Int64)
        if self.has_rates:
            columns["rate"] = pl.Series([cell.rate for cell in self.cells], dtype=pl.Float64)
        columns["symbol"] = pl.Series([HIDDEN if cell.count is None else "" for cell in self.cells], dtype=pl.String)
        return pl.DataFrame(columns)

    def to_csv(self) -> str:
        """The table as CSV, with symbols in the place of numbers as in the Department's open data.

        A label that a spreadsheet would take for a formula is given an apostrophe before it.
        """
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow([*map(_inert, self.dimensions), "count", *(["rate"] if self.has_rates else [])])
        for cell in self.cells:
            writer.writerow([*map(_inert, cell.labels), cell.text, *([cell.rate_text] if self.has_rates else [])])
        return out.getvalue()


def _inert(label: str) -> str:
    return f"'{label}" if label.startswith(_FORMULA) else label
