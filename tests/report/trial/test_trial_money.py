from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from swis.costs.claim import Claim, MoneySettings, ProgrammeSize
from swis.costs.cost import cost_of_period
from swis.costs.money_result import MoneyResult
from swis.report.trial.compose import compose_trial
from swis.study.trial.evaluation import TrialEvaluation
from tests.report.reading import cells_of, chapter, tables_of, words_of
from tests.report.trial.drawn import evaluate_folder
from tests.study.trial.drawn import DrawnTrial


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> TrialEvaluation:
    folder: Path = tmp_path_factory.mktemp("trial") / "drawn"
    return evaluate_folder(DrawnTrial().write(folder))


def test_claims_become_a_cost_per_school_and_what_is_not_counted_is_said(trial: TrialEvaluation) -> None:
    claims = (Claim("Salaries", "staffing", Decimal(600_000), "period", "2020-21"),)
    settings = MoneySettings(2021, "2020-21", Fraction(1))
    cost = cost_of_period(claims, settings, ProgrammeSize(schools=12))
    report = compose_trial(replace(trial, cost=cost))
    words = words_of(chapter(report, "costs"))
    assert "The programme cost £600,000.00 in 2020-21" in words
    assert "Not counted: what schools gave in kind" in words
    per = {row["Per"]: row["Cost"] for row in cells_of(tables_of(report)["unit-costs"])}
    assert per["School"] == "£50,000.00"
    assert per["Social worker"] == "not known"


def test_what_was_weighed_stands_below_the_cost(trial: TrialEvaluation) -> None:
    money = MoneyResult("section 47 enquiries", "2020-21", findings=("No costs by school are known.",))
    report = compose_trial(trial, money=money)
    anchors = [heading.anchor for heading in report.headings]
    assert anchors.index("costs") < anchors.index("money") < anchors.index("findings")
    assert "No costs by school are known." in words_of(chapter(report, "costs"))
