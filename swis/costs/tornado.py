"""How much hangs on each input: the net cost with one input at a time at its low and at its high, the others as they are."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from swis.costs.consequences import CostConsequences
from swis.costs.cost_effect import whole_pounds
from swis.errors import SettingError


@dataclass(frozen=True)
class Bar:
    """One input: its low and high, and the net cost per school and year at each."""

    what: str
    low: float
    high: float
    net_at_low: float
    net_at_high: float
    source: str

    @property
    def swing(self) -> float:
        """How far the net cost moves."""
        return abs(self.net_at_high - self.net_at_low)


@dataclass(frozen=True)
class Tornado:
    """The inputs by how far they move the net cost, the widest first. `fixed` names unit costs that have no low and high."""

    net: float
    bars: tuple[Bar, ...]
    fixed: tuple[str, ...]
    price_year: str

    def __repr__(self) -> str:
        return f"Tornado({whole_pounds(self.net)} net per school and year; {len(self.bars)} inputs)"

    def __str__(self) -> str:
        lines = [f"Net cost {whole_pounds(self.net)} per school and year, {self.price_year} prices"]
        for bar in self.bars:
            ends = f"{whole_pounds(bar.net_at_low)} to {whole_pounds(bar.net_at_high)}"
            lines.append(f"  {bar.what} from {bar.low:,.4g} to {bar.high:,.4g}: {ends}")
        if self.fixed:
            lines.append(f"  no low and high given, so not varied: {', '.join(self.fixed)}")
        return "\n".join(lines)

    def table(self) -> pl.DataFrame:
        """One row an input: what, low, high, net_at_low, net_at_high, source."""
        names = ("what", "low", "high", "net_at_low", "net_at_high", "source")
        schema = {name: pl.String if name in ("what", "source") else pl.Float64 for name in names}
        return pl.DataFrame([{name: getattr(bar, name) for name in names} for bar in self.bars], schema=schema)


def vary_inputs(weighed: CostConsequences, *, cost_range: tuple[float, float] | None = None) -> Tornado:
    """The net cost when each unit cost, each effect, and the cost of the programme (if a range is given) moves alone.

    Effects move over their interval. Inputs are not equally likely to lie at their ends: read the order, not the lengths.
    Raises SettingError for a range that does not hold the cost.
    """
    net = weighed.cost - weighed.saved
    bars, fixed = [], []
    for each in weighed.consequences:
        for cost in each.unit_costs:
            if cost.least == cost.most:
                fixed.append(cost.what)
                continue
            low, high = float(cost.least), float(cost.most)
            moved = [net - each.averted * (end - float(cost.pounds)) for end in (low, high)]
            bars.append(Bar(f"Unit cost of {cost.what}, £", low, high, moved[0], moved[1], cost.source))
        if each.unit_costs and each.low < each.high:
            moved = [net - (end - each.averted) * each.price for end in (each.low, each.high)]
            bars.append(Bar(f"Averted: {each.outcome}", each.low, each.high, moved[0], moved[1], "95% interval"))
    if cost_range is not None:
        low, high = cost_range
        if not low <= weighed.cost <= high:
            raise SettingError(f"The range of the cost does not hold the cost itself, {whole_pounds(weighed.cost)}.")
        bars.append(
            Bar("Cost of the programme, £", low, high, net + low - weighed.cost, net + high - weighed.cost, "as given")
        )
    return Tornado(net, tuple(sorted(bars, key=lambda bar: -bar.swing)), tuple(fixed), weighed.price_year)
