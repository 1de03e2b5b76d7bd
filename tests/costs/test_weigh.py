from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from bench.money_coverage import SCENES, SIZES, simulate
from swis.costs.averted import cost_per_averted
from swis.costs.held_coverage import held_coverage, simulated_coverages
from swis.costs.published_trial import PUBLISHED_TRIAL
from swis.costs.weigh import WeighSettings, price_of_primary, weigh_averted, weigh_trial
from swis.errors import SettingError
from tests.costs.trial_of_r import school_money
from tests.costs.weighed import CONSEQUENCES, COSTS, SETTINGS, UNIT_COST, weighed


def test_everything_that_was_given_is_weighed_and_the_rest_is_told() -> None:
    money = weighed()
    assert money.weighed is not None
    assert money.weighed.ratio.standing == "ratio"
    assert money.break_even is not None
    assert money.break_even.unit_cost == UNIT_COST
    assert money.budget is not None
    assert [year.schools for year in money.budget.years] == [20, 40, 40]
    assert money.findings == ("Without a unit cost, so in no sum: referrals",)
    said = str(money)
    for words in ("Cost per outcome averted", "On the plane", "Perfect information", "Budget impact", "full on-cost"):
        assert words in said


def test_a_trial_without_prices_or_payers_says_what_it_cannot_tell() -> None:
    settings = replace(SETTINGS, schools_affected=None, rollout=(10,), published=None)
    money = weigh_trial(school_money(), settings)
    assert money.break_even is None
    assert money.consequences is None
    assert money.tornado is None
    assert money.budget is not None
    assert not money.budget.saved_known
    assert len(money.findings) == 3
    assert "No unit cost" in money.findings[0]


def test_the_effect_of_no_programme_is_never_a_price() -> None:
    table = school_money()
    shuffled = replace(table, count=np.where(table.intervention, table.count * 1.6, table.count))
    money = weigh_trial(shuffled, SETTINGS)
    assert money.weighed is not None
    assert money.weighed.ratio.ratio is None
    assert money.weighed.ratio.standing == "dominated"


def test_the_same_settings_give_the_same_result() -> None:
    first, again = (str(weighed()) for _ in range(2))
    assert first == again


def test_a_unit_cost_of_another_year_is_refused() -> None:
    old = replace(CONSEQUENCES[0], unit_costs=(replace(UNIT_COST, price_year="2019"),))
    with pytest.raises(SettingError, match="Reprice"):
        weigh_trial(school_money(), SETTINGS, consequences=[old])
    with pytest.raises(SettingError, match="Reprice"):
        weigh_trial(school_money(), SETTINGS, costs=COSTS, consequences=[old])


def test_the_price_of_an_outcome_is_that_of_all_its_payers() -> None:
    police = replace(UNIT_COST, payer="police", pounds=Decimal(500), low=None, high=None, source="Made up too")
    together = price_of_primary([replace(CONSEQUENCES[0], unit_costs=(UNIT_COST, police))])
    assert together is not None
    assert together.pounds == 2_000
    assert together.source == "Made up; Made up too (all payers)"
    assert price_of_primary(CONSEQUENCES[1:]) is None


def test_a_study_with_a_total_and_a_ratio_is_an_illustration() -> None:
    one = cost_per_averted(84_387.91, events=16, ratio=(0.65, 0.45, 0.94), outcome="s47", supported=False)
    money = weigh_averted([one], outcome="s47", price_year="2019", published=PUBLISHED_TRIAL)
    assert "not by school" in money.findings[0]
    assert "No effect is supported" in str(money)


def test_the_published_probabilities_are_those_of_the_abstract() -> None:
    assert dict(zip(PUBLISHED_TRIAL.worths, PUBLISHED_TRIAL.probabilities, strict=True)) == {
        1_000: 0.013,
        10_000: 0.011,
        20_000: 0.061,
    }


@pytest.mark.parametrize("changes", [{"follow_up_years": 0.0}, {"price_year": "soon"}])
def test_settings_that_cannot_be_are_refused(changes: dict[str, object]) -> None:
    with pytest.raises(SettingError):
        replace(SETTINGS, **changes)  # type: ignore[arg-type]
    assert WeighSettings(price_year="2024", seed=1, follow_up_years=2).draws == 10_000


def test_coverage_was_simulated_for_every_method_at_every_size() -> None:
    lines = simulated_coverages()
    assert {line.schools for line in lines} == set(SIZES)
    assert {line.scene for line in lines} == {scene.name for scene in SCENES}
    assert len(lines) == 15 * len(SIZES) * len(SCENES)
    assert all(0.8 < line.held <= 1 for line in lines)


def test_what_does_not_hold_is_said() -> None:
    few = held_coverage("bootstrap, percentile", "net benefit", schools=16)
    assert few.held is False
    assert str(few).startswith("DOES NOT HOLD ITS LEVEL with 16 schools")
    between = held_coverage("regressions, HC3, t", "averted", schools=100)
    assert between.at == (40, 120)
    assert between.held
    assert held_coverage("regressions, HC3, t", "averted", schools=5_000).at == (268,)
    below = held_coverage("regressions, HC3, t", "averted", schools=8)
    assert below.held is None
    assert "nothing is claimed" in str(below)


@pytest.mark.parametrize("schools", [16, 40])
def test_a_short_simulation_agrees_with_the_stored_one(schools: int) -> None:
    trials = 200
    found = simulate(SCENES[0], SIZES[schools], trials=trials)
    for line in simulated_coverages():
        if line.schools == schools and line.scene == SCENES[0].name:
            # Both simulations err: five standard errors of the difference.
            error = np.sqrt(line.held * (1 - line.held) * (1 / trials + 1 / line.trials))
            assert abs(found[line.method, line.quantity] - line.held) < 5 * error
