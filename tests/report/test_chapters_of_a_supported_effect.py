"""A study in which the effect is plainly there: the report says so in every place, and nowhere that nothing was found."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from swis.estimate.bayes import BayesPooled, Posterior, ShrunkAuthority
from swis.report.chapters.bayes import bayes_blocks
from swis.report.compose import compose_report
from swis.report.document import Callout, Document, Table
from swis.study import together
from swis.study.calibration import calibrate_study, write_calibration
from swis.study.read import read_study
from swis.study.together import Evaluation, evaluate
from tests.report.reading import cells_of, chapter, tables_of, words_of
from tests.study.drawn_studies import drawn_counts, write_study

COUNTS = {
    "s47": drawn_counts(schools=24, treated=12, terms=3, mean=12, ratio=0.25),
    "s17": drawn_counts(schools=24, treated=12, terms=3, mean=12, seed=8),
}
CLAIMS = """\
item,category,amount,basis,useful_life_years,period,source
social workers,staffing,1000.00,period,,autumn term 2019,drawn
training,ancillary,900.00,period,,autumn term 2019,drawn
"""
PUBLISHED = """\
outcome,coefficient,irr,ci_low,ci_high,remark,where,source
s47,intervention by time,0.25,0.20,0.31,,table,drawn
"""
MONEY = '[money]\nprice_year = 2019\nperiod = "autumn term 2019"\nmonths = 4\n[programme]\nschools = 12\nworkers = 4\n'
NOTHING_FOUND = (
    "supports an effect",
    "support no effect",
    "None of these claims",
    "This does not show that the programme does nothing",
    "nothing to divide the money by",
    "no supported effect",
    "Until then, decide on grounds other than these numbers",
    "Almost all of it is pay",
    "Why the published results looked firmer",
    "do not support",
)


def draw(folder: Path, *outcomes: str) -> Path:
    return write_study(
        folder,
        {code: COUNTS[code] for code in outcomes},
        treated=12,
        outcome='published_claim = "significant"\n',
        add=MONEY,
        files={"claims.csv": CLAIMS, "published_estimates.csv": PUBLISHED},
    )


@pytest.fixture(scope="module")
def evaluation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Evaluation]:
    yield evaluate([read_study(draw(tmp_path_factory.mktemp("one") / "drawn", "s47"))])


@pytest.fixture(scope="module")
def document(evaluation: Evaluation) -> Document:
    return compose_report(evaluation)


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Evaluation:
    """One effect that is there and one that is not."""
    return evaluate([read_study(draw(tmp_path_factory.mktemp("two") / "drawn", "s47", "s17"))])


def callouts(document: Document) -> list[str]:
    return [block.title for block in document.body if isinstance(block, Callout)]


def test_the_effect_is_supported(evaluation: Evaluation) -> None:
    (one,) = evaluation.outcomes
    assert one.appraisal is not None
    assert one.appraisal.verdict.kind == "supported"
    assert one.appraisal.verdict.high < 0.5


def test_every_box_says_that_the_data_support_an_effect(document: Document) -> None:
    assert callouts(document) == ["The data support an effect", "The data support an effect"]


def test_the_first_page_says_what_was_found_and_that_the_claim_stands(document: Document) -> None:
    words = words_of(chapter(document, "summary"))
    assert "Supported: outcome s47 in Drawn. With a social worker the rate was 7" in words
    assert "One of these claims can be upheld" in words
    assert "What is supported holds for these schools and terms" in words


def test_nothing_anywhere_says_that_nothing_was_found(document: Document) -> None:
    words = words_of(chapter(document, "summary") + chapter(document, "study-drawn-study"))
    assert [each for each in NOTHING_FOUND if each in words] == []


def test_the_box_of_the_outcome_says_that_chance_does_not_explain_it(document: Document) -> None:
    words = words_of(chapter(document, "study-drawn-outcome-s47"))
    assert "The publication claimed an effect, and the data carry it." in words
    assert "of the ways to choose the schools would have shown so large a difference" in words
    assert "Only 0.0%" not in words
    assert "no effect found" not in words


def test_the_costs_are_given_without_the_caveat_that_there_is_no_effect(document: Document) -> None:
    words = words_of(chapter(document, "study-drawn-costs"))
    assert "The programme cost £1,900.00 in autumn term 2019" in words
    assert "No cost per outcome averted" not in words
    summary = words_of(chapter(document, "summary"))
    assert "£1,900.00 in Drawn (£475.00 for each social worker)" in summary


def test_tables_and_the_picture_say_supported(document: Document) -> None:
    (row,) = cells_of(tables_of(document)["verdict-table"])
    assert row["Verdict"] == "supported"
    (figure,) = [each for each in document.figures if each.identifier == "claims"]
    assert "It stands." in figure.alt
    (shown,) = cells_of(figure.data)
    assert (shown["Published said"], shown["Verdict"]) == ("significant", "supported")


def test_an_effect_beside_none_is_told_apart(mixed: Evaluation) -> None:
    document = compose_report(mixed)
    assert callouts(document) == [
        "The data support an effect in one of two comparisons",
        "The data support an effect",
        "The data do not support an effect",
    ]
    words = words_of(chapter(document, "summary"))
    assert "Supported: outcome s47 in Drawn." in words
    assert "One of these claims can be upheld" in words
    assert "In one comparison an effect could have been shown, had it been large enough, and was not" in words
    assert "Where no effect is supported" in words
    assert "Why the published results looked firmer" in words
    assert "nothing to divide the money by" not in words
    assert "0 of 3 printed numbers were reproduced" in words
    assert "The arithmetic is not the trouble" not in words


def test_a_supported_rise_is_called_a_rise(tmp_path: Path) -> None:
    counts = drawn_counts(schools=24, treated=12, terms=3, mean=12, ratio=4)
    words = words_of(
        compose_report(evaluate([read_study(write_study(tmp_path / "drawn", {"s17": counts}, treated=12))])).body
    )
    assert "times as high, compared with what it would have been without" in words


def test_a_verdict_that_rules_an_effect_out_says_so(tmp_path: Path) -> None:
    counts = drawn_counts(schools=16, treated=8, terms=3, mean=2_000)
    folder = write_study(tmp_path / "drawn", {"s17": counts}, treated=8, pupils=100_000)
    words = words_of(compose_report(evaluate([read_study(folder)])).body)
    assert "That rules out an effect worth having." in words
    assert "the data rule out one that would be worth having" in words
    assert "large help" not in words


def test_schools_that_drifted_before_are_not_put_down_to_chance(tmp_path: Path) -> None:
    counts = COUNTS["s47"].copy()
    counts[:12, 0] *= 3
    words = words_of(
        compose_report(evaluate([read_study(write_study(tmp_path / "drawn", {"s47": counts}, treated=12))])).body
    )
    assert "there is a difference, but the schools were already moving apart before the start" in words
    assert "Why not: the schools were already moving apart before the start." in words
    assert "chance among schools could explain" not in words


def test_a_stored_calibration_is_quoted_and_a_stale_one_is_said_to_be(tmp_path: Path) -> None:
    counts = {"s47": drawn_counts(schools=6, treated=3, terms=3, mean=20)}
    folder = write_study(tmp_path / "drawn", counts, treated=3, outcome='published_claim = "significant"\n')
    write_calibration(folder, calibrate_study(read_study(folder), share=0.02))
    document = compose_report(evaluate([read_study(folder)]))
    (row,) = cells_of(tables_of(document)["power-table"])
    assert row["No effect"] == "0%"
    assert "earlier table" not in words_of(document.body)
    assert "In tables simulated without any effect" in words_of(chapter(document, "summary"))
    write_study(folder, {"s47": counts["s47"] + 1}, treated=3)
    assert "The stored simulation is of an earlier table for Drawn, Outcome s47" in words_of(
        compose_report(evaluate([read_study(folder)])).body
    )


def pooled(prior: str, rhat: float = 1.0) -> BayesPooled:
    one = Posterior(0.87, 0.45, 1.6)
    authorities = tuple(ShrunkAuthority(name, one, 0.6) for name in ("Here", "There"))
    return BayesPooled("s47", prior, one, 0.66, one, one, authorities, rhat, 900.0, 0, 100, 2, 1)  # type: ignore[arg-type]


@pytest.mark.parametrize(("rhat", "settled"), [(1.0, True), (1.2, False)])
def test_bayesian_pooling_is_shown_under_both_priors(
    rhat: float, settled: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(together, "pool_bayes", lambda comparisons, *, prior, seed: pooled(prior, rhat))
    studies = [read_study(draw(tmp_path / name, "s47")) for name in ("here", "there")]
    document = compose_report(evaluate(studies, bayes=True))
    table = tables_of(document)["bayes-table"]
    assert [row["Outcome and prior"] for row in cells_of(table)] == [
        "Outcome s47, default prior",
        "Outcome s47, wide prior",
    ]
    assert cells_of(table)[0]["Pooled"] == "0.87 (0.45 to 1.60)"
    assert "With two authorities the spread between them is driven by the prior" in words_of(document.body)
    assert ("The chains do not agree" in words_of([table])) is not settled


def test_without_bayesian_pooling_there_is_no_table_of_it(evaluation: Evaluation) -> None:
    assert bayes_blocks(evaluation) == []
    assert not any(
        isinstance(block, Table) and block.identifier == "bayes-table" for block in compose_report(evaluation).body
    )
