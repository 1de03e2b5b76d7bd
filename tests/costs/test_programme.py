from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from swis.costs.claim import ProgrammeSize
from swis.costs.programme import OnCost, Post, employer_on_costs, programme_cost, read_on_costs
from swis.errors import SettingError

WORKER = Post("Social worker", Decimal(2), Decimal(40_000))
OVERHEADS = OnCost("Overheads", Decimal("0.1"), "Made up", share_of="employment")


def test_national_insurance_is_paid_above_the_threshold_and_overheads_on_everything() -> None:
    insurance, pension = employer_on_costs("2025-26")
    cost = programme_cost(
        [WORKER],
        [OVERHEADS, insurance, pension],
        size=ProgrammeSize(4, 2, 3000),
        price_year="2025-26",
        other=[("Rent", Decimal(1000))],
    )
    # 40,000 + 15% of 35,000 + 21.1% of 40,000 = 53,690; overheads a tenth of it; two posts; rent once.
    assert cost.posts[0].each == Decimal("59059.00")
    assert cost.year == Decimal("119118.00")
    assert cost.findings == ()
    units = {name: (year, term) for name, year, term in cost.units()}
    assert units["school"] == (Decimal("29779.5"), Decimal("9926.5"))
    assert units["worker"][0] == 59_559
    assert round(units["pupil"][0] or 0, 2) == Decimal("39.71")
    assert cost.table()["pounds"].sum() == Decimal("60059.00")


def test_what_was_not_declared_is_told_and_not_assumed() -> None:
    cost = programme_cost([WORKER], [], size=ProgrammeSize(), price_year=2024)
    assert [finding.split(" declared")[0] for finding in cost.findings] == [
        "No National Insurance",
        "No pension",
        "No overhead",
    ]
    assert "Per pupil: not known" in str(cost)


def test_rates_of_a_year_that_is_not_shipped_are_refused() -> None:
    with pytest.raises(SettingError, match=r"no on-costs for 2015-16. It has: 2023-24"):
        employer_on_costs("2015-16")


def test_every_shipped_rate_names_its_source() -> None:
    for year in ("2023-24", "2024-25", "2025-26", "2026-27"):
        assert all(cost.source for cost in employer_on_costs(year))


def test_own_rates_are_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "on_costs.csv"
    path.write_text(
        "what,year,rate,above,share_of,source\nPension,2025-26,0.2,,salary,Our fund\nOverheads,2025-26,0.3,,employment,Ours\n"
    )
    pension, overheads = read_on_costs(path, year="2025-26")
    assert (pension.rate, overheads.share_of) == (Decimal("0.2"), "employment")


@pytest.mark.parametrize(
    "make",
    [
        lambda: Post("Worker", Decimal(0), Decimal(1)),
        lambda: OnCost("Pension", Decimal(-1), "Made up"),
        lambda: OnCost("Pension", Decimal(1), ""),
        lambda: programme_cost([], [], size=ProgrammeSize(), price_year=2024),
    ],
)
def test_posts_and_rates_that_cannot_be_are_refused(make: object) -> None:
    with pytest.raises(SettingError):
        make()  # type: ignore[operator]
