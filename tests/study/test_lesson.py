from __future__ import annotations

from dataclasses import replace
from math import log
from pathlib import Path

import pytest

from swis.errors import NotEstimable
from swis.estimate.lesson.belief import SCEPTICAL, PilotEvidence, believe_published
from swis.study.lesson import NATIONAL_ROLL_OUT, PUBLISHED_TRIAL, Lesson, learn_lesson, quoted_lesson
from swis.study.read import read_study
from swis.study.together import Evaluation, evaluate

STUDIES = Path(__file__).parents[2] / "studies"


@pytest.fixture(scope="module")
def pilots() -> Evaluation:
    return evaluate([read_study(STUDIES / name) for name in ("southampton", "stockport", "lambeth")])


@pytest.fixture(scope="module")
def lesson(pilots: Evaluation) -> Lesson:
    found = quoted_lesson(pilots)
    assert found is not None
    return found


def test_at_their_word_the_pilots_foretold_a_fall_and_honestly_they_did_not_settle_it(lesson: Lesson) -> None:
    assert lesson.at_their_word.prediction.significant_fall == pytest.approx(0.87, abs=0.005)
    honest = [each.prediction.significant_fall for each in lesson.honest]
    assert honest == pytest.approx([0.69, 0.20, 0.50, 0.64], abs=0.005)
    assert repr(lesson) == (
        "Lesson(s47: a significant fall foretold with 87% by the published intervals, 20% to 69% honestly; found 1.055)"
    )


def test_the_published_intervals_that_are_believed_are_those_that_were_printed(lesson: Lesson) -> None:
    printed = [
        PilotEvidence(name, log(ratio), log(high / low) / (2 * 1.959964))
        for name, ratio, low, high in (("Southampton", 0.65, 0.45, 0.94), ("Stockport", 1.35, 0.61, 2.99))
    ]
    # Printed with two decimals.
    assert lesson.at_their_word.belief.interval() == pytest.approx(believe_published(printed).interval(), rel=0.005)


def test_an_estimate_that_ran_off_is_left_out_of_what_was_published_and_kept_in_what_is_honest(lesson: Lesson) -> None:
    assert lesson.left_out == ("Lambeth",)
    assert [each.authority for each in lesson.pilots] == ["Southampton", "Stockport", "Lambeth"]
    assert lesson.pilots[2].published is None and lesson.pilots[2].separated_low and lesson.pilots[2].claimed
    assert lesson.pooled.authorities == ("Southampton", "Stockport", "Lambeth")
    line = lesson.pooled.random_effects
    assert lesson.honest[0].belief.interval() == pytest.approx((line.ratio, line.low, line.high), rel=1e-6)


def test_the_money_is_only_reckoned_where_a_mean_exists(lesson: Lesson) -> None:
    assert [each.value is None for each in lesson.honest] == [True, False, False, False]
    value = lesson.at_their_word.value
    assert value is not None and value.rolls_out_before and not value.rolls_out_after
    assert value.gained == pytest.approx(184.9e6, rel=1e-3)


def test_trial_priors_and_roll_out_can_be_replaced(pilots: Evaluation) -> None:
    free = replace(NATIONAL_ROLL_OUT, cost=0.0)
    small = PUBLISHED_TRIAL.of_size(30)
    lesson = learn_lesson(pilots, outcome="s17", trial=small, roll_out=free, priors=[SCEPTICAL], worthwhile=0.9)
    assert lesson.outcome == "s17" and lesson.left_out == ()
    assert [each.belief.name for each in lesson.honest] == ["pooled, Hartung-Knapp", "sceptical prior"]
    assert lesson.trial.schools == 30 and lesson.at_their_word.prediction.worthwhile == 0.9


def test_one_pilot_has_no_lesson(pilots: Evaluation) -> None:
    alone = evaluate([read_study(STUDIES / "stockport")])
    assert quoted_lesson(alone) is None
    with pytest.raises(NotEstimable, match="at least two pilots"):
        learn_lesson(alone)
    with pytest.raises(NotEstimable, match="at least two pilots"):
        learn_lesson(pilots, outcome="exclusions")


def test_pilots_that_do_not_quote_the_trial_have_no_lesson(pilots: Evaluation) -> None:
    silent = tuple(
        replace(one, study=replace(one.study, protocol=replace(one.study.protocol, literature=())))
        for one in pilots.studies
    )
    assert quoted_lesson(replace(pilots, studies=silent)) is None


def test_every_figure_of_the_roll_out_says_where_it_is_from() -> None:
    for name in ("schools", "enquiries", "cost", "value", "discount_rate"):
        assert NATIONAL_ROLL_OUT.source_of(name) != "your figure"
    # Three claims for four months, 21 workers.
    claimed = (100_681 + 84_387.91 + 155_274.30) / 21 * 3
    assert NATIONAL_ROLL_OUT.cost == pytest.approx(claimed, abs=5)
    pool = (STUDIES / "scale-up" / "making" / "schools_2018_19.csv").read_text(encoding="utf-8").splitlines()
    assert NATIONAL_ROLL_OUT.schools == len(pool) - 1
