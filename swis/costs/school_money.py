"""The table that the differences in cost and effect are estimated from: one row for each school of a trial."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Literal, TypeAlias, get_args

import numpy as np
import polars as pl
from numpy.typing import NDArray

from swis.costs.cost_effect import Array
from swis.costs.prices import Deflators, check_index, check_year, check_years, in_prices_of
from swis.errors import NotEstimable
from swis.tables.read import read_table
from swis.tables.school_costs import SCHOOL_COSTS

Per: TypeAlias = Literal["school", "1,000 pupil-years"]
PERS: tuple[Per, ...] = get_args(Per)


@dataclass(frozen=True, eq=False)
class SchoolMoney:
    """Cost and count of one outcome for each school over the follow-up, with its authority and arm.

    `cost` in pounds of one price year; `count` the outcomes that are to be averted; `exposure` pupil-years. A school whose
    cost or count is not known must be left out before, and told. Raises NotEstimable where a column cannot be.
    """

    outcome: str
    schools: tuple[str, ...]
    authorities: tuple[str, ...]
    intervention: NDArray[np.bool_]
    cost: Array
    count: Array
    exposure: Array
    covariates: Mapping[str, Array] = field(default_factory=dict)
    """Known before the draw, by name: what both differences are adjusted for."""

    def __post_init__(self) -> None:
        rows = len(self.schools)
        object.__setattr__(self, "intervention", np.asarray(self.intervention, dtype=bool))
        for name in ("cost", "count", "exposure"):
            value = np.asarray(getattr(self, name), dtype=np.float64)
            object.__setattr__(self, name, value)
            if value.shape != (rows,):
                raise NotEstimable(f"{self.outcome}: {name} needs {rows} values, one for each school.")
            bad = ~np.isfinite(value) | (value < 0) | ((value == 0) & (name == "exposure"))
            if bad.any():
                raise NotEstimable(f"{self.outcome}: {name} is missing or cannot be ({self._where(bad)}).")
        for name, value in self.covariates.items():
            if np.shape(value) != (rows,) or not np.isfinite(value).all():
                raise NotEstimable(f"{self.outcome}: the covariate {name} needs a number for each of {rows} schools.")
        if len(self.authorities) != rows or self.intervention.shape != (rows,) or len(set(self.schools)) < rows:
            raise NotEstimable(f"{self.outcome}: every school needs one row with its authority and arm.")

    def _where(self, bad: NDArray[np.bool_]) -> str:
        names = [self.schools[row] for row in np.flatnonzero(bad)]
        return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")

    def __repr__(self) -> str:
        arm = self.intervention
        return (
            f"SchoolMoney({self.outcome}: {int(arm.sum())} schools with a social worker, {int((~arm).sum())} without)"
        )

    @property
    def authority(self) -> NDArray[np.intp]:
        """For each school the position of its authority."""
        return np.unique(np.array(self.authorities), return_inverse=True)[1]

    @property
    def numbers(self) -> tuple[int, int]:
        """Schools with the programme, and without."""
        return int(self.intervention.sum()), int((~self.intervention).sum())

    def outcomes(self, per: Per) -> tuple[Array, Array]:
        """What is compared, and how much each school weighs.

        Columns: pounds and outcomes averted (so with a minus), for a school or for 1,000 pupil-years. Per school every school
        weighs the same; per pupil-year it weighs its pupil-years, so that the difference is that of the average pupil.
        """
        if per not in PERS:
            raise NotEstimable(f"Costs can be compared per {' or per '.join(PERS)}, not per {per}.")
        values = np.column_stack([self.cost, -self.count])
        if per == "school":
            return values, np.ones(len(self.schools))
        return values * 1000 / self.exposure[:, None], self.exposure / self.exposure.mean()

    def comparable(self) -> SchoolMoney:
        """The schools of authorities that have both arms; the others say nothing about the difference."""
        treated = np.bincount(self.authority, weights=self.intervention)
        keep = ((treated > 0) & (treated < np.bincount(self.authority)))[self.authority]
        if keep.all():
            return self
        if not keep.any():
            raise NotEstimable(f"{self.outcome}: no authority has schools both with and without a social worker.")
        rows = np.flatnonzero(keep)
        return SchoolMoney(
            outcome=self.outcome,
            schools=tuple(self.schools[row] for row in rows),
            authorities=tuple(self.authorities[row] for row in rows),
            intervention=self.intervention[rows],
            cost=self.cost[rows],
            count=self.count[rows],
            exposure=self.exposure[rows],
            covariates={name: np.asarray(value)[rows] for name, value in self.covariates.items()},
        )


def read_school_costs(
    path: Path, *, price_year: str | int, deflators: Deflators | None = None
) -> Mapping[str, Mapping[str, Decimal]]:
    """What each school cost by payer, in the prices of one year, not rounded. Raises TableError for a year that cannot be."""
    return sum_school_costs(read_table(SCHOOL_COSTS, path), price_year=price_year, deflators=deflators, file=path.name)


def sum_school_costs(
    frame: pl.DataFrame,
    *,
    price_year: str | int,
    deflators: Deflators | None = None,
    file: str = SCHOOL_COSTS.file,
) -> Mapping[str, Mapping[str, Decimal]]:
    """As `read_school_costs`, from a table that has been read. Raises TableError for years that cannot be or have no index."""
    year = check_year(price_year)
    rows = list(zip(frame["row"], frame["price_year"], strict=True))
    check_years(file, rows, column="price_year")
    check_index(file, rows, price_year=year, deflators=deflators)
    costs: dict[str, dict[str, Decimal]] = {}
    for row in frame.iter_rows(named=True):
        amount = in_prices_of(row["pounds"], from_year=row["price_year"], to_year=year, deflators=deflators)
        payers = costs.setdefault(row["school"], {})
        payers[row["payer"]] = payers.get(row["payer"], Decimal(0)) + amount
    return costs
