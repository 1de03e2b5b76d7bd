"""Other choices of terms: which are tried, and what is said where one leaves nothing."""

from __future__ import annotations

from pathlib import Path

from swis.estimate.permutation import permutation_test
from swis.estimate.quasi import quasi_poisson
from swis.study.alternatives import Alternative, alternatives
from swis.study.read import read_study
from tests.study.conftest import DrawStudy
from tests.study.drawn_studies import drawn_counts, write_study

EARLY = "without the terms between launch and the last term"
SEASON = "terms of the same season alone"
SIX = ("Autumn 2017", "Summer 2018", "Autumn 2018", "Summer 2019", "Autumn 2019")


def of(folder: Path) -> dict[str, Alternative]:
    study = read_study(folder)
    (outcome,) = study.outcomes
    return {one.name: one for one in alternatives(study.protocol, study.comparison(outcome.code))}


def six_terms(tmp_path: Path) -> Path:
    counts = drawn_counts(schools=6, treated=3, terms=5, mean=9)
    return write_study(tmp_path / "drawn", {"s47": counts}, treated=3, terms=SIX, after=SIX[-1:])


def test_terms_between_launch_and_the_last_and_other_seasons_are_left_out(tmp_path: Path) -> None:
    found = of(six_terms(tmp_path))
    assert found[EARLY].terms == ("Autumn 2017", "Summer 2018", "Autumn 2018", "Autumn 2019")
    assert found[SEASON].terms == ("Autumn 2017", "Autumn 2018", "Autumn 2019")


def test_an_alternative_is_the_same_analysis_over_fewer_terms(tmp_path: Path) -> None:
    study = read_study(six_terms(tmp_path))
    fewer = study.comparison("s47").keep_terms(
        ("Autumn 2017", "Autumn 2018", "Autumn 2019"), reference="Autumn 2018", after=("Autumn 2019",)
    )
    found = of(study.folder)[SEASON]
    assert found.quasi == quasi_poisson(fewer)
    assert found.permutation is not None
    assert found.permutation.p == permutation_test(fewer, seed=study.options.seed).p


def test_a_choice_that_changes_nothing_is_not_shown(draw_study: DrawStudy) -> None:
    assert of(draw_study()) == {}


def test_without_the_months_of_terms_nothing_is_tried(draw_study: DrawStudy) -> None:
    starts = '[terms.starts]\n"Autumn 2017" = "2017-09"\n"Autumn 2018" = "2018-09"\n"Autumn 2019" = "2019-09"\n'
    assert of(draw_study(protocol={starts: ""})) == {}


def test_a_choice_without_earlier_terms_says_so(tmp_path: Path) -> None:
    counts = drawn_counts(schools=6, treated=3, terms=3, mean=9)
    terms = ("Autumn 2018", "Spring 2019", "Summer 2019")
    found = of(write_study(tmp_path / "drawn", {"s47": counts}, treated=3, terms=terms, after=terms[-1:]))
    assert found[SEASON].quasi is None
    assert found[SEASON].reason == "no term before the start is left"


def test_a_choice_that_leaves_no_events_is_kept_with_its_reason(tmp_path: Path) -> None:
    counts = drawn_counts(schools=6, treated=3, terms=5, mean=9)
    counts[:, [0, 2]] = 0
    found = of(write_study(tmp_path / "drawn", {"s47": counts}, treated=3, terms=SIX, after=SIX[-1:]))
    assert found[SEASON].quasi is None
    assert "s47" in found[SEASON].reason
