"""Running studies: the eight verdicts, and what is kept where something cannot be estimated."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from swis.errors import NotEstimable, StudyError
from swis.estimate import bayes
from swis.estimate.comparison import Comparison
from swis.estimate.multiplicity import holm
from swis.study import together
from swis.study.evaluation import evaluate_study
from swis.study.read import read_study
from swis.study.study import Study
from swis.study.together import Evaluation, evaluate
from tests.study.conftest import CORRECTION, DrawStudy
from tests.study.drawn_studies import TERMS, drawn_counts, write_study

STUDIES = Path(__file__).parents[2] / "studies"
CANNOT, NOT = "cannot tell", "not supported"
VERDICTS = {
    ("Southampton", "s17"): (CANNOT, "there were only 10 ways to choose the schools", 10),
    ("Southampton", "s47"): (CANNOT, "there were only 3 ways to choose the schools", 3),
    ("Southampton", "days_in_care"): (CANNOT, "there were only 3 ways to choose the schools", 3),
    ("Stockport", "s17"): (CANNOT, "there were only 6 ways to choose the schools", 6),
    ("Stockport", "s47"): (NOT, "47% of the ways to choose the schools", 495),
    ("Stockport", "days_in_care"): (NOT, "43% of the ways to choose the schools", 3003),
    ("Lambeth", "s17"): (NOT, "91% of the ways to choose the schools", 35),
    ("Lambeth", "s47"): (NOT, "20% of the ways to choose the schools", 56),
}


@pytest.fixture(scope="module")
def pilots() -> Evaluation:
    return evaluate([read_study(STUDIES / name) for name in ("southampton", "stockport", "lambeth")])


def test_the_eight_verdicts_and_what_decides_each(pilots: Evaluation) -> None:
    found = {}
    for one in pilots.outcomes:
        assert one.appraisal is not None
        verdict = one.appraisal.verdict
        expected = VERDICTS[one.authority, one.outcome.code][1]
        assert verdict.reasons[0].startswith(expected)
        found[one.authority, one.outcome.code] = (verdict.kind, expected, one.appraisal.permutation.assignments)
        assert not verdict.rules_out_worthwhile
    assert found == VERDICTS


def test_an_evaluation_prints_its_verdicts_and_gives_a_frame_of_them(pilots: Evaluation) -> None:
    assert repr(pilots) == "Evaluation(3 studies, 8 analyses: 4 cannot tell, 4 not supported)"
    assert len(str(pilots).splitlines()) == 9
    frame = pilots.table()
    assert frame.height == 8
    assert frame["verdict"].to_list() == [kind for kind, _, _ in VERDICTS.values()]
    assert frame["assignments"].to_list() == [number for _, _, number in VERDICTS.values()]
    separated = frame.row(7, named=True)
    assert (separated["published_p"], separated["low"]) == (None, 0.0)


def test_the_family_is_adjusted_among_the_analyses_that_have_a_p_value(pilots: Evaluation) -> None:
    published = [one.published_p for one in pilots.family]
    assert [p is None for p in published] == [False] * 7 + [True]
    assert [one.published_holm for one in pilots.family][:7] == holm([p for p in published if p is not None]).tolist()
    assert [one.permutation_holm for one in pilots.family] == holm(
        [one.permutation_p for one in pilots.family if one.permutation_p is not None]
    ).tolist()


def test_outcomes_are_pooled_over_the_authorities_that_have_them(pilots: Evaluation) -> None:
    pooled = {one.outcome: one for one in pilots.pooled}
    assert list(pooled) == ["s17", "s47", "days_in_care"]
    for code, authorities in (("s17", 3), ("s47", 3), ("days_in_care", 2)):
        found = pooled[code].pooled
        assert found is not None
        assert len(found.authorities) == authorities
        assert pooled[code].bayes == ()
    assert pooled["s47"].bias_reduced == ("Lambeth",)


def test_corrections_are_undone_beside_and_only_where_there_are_any(pilots: Evaluation) -> None:
    corrected = {
        (one.authority, one.outcome.code) for one in pilots.outcomes if one.as_printed or one.reproduction_as_printed
    }
    assert corrected == {("Stockport", "s17"), ("Lambeth", "s17"), ("Lambeth", "s47")}
    for one in pilots.outcomes:
        assert bool(one.differs_as_printed) == ((one.authority, one.outcome.code) in corrected)


def test_the_same_study_gives_the_same_numbers(draw_study: DrawStudy) -> None:
    study = read_study(draw_study())
    first, second = (evaluate([study]).table() for _ in range(2))
    assert first.equals(second)


def drawn(tmp_path: Path, name: str = "drawn", **arguments: object) -> Study:
    counts = drawn_counts(schools=6, treated=3, terms=3, mean=8)
    return read_study(write_study(tmp_path / name, {"s17": counts}, treated=3, **arguments))  # type: ignore[arg-type]


def test_no_studies_and_two_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="at least one"):
        evaluate([])
    with pytest.raises(StudyError, match=r"Two of the studies are called drawn\..*its own name"):
        evaluate([drawn(tmp_path / "here"), drawn(tmp_path / "there")])


def test_one_study_alone_is_not_pooled(tmp_path: Path) -> None:
    assert evaluate([drawn(tmp_path)]).pooled == ()


def test_outcomes_that_only_one_authority_has_are_carried_with_the_reason(tmp_path: Path) -> None:
    other = write_study(tmp_path / "other", {"s47": drawn_counts(schools=6, treated=3, terms=3, mean=8)}, treated=3)
    pooled = evaluate([drawn(tmp_path), read_study(other)]).pooled
    assert [(one.outcome, one.pooled) for one in pooled] == [("s17", None), ("s47", None)]
    assert all(one.reason for one in pooled)


def test_an_outcome_that_cannot_be_estimated_is_kept_with_its_reason_beside_one_that_can(tmp_path: Path) -> None:
    counts = drawn_counts(schools=6, treated=3, terms=3, mean=8)
    study = read_study(write_study(tmp_path / "drawn", {"s17": counts, "s47": counts * 0}, treated=3))
    first, second = evaluate_study(study).outcomes
    assert first.appraisal is not None
    assert second.appraisal is None
    assert "no events" in second.reason
    row = evaluate([study]).table().row(1, named=True)
    assert (row["verdict"], row["permutation_p"], row["reason"]) == ("not estimable", None, second.reason)
    assert repr(second).startswith("OutcomeEvaluation(Drawn, s47: ")


def test_progress_is_told_for_every_outcome_and_ends_at_the_total(tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    evaluate(
        [drawn(tmp_path, "one"), drawn(tmp_path, "two")], progress=lambda what, done, of: told.append((what, done, of))
    )
    assert told == [("One: Outcome s17", 0, 2), ("Two: Outcome s17", 1, 2), ("Taken together", 2, 2)]


def test_a_correction_that_changes_the_verdicts_table_shows_in_both_appraisals(draw_study: DrawStudy) -> None:
    (one,) = evaluate_study(read_study(draw_study(add=CORRECTION))).outcomes
    assert one.as_printed is not None
    assert one.appraisal is not None
    assert one.as_printed.comparison.count[0, 0] == 4
    assert one.appraisal.comparison.count[0, 0] == 5
    assert one.reproduction_as_printed == ()


def test_terms_since_the_launch_are_those_that_begin_then_or_later(tmp_path: Path) -> None:
    (one,) = evaluate_study(drawn(tmp_path)).outcomes
    assert one.terms_since_launch == TERMS[-1:]


def test_bayesian_pooling_without_the_extra_is_refused_before_any_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bayes, "find_spec", lambda name: None)
    told: list[str] = []
    with pytest.raises(NotEstimable, match="numpyro"):
        evaluate([drawn(tmp_path)], bayes=True, progress=lambda what, done, of: told.append(what))
    assert told == []


def test_bayesian_pooling_is_asked_for_both_priors_and_keeps_two_studies_of_one_authority_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def pretend(comparisons: Mapping[str, Comparison], *, prior: str, seed: int) -> str:
        asked.append((list(comparisons), seed))
        return prior

    monkeypatch.setattr(together, "pool_bayes", pretend)
    names = ("one/here", "two/HERE", "two/there")
    (pooled,) = evaluate([drawn(tmp_path, name) for name in names], bayes=True).pooled
    assert pooled.pooled is not None
    assert pooled.bayes == ("default", "wide")
    assert asked == [(["Here", "Here (2)", "There"], 20200501)] * 2


def test_bayesian_pooling_leaves_out_an_authority_without_an_estimate(tmp_path: Path) -> None:
    silent = write_study(tmp_path / "silent", {"s17": drawn_counts(schools=6, treated=3, terms=3, mean=0)}, treated=3)
    (pooled,) = evaluate([drawn(tmp_path), read_study(silent)], bayes=True).pooled
    assert pooled.bayes == ()
    assert pooled.pooled is None
