"""The money of a study with claims: a cost of one averted only where it means something, and why not otherwise."""

from __future__ import annotations

from math import exp
from pathlib import Path

import pytest

from swis.study.evaluation import StudyEvaluation, evaluate_study
from swis.study.read import read_study
from swis.study.weigh_study import weigh_study
from tests.study.drawn_studies import drawn_counts, write_study

STUDIES = Path(__file__).parents[2] / "studies"
CLAIMS = """\
item,category,amount,basis,useful_life_years,period,source
social workers,staffing,60000.00,period,,autumn term 2019,drawn
"""
MONEY = '[money]\nprice_year = 2019\nperiod = "autumn term 2019"\nmonths = 4\n'


def supported(folder: Path, *, schools: str = "schools = 12\n") -> StudyEvaluation:
    """A study in which the effect is plainly there, of so many schools with the programme."""
    counts = {"s47": drawn_counts(schools=24, treated=12, terms=3, mean=12, ratio=0.25)}
    programme = f"[programme]\n{schools}workers = 4\n"
    return evaluate_study(
        read_study(write_study(folder, counts, treated=12, add=MONEY + programme, files={"claims.csv": CLAIMS}))
    )


@pytest.mark.parametrize("name", ["southampton", "stockport", "lambeth"])
def test_no_pilot_has_a_cost_of_one_averted_and_each_outcome_says_why_not(name: str) -> None:
    evaluated = evaluate_study(read_study(STUDIES / name))
    money = weigh_study(evaluated)
    assert money is not None
    assert money.averted == ()
    for one in evaluated.outcomes:
        (said,) = [finding for finding in money.findings if finding.startswith(one.outcome.name)]
        assert "no cost of one averted is told" in said
        assert f"verdict: {one.appraisal.verdict.kind}" in said  # type: ignore[union-attr]


def test_how_many_a_pilot_would_have_to_avert_is_told_without_an_effect() -> None:
    money = weigh_study(evaluate_study(read_study(STUDIES / "southampton")))
    assert money is not None
    assert money.needed is not None
    # 84,387.91 pounds over the three amounts that the published economic evaluation looked at.
    assert money.needed.needed == pytest.approx((84.38791, 8.438791, 4.2193955))
    assert money.needed.effect is None


def test_a_cost_is_of_more_schools_than_the_outcome_and_that_is_a_reason() -> None:
    money = weigh_study(evaluate_study(read_study(STUDIES / "southampton")))
    assert money is not None
    assert any("spent in 18 schools and this was counted in 1 of them" in finding for finding in money.findings)


def test_a_supported_effect_in_the_schools_that_were_paid_for_has_a_cost_of_one(tmp_path: Path) -> None:
    evaluated = supported(tmp_path / "drawn")
    money = weigh_study(evaluated)
    assert money is not None
    (one,) = money.averted
    appraisal, comparison = evaluated.outcomes[0].appraisal, evaluated.outcomes[0].comparison
    assert appraisal is not None
    events = comparison.count[comparison.intervention][:, -1].sum()
    ratio = exp(appraisal.log_ratio)
    assert one.supported
    assert one.events == events
    assert one.estimate.each == pytest.approx(60_000 / (events * (1 / ratio - 1)))
    assert (one.best.ratio, one.worst.ratio) == (appraisal.verdict.low, appraisal.verdict.high)


@pytest.mark.parametrize(
    ("schools", "why"),
    [("schools = 30\n", "spent in 30 schools and this was counted in 12"), ("", "not known in how many schools")],
)
def test_a_supported_effect_in_other_schools_than_were_paid_for_has_none(
    tmp_path: Path, schools: str, why: str
) -> None:
    money = weigh_study(supported(tmp_path / "drawn", schools=schools))
    assert money is not None
    assert money.averted == ()
    assert any(why in finding for finding in money.findings)


def test_a_budget_takes_the_cost_of_a_school_for_a_year(tmp_path: Path) -> None:
    money = weigh_study(supported(tmp_path / "drawn"), rollout=(10, 20))
    assert money is not None
    assert money.budget is not None
    # 60,000 pounds for twelve schools and four months: 15,000 for one and a year.
    assert [year.cost for year in money.budget.years] == pytest.approx([150_000, 300_000])
    assert not money.budget.saved_known
    lacking = weigh_study(supported(tmp_path / "other", schools=""), rollout=(10,))
    assert lacking is not None
    assert lacking.budget is None
    assert any("not known how many schools" in finding for finding in lacking.findings)


def test_the_published_economics_stand_beside_where_the_trial_is_quoted() -> None:
    money = weigh_study(evaluate_study(read_study(STUDIES / "southampton")))
    assert money is not None
    assert money.published is not None
    assert money.weighed is None


def test_a_study_without_claims_has_no_money(tmp_path: Path) -> None:
    counts = {"s47": drawn_counts(schools=8, treated=4, terms=3, mean=12)}
    assert weigh_study(evaluate_study(read_study(write_study(tmp_path / "s", counts, treated=4)))) is None
