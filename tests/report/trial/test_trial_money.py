from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from swis.costs.claim import Claim, MoneySettings, ProgrammeSize
from swis.costs.cost import cost_of_period
from swis.costs.money_result import MoneyResult
from swis.report.document import Figure, Heading, Table
from swis.report.trial.compose import compose_trial
from swis.report.trial.money import SYNTHETIC, money_chapter
from swis.study.trial.evaluate import evaluate_trial
from swis.study.trial.evaluation import TrialEvaluation
from swis.study.trial.read import read_trial
from tests.report.reading import cells_of, chapter, tables_of, words_of
from tests.report.trial.drawn import evaluate_folder
from tests.study.trial.drawn import DrawnTrial
from tests.study.trial.test_trial_money import HEADING, UNIT_COSTS, cost_rows
from tests.study.trial.test_trial_pilots import pilots


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
    report = compose_trial(replace(trial, money=money))
    anchors = [heading.anchor for heading in report.headings]
    assert anchors.index("costs") < anchors.index("money") < anchors.index("findings")
    assert "No costs by school are known." in words_of(chapter(report, "costs"))


def weighed(folder: Path, settings: str = "", *, prices: str = "") -> TrialEvaluation:
    """A trial with costs by school, and pilots."""
    DrawnTrial().write(folder, add=f"[money]\nprice_year = 2019\ndraws = 2000\n{settings}{pilots(folder)}")
    (folder / "school_costs.csv").write_text("\n".join([HEADING, *cost_rows(folder)]) + "\n", encoding="utf-8")
    if prices:
        (folder / "unit_costs.csv").write_text(f"{UNIT_COSTS}\n{prices}\n", encoding="utf-8")
    return evaluate_trial(read_trial(folder))


@pytest.fixture(scope="module")
def with_costs(tmp_path_factory: pytest.TempPathFactory) -> TrialEvaluation:
    return weighed(tmp_path_factory.mktemp("trial") / "drawn")


def test_what_the_settings_leave_out_is_called_not_given(with_costs: TrialEvaluation) -> None:
    given = {row["Item"]: row["As given"] for row in cells_of(tables_of(compose_trial(with_costs))["money-settings"])}
    assert given["Prices of"] == "2019"
    assert given["What one averted could be worth"] == "£1,000, £10,000, £20,000"
    for name in (
        "Perspective: whose costs are counted",
        "Where costs by school come from",
        "Prices of outcomes",
        "What is decided on",
        "Schools in each year of a budget",
    ):
        assert given[name] == "not given"


def test_the_summary_tells_the_money_in_a_sentence_and_leads_to_it(with_costs: TrialEvaluation) -> None:
    words = words_of(chapter(compose_trial(with_costs), "summary"))
    assert "The money. A social worker cost £" in words
    assert "more per school and year than none, in 2019 prices" in words


def test_money_and_lesson_have_their_places_and_the_pilots_their_hashes(with_costs: TrialEvaluation) -> None:
    report = compose_trial(with_costs)
    anchors = [heading.anchor for heading in report.headings]
    assert anchors.index("costs") < anchors.index("money") < anchors.index("teaches") < anchors.index("lesson")
    assert anchors.index("lesson") < anchors.index("findings")
    words = words_of(chapter(report, "teaches"))
    assert "The pilots in Southampton, Stockport and Lambeth are held against this trial." in words
    values = dict(report.provenance)
    for study in with_costs.trial.pilots:
        assert values[f"Pilot {study.name}: protocol and inputs together (SHA-256)"] == study.hashes.all


def test_a_lesson_that_cannot_be_drawn_says_why(with_costs: TrialEvaluation) -> None:
    report = compose_trial(replace(with_costs, lesson=None, lesson_not="They lack the outcome."))
    assert "cannot be held against it. They lack the outcome." in words_of(chapter(report, "teaches"))


def test_costs_that_are_made_up_are_labelled_in_every_heading_caption_and_figure(tmp_path: Path) -> None:
    price = "s47,1000,500,2000,2019,authority,Made up for a test"
    evaluation = weighed(tmp_path / "t", "synthetic = true\nrollout = [3]\n", prices=price)
    blocks = money_chapter(evaluation)
    names = [block.text for block in blocks if isinstance(block, Heading)]
    names += [block.caption for block in blocks if isinstance(block, Table | Figure)]
    names += [part for block in blocks if isinstance(block, Figure) for part in (block.alt, block.data.caption)]
    assert len(names) > 12
    assert all(SYNTHETIC in name for name in names)
    assert "The money (SYNTHETIC costs)." in words_of(chapter(compose_trial(evaluation), "summary"))


def test_no_school_is_named_in_what_is_told_of_money(with_costs: TrialEvaluation) -> None:
    blocks = money_chapter(with_costs)
    said = words_of(blocks) + str([block.rows for block in blocks if isinstance(block, Table)])
    assert not [each.school for each in with_costs.trial.schools if each.school in said]
