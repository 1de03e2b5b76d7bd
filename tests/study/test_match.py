from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from swis.design.matching import MatchOptions
from swis.design.year_group_panel import YearGroupPanel
from swis.errors import NotEstimable, OutputError
from swis.study.match import NO_SIGNAL, OutcomeMatch, Request, match_outcome
from swis.study.read import read_study
from swis.study.write_matches import write_matches, write_pair_scores
from swis.tables.matches import MATCHES
from swis.tables.read import read_table
from tests.design.drawn import simulated_panel, small_panel
from tests.study.conftest import DrawStudy


def result(panel: YearGroupPanel, **asked: object) -> OutcomeMatch:
    return match_outcome(panel, Request(draws=99, **asked))  # type: ignore[arg-type]


def test_trend_matches_on_noise_are_listed_but_not_accepted(tmp_path: Path) -> None:
    frame = read_table(MATCHES, write_matches(tmp_path, [result(simulated_panel(seed=1))]))
    assert frame.height == 6
    assert set(frame["accepted"]) == {"no"}
    assert set(frame["why_not"]) == {NO_SIGNAL}
    assert frame["rank"].to_list() == [1, 2, 1, 2, 1, 2]


def test_despite_accepts_them_as_the_pilots_did(tmp_path: Path) -> None:
    found = result(simulated_panel(seed=1), despite=True)
    frame = read_table(MATCHES, write_matches(tmp_path, [found]))
    assert set(frame["accepted"]) == {"yes"}
    assert found.answer.can == "no"


def test_trends_that_persist_are_accepted() -> None:
    found = result(simulated_panel(seed=2, trend_sd=0.8, pupils=2000))
    assert found.used
    assert found.pre_trend is not None
    assert found.pre_trend.bound is not None


def test_matches_on_level_are_used_whatever_trends_say(tmp_path: Path) -> None:
    found = result(simulated_panel(seed=1), by="level", options=MatchOptions(replacement="optimal"))
    assert found.used
    assert found.matching is not found.trend_matching
    frame = read_table(MATCHES, write_matches(tmp_path, [found]))
    assert frame["comparison_school"].n_unique() == 6
    assert "level, size and free school meals, mahalanobis" in frame["method"][0]


def test_the_distance_of_levels_is_asked_for_and_told() -> None:
    found = result(simulated_panel(seed=1), by="level", distance="euclid")
    assert found.method.startswith("level, size and free school meals, euclid")


def test_all_candidates_weighted_sum_to_the_schools_with_a_social_worker(tmp_path: Path) -> None:
    found = result(simulated_panel(seed=3, treated=4, candidates=60), by="entropy")
    frame = read_table(MATCHES, write_matches(tmp_path, [found]))
    assert float(frame["weight"].sum()) == pytest.approx(4, abs=1e-4)
    assert set(frame["intervention_unit"]) == {"all schools with a social worker (primary)"}
    assert found.balance is not None
    assert found.balance.largest_after > 0


def test_six_terms_can_be_weighted_by_synthetic_did() -> None:
    found = result(simulated_panel(seed=3, terms=6), by="synthetic")
    assert found.weights is not None
    assert found.weights.weights.sum() == pytest.approx(3)


def test_three_terms_cannot() -> None:
    with pytest.raises(NotEstimable, match="needs 6 terms before the start, not 3"):
        result(simulated_panel(seed=3), by="synthetic")


def test_an_unknown_way_is_refused_with_those_there_are() -> None:
    with pytest.raises(NotEstimable, match=r"no way 'trend'.*trends, level, entropy, synthetic"):
        result(simulated_panel(seed=3), by="trend")


def test_schools_left_without_a_match_have_a_row_of_their_own(tmp_path: Path) -> None:
    rates = {"T": [[1, 2]], "alone": [[1, 3]], "gone": [[1, 1]], "A": [[1, 4]], "B": [[2, 2]]}
    panel = small_panel(rates, treated=["T", "alone", "gone"], phase={"alone": "special"}, excluded={"gone": "closed"})
    for asked in ({"by": "trends"}, {"by": "level"}):
        frame = read_table(MATCHES, write_matches(tmp_path, [result(panel, **asked)]))
        left = frame.filter(frame["comparison_school"].is_null())
        assert dict(zip(left["intervention_unit"], left["why_not"], strict=True)) == {
            "gone": "excluded: closed",
            "alone": "no candidate of the phase special",
        }


def test_a_phase_that_cannot_be_weighted_is_listed() -> None:
    panel = simulated_panel(seed=3, treated=4, candidates=60, phases=2)
    meals = np.where(panel.intervention & (np.arange(64) % 2 == 1), 99.0, 20.0)
    object.__setattr__(panel, "free_school_meals", meals)
    assert [left.what for left in result(panel, by="entropy").unmatched] == ["School 001", "School 003"]


def test_every_pair_has_a_score_or_a_reason(tmp_path: Path) -> None:
    nan = float("nan")
    rates = {"T": [[1, 2], [1, 3], [2, 2]], "A": [[1, 4], [1, 1], [1, 3]], "B": [[2, 2], [nan, 1], [nan, 1]], "S": [[1, 1]] * 3,
             "U": [[nan, 1]] * 3}  # fmt: skip
    panel = small_panel(rates, treated=["T"], phase={"S": "secondary"})
    path = write_pair_scores(tmp_path, [result(panel)])
    with path.open(encoding="utf-8", newline="") as file:
        rows = {row["comparison_school"]: row for row in csv.DictReader(file)}
    assert float(rows["A"]["score"]) > 0
    assert {name: row["why_no_score"] for name, row in rows.items()} == {
        "A": "",
        "B": "too few year groups in common",
        "S": "another phase",
        "U": "nothing to compare in common",
    }


def test_the_same_results_give_the_same_bytes(tmp_path: Path) -> None:
    first, second = (write_matches(tmp_path, [result(simulated_panel(seed=1))]).read_bytes() for _ in range(2))
    assert first == second


def test_a_file_with_matches_of_another_outcome_is_not_written_over(tmp_path: Path) -> None:
    found = result(simulated_panel(seed=1))
    path = write_matches(tmp_path, [found])
    path.write_text(path.read_text(encoding="utf-8").replace("s47,", "s17,"), encoding="utf-8")
    with pytest.raises(OutputError, match="holds matches of s17, which would be lost"):
        write_matches(tmp_path, [found])


def test_a_study_reads_the_matches_that_lie_in_its_folder(tmp_path: Path, draw_study: DrawStudy) -> None:
    folder = draw_study()
    write_matches(folder, [result(simulated_panel(seed=1), by="level")])
    study = read_study(folder)
    assert study.tables["matches"].height == 6
    assert "matches.csv" in study.hashes.files
