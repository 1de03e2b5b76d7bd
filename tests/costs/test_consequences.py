from __future__ import annotations

from decimal import Decimal
from math import inf

import pytest

from swis.costs.averted import cost_per_averted
from swis.costs.budget import budget_impact
from swis.costs.consequences import Consequence, weigh_consequences
from swis.costs.tornado import vary_inputs
from swis.costs.unit_costs import Payer, UnitCost
from swis.errors import SettingError
from tests.oracles.load import load

POUND = Decimal(1)


def price(
    what: str, pounds: int, payer: Payer = "authority", low: int | None = None, high: int | None = None
) -> UnitCost:
    ends = (None if low is None else Decimal(low), None if high is None else Decimal(high))
    return UnitCost(what, Decimal(pounds), "2024", payer, "Made up", *ends)


ENQUIRIES = Consequence(
    "s47", 2.0, -1.0, 5.0, (price("s47", 1000, low=500, high=3000), price("s47", 200, "police")), primary=True
)
REFERRALS = Consequence("referrals", -4.0, -9.0, 1.0, note="More referrals may be better detection.")


def test_who_pays_and_who_saves_is_kept_apart() -> None:
    table = weigh_consequences({"authority": 20_000, "schools grant": 5_000}, [ENQUIRIES, REFERRALS], price_year="2024")
    shares = {share.payer: share for share in table.payers()}
    assert (shares["authority"].pays, shares["authority"].saves, shares["authority"].net) == (20_000, 2_000, 18_000)
    assert (shares["police"].pays, shares["police"].saves) == (0, 400)
    assert shares["schools grant"].net == 5_000
    assert (table.cost, table.saved, table.unpriced) == (25_000, 2_400, ("referrals",))
    assert table.table()["saved"].to_list() == [2_400, None]


def test_prices_of_another_year_are_not_mixed_in() -> None:
    old = UnitCost("s47", POUND, "2019", "authority", "Made up")
    with pytest.raises(SettingError, match="Reprice"):
        weigh_consequences({"authority": 1.0}, [Consequence("s47", 1, 0, 2, (old,))], price_year="2024")


def test_the_tornado_moves_one_input_at_a_time_and_puts_the_widest_first() -> None:
    table = weigh_consequences({"authority": 20_000}, [ENQUIRIES, REFERRALS], price_year="2024")
    tornado = vary_inputs(table, cost_range=(15_000, 30_000))
    assert tornado.net == 17_600
    assert [bar.what for bar in tornado.bars] == ["Cost of the programme, £", "Averted: s47", "Unit cost of s47, £"]
    unit = tornado.bars[2]
    assert (unit.net_at_low, unit.net_at_high) == (18_600, 13_600)
    effect = tornado.bars[1]
    assert (effect.net_at_low, effect.net_at_high) == (21_200, 14_000)
    assert tornado.fixed == ("s47",)
    with pytest.raises(SettingError, match="does not hold the cost"):
        vary_inputs(table, cost_range=(1, 2))


def test_a_budget_counts_every_school_of_every_year() -> None:
    budget = budget_impact(30_000, schools=(10, 20), price_year="2024", saved_per_school=(1_000, -500, 2_000))
    assert (budget.cost, budget.net) == (900_000, 870_000)
    assert budget.present_net == pytest.approx(290_000 + 580_000 / 1.035)
    assert "saves £20,000 (−£10,000 to £40,000)" in str(budget)
    assert "No savings are counted" in str(budget_impact(30_000, schools=(1,), price_year="2024"))
    for schools, cost in (((), 1), ((-1,), 1), ((1,), -1)):
        with pytest.raises(SettingError):
            budget_impact(cost, schools=schools, price_year="2024")


def test_the_illustration_from_southampton_comes_out() -> None:
    # The whole cost over the 16 enquiries of one school, at the published ratio and interval to four digits.
    told = cost_per_averted(84_387.91, events=16, ratio=(0.6501, 0.4501, 0.9389), outcome="s47", supported=False)
    assert round(told.estimate.averted, 1) == 8.6
    assert round(told.estimate.each) == 9_799
    assert round(told.best.each) == 4_317
    assert round(told.worst.each) == 81_047
    assert "show how little the ratio says" in str(told)


def test_a_ratio_of_one_or_more_is_dominated_and_has_no_price() -> None:
    told = cost_per_averted(84_387.91, events=16, ratio=(0.65, 0.3, 1.37), outcome="s47", supported=False)
    assert told.worst.dominated
    assert told.worst.each == inf
    assert "dominated, no price" in str(told)
    with pytest.raises(SettingError):
        cost_per_averted(1, events=1, ratio=(0.5, 0.6, 0.7), outcome="s47", supported=False)


def test_the_exact_interval_of_southampton_runs_from_two_thousand_pounds_to_dominated() -> None:
    exact = load("exact")["Southampton/s47"]["plug_in"]
    ratio = (exact["cmle"], *exact["interval"])
    told = cost_per_averted(84_387.91, events=16, ratio=ratio, outcome="s47", supported=False)
    assert round(told.best.each) == 2_291
    assert told.worst.dominated
