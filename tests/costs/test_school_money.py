from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from swis.costs.differences import regress_differences
from swis.costs.resample import bootstrap_differences
from swis.costs.school_money import SchoolMoney, read_school_costs
from swis.errors import NotEstimable, TableError


def small(authorities: str, arms: str, **columns: list[float]) -> SchoolMoney:
    rows = len(arms)
    numbers = {"cost": list(range(rows)), "count": [1.0] * rows, "exposure": [1000.0] * rows} | columns
    return SchoolMoney(
        outcome="s47",
        schools=tuple(f"S{row}" for row in range(rows)),
        authorities=tuple(authorities),
        intervention=np.array([arm == "1" for arm in arms]),
        **{name: np.array(value, dtype=float) for name, value in numbers.items()},
    )


def test_authorities_with_one_arm_are_left_out_and_told() -> None:
    table = small("AAAABBC", "1100111", count=[1, 2, 3, 4, 5, 6, 7])
    found = regress_differences(table)
    assert found.schools == (2, 2)
    assert any("3 schools are left out" in finding for finding in found.findings)
    assert any("fewer than 40" in finding for finding in found.findings)


def test_a_school_alone_in_its_cell_is_told_because_draws_cannot_vary_it() -> None:
    draws = bootstrap_differences(small("AAABBBB", "1001100"), seed=1, draws=2_000)
    assert draws.alone == 1
    assert "alone in their authority and arm" in str(draws)
    with pytest.raises(NotEstimable, match="nothing to redraw"):
        bootstrap_differences(small("AABB", "1010"), seed=1, draws=2_000)


def test_a_covariate_that_says_nothing_new_is_refused() -> None:
    table = small("AAAAAABB", "11001110")
    with pytest.raises(NotEstimable, match="the covariates say"):
        regress_differences(SchoolMoney(**(vars(table) | {"covariates": {"flat": np.ones(8)}})))
    with pytest.raises(NotEstimable, match="covariate short needs"):
        SchoolMoney(**(vars(table) | {"covariates": {"short": np.ones(7)}}))


def test_two_schools_have_no_degrees_of_freedom() -> None:
    with pytest.raises(NotEstimable, match="no degrees of freedom"):
        regress_differences(small("AA", "10"))
    with pytest.raises(NotEstimable, match="no authority has schools both"):
        regress_differences(small("AAB", "110"))


@pytest.mark.parametrize(
    "wrong", [{"cost": [1.0, -1.0, 0.0, 0.0]}, {"count": [1.0, np.nan, 0.0, 0.0]}, {"exposure": [1.0, 0.0, 1.0, 1.0]}]
)
def test_a_number_that_cannot_be_is_refused_with_its_school(wrong: dict[str, list[float]]) -> None:
    with pytest.raises(NotEstimable, match="S1"):
        small("AAAA", "1100", **wrong)


def test_a_school_twice_is_refused() -> None:
    table = small("AAAA", "1100")
    with pytest.raises(NotEstimable, match="one row"):
        SchoolMoney(**(vars(table) | {"schools": ("S0", "S0", "S1", "S2")}))


def test_costs_of_schools_are_summed_by_payer_in_one_price_year(tmp_path: Path) -> None:
    path = tmp_path / "school_costs.csv"
    path.write_text(
        "school,what,pounds,price_year,payer\nAsh,worker,100,2019,authority\nAsh,room,10,2024,school\nAsh,car,5,2019,authority\n"
    )
    costs = read_school_costs(path, price_year=2024)
    assert costs["Ash"]["school"] == 10
    assert round(costs["Ash"]["authority"], 2) == Decimal("129.46")
    path.write_text("school,what,pounds,price_year,payer\nAsh,worker,100,2019-21,authority\n")
    with pytest.raises(TableError, match=r"school_costs.csv, column price_year, row 2: .*Write 2019-20"):
        read_school_costs(path, price_year=2024)
