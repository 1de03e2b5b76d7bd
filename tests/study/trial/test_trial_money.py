"""Costs by school of a trial: what is refused, what is found, and what is weighed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from swis.costs.differences import regress_differences
from swis.costs.prices import in_prices_of
from swis.costs.school_money import SchoolMoney
from swis.errors import NotEstimable, ProtocolError, StudyError, TableError
from swis.study.trial.evaluate import evaluate_trial
from swis.study.trial.read import read_trial
from swis.study.trial.trial import Trial
from swis.study.trial.weigh_money import weigh_money
from tests.study.trial.drawn import DrawnTrial, replace_in

MONEY = "[money]\nprice_year = 2019\n"
HEADING = "school,what,pounds,price_year,payer"
UNIT_COSTS = "what,pounds,low,high,price_year,payer,source"
WriteMoney = Callable[..., Path]


def cost_rows(folder: Path, *, year: str = "2019") -> list[str]:
    """About 50,000 pounds of the authority and 1,000 of the school, for each school that was drawn for a worker."""
    lines = (folder / "trial_schools.csv").read_text(encoding="utf-8").splitlines()[1:]
    treated = [line.split(",")[0] for line in lines if ",intervention," in line]
    rows = [f"{name},worker,{50_000 + 700 * (place % 5)},{year},authority" for place, name in enumerate(treated)]
    return [*rows, *(f"{name},room,1000,{year},school" for name in treated)]


@pytest.fixture
def write_money(tmp_path: Path) -> WriteMoney:
    def write(
        drawn: DrawnTrial | None = None,
        *,
        money: str = MONEY,
        costs: list[str] | None = None,
        unit_costs: list[str] | None = None,
        **more: object,
    ) -> Path:
        folder = (drawn or DrawnTrial()).write(tmp_path / "trial", add=money, **more)  # type: ignore[arg-type]
        rows = cost_rows(folder) if costs is None else costs
        if rows:
            (folder / "school_costs.csv").write_text("\n".join([HEADING, *rows]) + "\n", encoding="utf-8")
        if unit_costs:
            (folder / "unit_costs.csv").write_text("\n".join([UNIT_COSTS, *unit_costs]) + "\n", encoding="utf-8")
        return folder

    return write


def codes(trial: Trial) -> list[str]:
    return [finding.code for finding in trial.findings]


def test_costs_are_weighed_with_the_counts_of_every_school_over_the_whole_follow_up(write_money: WriteMoney) -> None:
    trial = read_trial(write_money())
    money = weigh_money(trial)
    assert money.weighed is not None
    by_hand = SchoolMoney(
        outcome="Outcome s47",
        schools=tuple(each.school for each in trial.schools),
        authorities=tuple(each.authority for each in trial.schools),
        intervention=np.array([each.arm == "intervention" for each in trial.schools]),
        cost=np.array([sum(trial.costs.by_school.get(each.school, {}).values()) for each in trial.schools]),  # type: ignore[union-attr]
        count=np.array([counted(trial, each.school, trial.protocol.terms.follow_up) for each in trial.schools]),
        exposure=np.array([float(each.pupils) for each in trial.schools]),
        covariates={
            "count before the draw": np.array(
                [counted(trial, each.school, trial.protocol.terms.baseline) for each in trial.schools], dtype=float
            ),
            "pupils": np.array([float(each.pupils) for each in trial.schools]),
            "free school meals": np.array([float(each.free_school_meals_percent or 0) for each in trial.schools]),
        },
    )
    expected = regress_differences(by_hand)
    found = money.weighed.difference
    assert (found.cost, found.effect) == pytest.approx((expected.cost, expected.effect))
    assert (found.cost_se, found.effect_se) == pytest.approx((expected.cost_se, expected.effect_se))


def counted(trial: Trial, school: str, terms: tuple[str, ...]) -> float:
    return float(sum(cell.count for cell in trial.cells if cell.school == school and cell.term in terms))


def test_what_payers_pay_adds_up_to_the_difference_for_a_year(write_money: WriteMoney) -> None:
    money = weigh_money(read_trial(write_money()))
    assert money.weighed is not None
    assert money.consequences is not None
    assert set(money.consequences.costs) == {"authority", "school"}
    # The follow-up of the drawn trial is one school year.
    assert money.consequences.cost == pytest.approx(money.weighed.difference.cost)
    assert money.consequences.costs["school"] == pytest.approx(1000)


def test_without_a_price_of_the_outcome_nothing_is_saved_and_no_break_even_is_told(write_money: WriteMoney) -> None:
    money = weigh_money(read_trial(write_money()))
    assert money.break_even is None
    assert money.tornado is None
    assert any("No unit cost of the primary outcome" in finding for finding in money.findings)
    assert money.needed is not None
    assert money.needed.needed == pytest.approx([money.needed.cost / worth for worth in (1_000, 10_000, 20_000)])


def test_a_price_of_another_year_is_brought_to_that_of_the_trial(write_money: WriteMoney) -> None:
    rows = ["s47,1200.00,400,3000,2022,authority,Time sheets of March 2022"]
    trial = read_trial(write_money(unit_costs=rows))
    assert trial.costs is not None
    (unit,) = trial.costs.unit_costs
    assert unit.price_year == "2019"
    assert unit.pounds == in_prices_of(unit.pounds * 0 + 1200, from_year=2022, to_year=2019)
    money = weigh_money(trial)
    assert money.break_even is not None
    assert money.tornado is not None
    assert any(each.saved[0] != 0 for each in money.consequences.consequences)  # type: ignore[union-attr]


def test_settings_of_the_folder_are_the_ones_that_are_used(write_money: WriteMoney) -> None:
    asked = "worths = [500, 7500]\ndraws = 2000\nschools_affected = 40\nhorizon_years = 3\nrollout = [10, 20]\n"
    money = weigh_money(read_trial(write_money(money=MONEY + asked + "discount_rate = 0.01\n")))
    assert money.weighed is not None
    assert [each.worth for each in money.weighed.benefits] == [500, 7500]
    assert len(money.weighed.draws.cost) == 2000
    assert (money.weighed.information[0].units_a_year, money.weighed.information[0].years) == (40, 3)
    assert money.budget is not None
    assert [year.schools for year in money.budget.years] == [10, 20]
    assert money.budget.rate == 0.01


def test_the_same_folder_gives_the_same_money(write_money: WriteMoney) -> None:
    folder = write_money()
    assert str(weigh_money(read_trial(folder))) == str(weigh_money(read_trial(folder)))


def test_a_school_with_a_worker_and_no_cost_is_left_out_and_told(write_money: WriteMoney) -> None:
    folder = write_money()
    gone = (folder / "school_costs.csv").read_text().splitlines()[1].split(",")[0]
    kept = [line for line in (folder / "school_costs.csv").read_text().splitlines() if not line.startswith(f"{gone},")]
    (folder / "school_costs.csv").write_text("\n".join(kept) + "\n")
    trial = read_trial(folder)
    (finding,) = [each for each in trial.findings if each.code == "school_cost_not_known"]
    assert finding.rows == (trial.school(gone).row,)
    money = weigh_money(trial)
    assert money.weighed is not None
    assert sum(money.weighed.difference.schools or ()) == len(trial.schools) - 1
    assert any("1 schools whose cost is not known are left out" in each for each in money.findings)


def test_a_school_that_had_no_worker_cost_nothing_without_a_row(write_money: WriteMoney) -> None:
    drawn = DrawnTrial()
    folder = write_money(drawn)
    first = (folder / "school_costs.csv").read_text().splitlines()[1].split(",")[0]
    rows = [row for row in cost_rows(folder) if not row.startswith(f"{first},")]
    trial = read_trial(write_money(drawn, costs=rows, schools={first: {"received": "no"}}))
    assert "school_cost_not_known" not in codes(trial)
    money = weigh_money(trial)
    assert sum(money.weighed.difference.schools or ()) == len(trial.schools)  # type: ignore[union-attr]


def test_few_schools_are_not_adjusted_and_that_is_told(write_money: WriteMoney) -> None:
    money = weigh_money(read_trial(write_money(DrawnTrial(authorities=1, each=6))))
    assert any("not adjusted" in finding for finding in money.findings)
    assert money.weighed is not None
    assert "adjusted for" not in money.weighed.difference.how


@pytest.mark.parametrize(
    ("money", "said"),
    [
        ("", r"no section \[money\], but there is a school_costs.csv"),
        ("[money]\n", "has no price_year"),
        ("[money]\nprice_year = 19\n", "price year '19' is no year"),
        ('[money]\nprice_year = "2019-21"\n', "does not end in the year after"),
        (MONEY + "worths = [5, 1]\n", "worths are none"),
        (MONEY + "worths = [-5]\n", "worths is"),
        (MONEY + "rollout = [1.5]\n", "whole schools"),
        (MONEY + 'period = "autumn"\n', "only one of period and months"),
        (MONEY + "draws = 10\n", "draws is 10"),
        (MONEY + "discount = 3\n", "Did you mean discount_rate"),
    ],
)
def test_settings_that_cannot_be_are_refused(write_money: WriteMoney, money: str, said: str) -> None:
    with pytest.raises(ProtocolError, match=said) as refused:
        read_trial(write_money(money=money))
    assert "trial.toml" in str(refused.value)
    assert "study.toml" not in str(refused.value)


def test_claims_without_their_period_are_refused(write_money: WriteMoney) -> None:
    folder = write_money()
    (folder / "claims.csv").write_text("item,category,amount,basis,period\nPay,staffing,1.00,period,autumn\n")
    with pytest.raises(ProtocolError, match=r"no period and months, but there is a claims\.csv"):
        read_trial(folder)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("School 99,worker,1,2019,authority", "School 99 is not known"),
        ("School 01,extra,1,2018-19,authority", "2018-19 cannot be brought to 2019 prices"),
        ("School 01,extra,-1,2019,authority", "pounds"),
        ("School 01,extra,1,2019,council", "payer"),
    ],
)
def test_a_cost_that_cannot_be_is_refused_with_its_row(write_money: WriteMoney, row: str, said: str) -> None:
    folder = write_money()
    text = (folder / "school_costs.csv").read_text()
    (folder / "school_costs.csv").write_text(f"{text}{row}\n")
    number = len(text.splitlines()) + 1
    with pytest.raises(TableError, match=said) as refused:
        read_trial(folder)
    assert "school_costs.csv" in str(refused.value)
    assert f"row {number}" in str(refused.value)


def test_an_index_in_the_folder_stands_in_for_the_shipped_one(write_money: WriteMoney) -> None:
    folder = write_money(money='[money]\nprice_year = "2019-20"\n')
    rows = cost_rows(folder, year="2018-19")
    folder = write_money(money='[money]\nprice_year = "2019-20"\n', costs=rows)
    (folder / "deflators.csv").write_text(
        'year,price_index,source\n2018-19,100,"A table"\n2019-20,110,"A table"\n', encoding="utf-8"
    )
    trial = read_trial(folder)
    assert trial.costs is not None
    assert trial.costs.by_school is not None
    assert {round(own["school"], 2) for own in trial.costs.by_school.values()} == {1100.0}


def test_the_example_of_a_price_is_refused_with_its_row(write_money: WriteMoney) -> None:
    with pytest.raises(TableError, match=r"unit_costs\.csv, row 2: .*still the example"):
        read_trial(write_money(unit_costs=["s47,1,1,1,2019,authority,EXAMPLE: put your own"]))


def test_a_price_of_what_is_not_counted_is_a_note(write_money: WriteMoney) -> None:
    trial = read_trial(write_money(unit_costs=["plan,900,,,2019,authority,Somebody 2019"]))
    (finding,) = [each for each in trial.findings if each.code == "unit_cost_not_used"]
    assert "plan is no counted outcome" in finding.what


def test_settings_without_costs_are_a_note_and_nothing_is_weighed(write_money: WriteMoney) -> None:
    trial = read_trial(write_money(costs=[]))
    assert "costs_lacking" in codes(trial)
    with pytest.raises(NotEstimable, match=r"Not given: the folder has no school_costs\.csv"):
        weigh_money(trial)


def test_a_folder_without_money_says_so_and_is_evaluated(write_money: WriteMoney) -> None:
    evaluation = evaluate_trial(read_trial(write_money(money="", costs=[])))
    assert evaluation.money is None
    assert evaluation.money_not == "Not given: trial.toml has no section [money]."
    assert evaluation.lesson is None
    assert evaluation.lesson_not == "trial.toml names no pilots"


def test_every_problem_of_money_is_told_with_the_others(write_money: WriteMoney) -> None:
    folder = write_money(money="")
    replace_in(folder, "school_terms.csv", "s47,School 01,", "s47,School 91,")
    with pytest.raises(StudyError) as refused:
        read_trial(folder)
    assert "School 91" in str(refused.value)
    assert "[money]" in str(refused.value)
