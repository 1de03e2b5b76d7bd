"""How many outcomes must a programme avert to pay for itself? Cost over worth: it needs no effect, so it can always be told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from swis.costs.cost_effect import whole_pounds
from swis.errors import SettingError


@dataclass(frozen=True)
class NeededAverted:
    """What would have to be averted for a cost, by what one averted is worth. `per` says what the cost is of.

    `effect` is what was averted with its interval, where that is known for the same `per`.
    """

    cost: float
    worths: tuple[float, ...]
    outcome: str
    per: str
    price_year: str
    effect: tuple[float, float, float] | None = None

    @property
    def needed(self) -> tuple[float, ...]:
        """For each worth, how many; 0 where the programme cost nothing or less."""
        return tuple(max(self.cost, 0.0) / worth for worth in self.worths)

    @property
    def reached(self) -> tuple[bool | None, ...]:
        """For each worth, whether the interval of what was averted reaches it; None where that is not known."""
        return tuple(None if self.effect is None else self.effect[2] >= needed for needed in self.needed)

    def __repr__(self) -> str:
        told = ", ".join(f"{needed:.3g} at {whole_pounds(worth)}" for worth, needed in self._pairs())
        return f"NeededAverted({self.outcome} per {self.per}: {told})"

    def __str__(self) -> str:
        lines = [f"To pay for itself, {whole_pounds(self.cost)} per {self.per} ({self.price_year} prices) must avert"]
        lines += [
            f"  {needed:.3g} if one of {self.outcome} is worth {whole_pounds(worth)}" for worth, needed in self._pairs()
        ]
        if self.effect is not None:
            lines.append(f"It averted {self.effect[0]:.3g} (95% CI {self.effect[1]:.3g} to {self.effect[2]:.3g})")
        return "\n".join(lines)

    def _pairs(self) -> list[tuple[float, float]]:
        return list(zip(self.worths, self.needed, strict=True))

    def table(self) -> pl.DataFrame:
        """One row a worth: worth, needed, reached."""
        return pl.DataFrame(
            {"worth": self.worths, "needed": self.needed, "reached": self.reached},
            schema_overrides={"reached": pl.Boolean},
        )


def needed_averted(
    cost: float,
    worths: Sequence[float],
    *,
    outcome: str,
    per: tuple[str, str],
    effect: tuple[float, float, float] | None = None,
) -> NeededAverted:
    """What would have to be averted; `per` is what the cost is of, and the year of its prices. A worth of 0 is passed over.

    Raises SettingError without a worth above 0.
    """
    above = tuple(worth for worth in worths if worth > 0)
    if not above:
        raise SettingError("How many must be averted can be told only for a worth above 0.")
    return NeededAverted(cost, above, outcome, per[0], per[1], effect)
