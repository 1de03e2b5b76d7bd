"""Studies that break things: each gives a report, or an error that says what to do, and never a traceback."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from swis.errors import SwisError, TableError
from swis.report.compose import compose_report
from swis.report.document import Document
from swis.report.html import write_html
from swis.study.lock import lock_study
from swis.study.read import read_study
from swis.study.together import Evaluation, evaluate
from tests.report.reading import words_of
from tests.study.drawn_studies import TERMS, Counts, drawn_counts, write_study

TREATED = 3
DRAWN = drawn_counts(schools=6, treated=TREATED, terms=3, mean=8)
SEVEN = ("Autumn 2017", "Spring 2018", "Summer 2018", "Autumn 2018", "Spring 2019", "Autumn 2019", "Spring 2020")
RANDOMISED = 'comparison = "randomised"'


def report(folder: Path) -> tuple[Evaluation, Document]:
    evaluation = evaluate([read_study(folder)])
    return evaluation, compose_report(evaluation)


def kind(evaluation: Evaluation) -> str:
    (one,) = evaluation.outcomes
    return one.reason if one.appraisal is None else one.appraisal.verdict.kind


def with_zeros(*, schools: slice = slice(None), terms: slice = slice(None)) -> Counts:
    counts = DRAWN.copy()
    counts[schools, terms] = 0
    return counts


def unobserved(*, schools: slice = slice(None), terms: slice = slice(None)) -> Counts:
    counts = DRAWN.copy()
    counts[schools, terms] = -1
    return counts


WITH, WITHOUT = slice(0, TREATED), slice(TREATED, None)
FIRST, LAST = slice(0, 1), slice(2, 3)
TABLES: dict[str, tuple[Counts, str]] = {
    "nothing counted anywhere": (with_zeros(), "a term has no events"),
    "nothing in schools with a social worker": (with_zeros(schools=WITH), "one arm has no events"),
    "nothing in schools without": (with_zeros(schools=WITHOUT), "one arm has no events"),
    "nothing in one term": (with_zeros(terms=FIRST), "a term has no events"),
    "one event in all": (np.eye(6, 3, dtype=int) * [1, 0, 0], "a term has no events"),
    "separated downwards": (with_zeros(schools=WITH, terms=LAST), "cannot tell"),
    "separated upwards": (with_zeros(schools=WITHOUT, terms=LAST), "cannot tell"),
    "the same count everywhere": (np.full((6, 3), 4), "cannot tell"),
    "very many events": (drawn_counts(schools=6, treated=TREATED, terms=3, mean=300), "cannot tell"),
    "a school-term that was not observed": (unobserved(schools=FIRST, terms=FIRST), "cannot tell"),
    "a term that was not observed": (unobserved(terms=FIRST), "cannot tell"),
    "no last term in schools with a social worker": (unobserved(schools=WITH, terms=LAST), "one arm has no events"),
}


@pytest.mark.parametrize("name", TABLES)
def test_an_odd_table_gives_a_report_that_says_what_it_is(name: str, tmp_path: Path) -> None:
    counts, expected = TABLES[name]
    evaluation, document = report(write_study(tmp_path / "drawn", {"s17": counts}, treated=TREATED))
    assert expected in kind(evaluation)
    words = words_of(document.body)
    assert "nan" not in words.lower().split()
    if evaluation.outcomes[0].appraisal is None:
        assert "Nothing can be estimated" in words
        assert kind(evaluation) in words
    write_html(document)


@pytest.mark.parametrize(("treated", "arm"), [(0, "intervention"), (6, "comparison")])
def test_a_study_with_one_arm_alone_is_refused_with_what_to_do(treated: int, arm: str, tmp_path: Path) -> None:
    with pytest.raises(TableError, match=f"no school of the arm {arm}. A comparison needs both; add the rows"):
        report(write_study(tmp_path / "drawn", {"s17": DRAWN}, treated=treated))


@pytest.mark.parametrize("term", [slice(1, 2), LAST])
def test_a_reference_or_last_term_without_rows_is_refused(term: slice, tmp_path: Path) -> None:
    with pytest.raises(TableError, match="no row in Autumn"):
        report(write_study(tmp_path / "drawn", {"s17": unobserved(terms=term)}, treated=TREATED))


def strong(schools: int, terms: int) -> Counts:
    return drawn_counts(schools=schools, treated=schools // 2, terms=terms, mean=30, ratio=0.25)


def test_two_terms_alone_cannot_tell_for_matched_schools_but_can_for_drawn_ones(tmp_path: Path) -> None:
    arguments = {"treated": 10, "terms": TERMS[1:], "after": TERMS[-1:]}
    matched, document = report(write_study(tmp_path / "matched", {"s17": strong(20, 2)}, **arguments))  # type: ignore[arg-type]
    assert kind(matched) == "cannot tell"
    words = words_of(document.body)
    assert "no earlier terms to judge by" in words
    assert "too few schools" not in words
    assert "Trends before the start: not testable" in words
    drawn, document = report(
        write_study(tmp_path / "drawn", {"s17": strong(20, 2)}, study=RANDOMISED, **arguments)  # type: ignore[arg-type]
    )
    assert kind(drawn) == "supported"
    assert "moved alike" not in words_of(document.body)


@pytest.mark.parametrize("terms", [2, 3])
def test_one_school_on_each_side_is_not_estimable_and_says_so(terms: int, tmp_path: Path) -> None:
    counts = drawn_counts(schools=2, treated=1, terms=terms, mean=8)
    names = TERMS[-terms:]
    evaluation, document = report(
        write_study(tmp_path / "drawn", {"s17": counts}, treated=1, terms=names, after=names[-1:])
    )
    assert "no degrees of freedom" in kind(evaluation)
    assert "no degrees of freedom" in words_of(document.body)


def test_several_terms_after_the_start(tmp_path: Path) -> None:
    counts = drawn_counts(schools=8, treated=4, terms=7, mean=8, after=2)
    _, document = report(write_study(tmp_path / "drawn", {"s17": counts}, treated=4, terms=SEVEN, after=SEVEN[-2:]))
    assert "contrasts Autumn 2019 and Spring 2020 with all earlier terms" in words_of(document.body)


def test_rare_events_over_many_terms(tmp_path: Path) -> None:
    counts = drawn_counts(schools=6, treated=3, terms=7, mean=0.4, seed=4)
    evaluation, _ = report(write_study(tmp_path / "drawn", {"s17": counts}, treated=3, terms=SEVEN, after=SEVEN[-1:]))
    assert kind(evaluation)


EIGHT = drawn_counts(schools=8, treated=4, terms=3, mean=8)
UNIT = '[analysis]\npermutation_unit = "cluster"\n'


def in_groups(key: str, of: int) -> dict[int, str]:
    return {place: f', {key} = "G{place // of}"' for place in range(8)}


def test_clusters_are_the_unit_where_the_protocol_says_so(tmp_path: Path) -> None:
    folder = write_study(tmp_path / "drawn", {"s17": EIGHT}, treated=4, schools=in_groups("cluster", 2), add=UNIT)
    evaluation, document = report(folder)
    assert kind(evaluation) == "cannot tell"
    words = words_of(document.body)
    assert "There are only 6 ways to choose the clusters that got one" in words
    assert "choose four of them" not in words


def test_clusters_stand_beside_where_schools_are_the_unit(tmp_path: Path) -> None:
    folder = write_study(tmp_path / "drawn", {"s17": EIGHT}, treated=4, schools=in_groups("cluster", 2))
    one = report(folder)[0].outcomes[0].appraisal
    assert one is not None
    assert one.cluster_permutation is not None


def test_a_cluster_with_schools_of_both_arms(tmp_path: Path) -> None:
    mixed = in_groups("cluster", 3)
    evaluation, document = report(write_study(tmp_path / "one", {"s17": EIGHT}, treated=4, schools=mixed))
    assert kind(evaluation) in ("supported", "not supported")
    assert "Randomisation test with clusters: s17: a cluster has schools of both arms" in words_of(document.body)
    evaluation, _ = report(write_study(tmp_path / "two", {"s17": EIGHT}, treated=4, schools=mixed, add=UNIT))
    assert "use schools as the unit" in kind(evaluation)


def test_strata_bound_the_choices_and_the_words_say_so(tmp_path: Path) -> None:
    folder = write_study(
        tmp_path / "drawn",
        {"s17": EIGHT},
        treated=4,
        schools={place: f', stratum = "S{place // 2 if place > 1 else 0}"' for place in range(8)},
        add='[analysis]\nstrata = "stratum"\n',
    )
    evaluation, document = report(folder)
    assert kind(evaluation) == "cannot tell"
    assert "There is only one way to choose four of them within their strata" in words_of(document.body)
    assert "by chance every time" in words_of(document.body)


def test_schools_without_events_are_named_as_what_keeps_p_from_falling(tmp_path: Path) -> None:
    counts = np.zeros((10, 3), dtype=int)
    counts[[0, 1, 5]] = [[4, 5, 3], [6, 4, 5], [3, 5, 6]]
    evaluation, document = report(write_study(tmp_path / "drawn", {"s17": counts}, treated=5))
    test = evaluation.outcomes[0].appraisal
    assert test is not None
    assert test.permutation.smallest_p <= 0.05 < test.permutation.smallest_p_here
    words = words_of(document.body)
    assert "Schools in which nothing was counted could change places" in words
    assert "There are only 252 ways" not in words


def test_forty_schools_are_drawn_at_random_and_give_the_same_report_twice(tmp_path: Path) -> None:
    counts = drawn_counts(schools=40, treated=20, terms=3, mean=5)
    folder = write_study(tmp_path / "drawn", {"s17": counts}, treated=20)
    (first, document), (_, again) = report(folder), report(folder)
    one = first.outcomes[0].appraisal
    assert one is not None
    assert not one.permutation.enumerated
    assert write_html(document) == write_html(again)


def test_one_school_with_and_many_without(tmp_path: Path) -> None:
    counts = drawn_counts(schools=25, treated=1, terms=3, mean=9)
    _, document = report(write_study(tmp_path / "drawn", {"s17": counts}, treated=1))
    assert "only 1 school with a social worker" in words_of(document.body)


def test_days_that_are_no_whole_terms_and_a_unit_in_fractions(tmp_path: Path) -> None:
    folder = write_study(tmp_path / "drawn", {"days": DRAWN * 61 + 7}, treated=TREATED)
    text = (folder / "study.toml").read_text(encoding="utf-8")
    (folder / "study.toml").write_text(
        text.replace('kind = "events"', 'kind = "days"\nunit_of_count = 61.5'), encoding="utf-8"
    )
    evaluation, document = report(folder)
    assert kind(evaluation) == "cannot tell"
    assert "lots of 61.5 days" in words_of(document.body)


BARE_ABSENT = ("Printed and reproduced", "What it cost\nThe programme", "How social workers were present", "literature")


def test_a_study_of_two_files_alone_claims_nothing_of_what_it_does_not_have(tmp_path: Path) -> None:
    _, document = report(write_study(tmp_path / "drawn", {"s17": DRAWN}, treated=TREATED))
    words = words_of(document.body)
    assert "No costs were reported." in words
    assert "No simulation is stored with these studies" in words
    assert "The publication claimed" not in words
    assert "Why the published results looked firmer" not in words
    assert not [absent for absent in BARE_ABSENT if absent in words]


@pytest.mark.parametrize("name", ["2019 pilot", "Städte_Nord", "a--b", "Ünï", "north.east", "verdict"])
def test_any_name_of_a_folder_will_do(name: str, tmp_path: Path) -> None:
    _, document = report(write_study(tmp_path / name, {"s17": DRAWN}, treated=TREATED))
    assert write_html(document)


def test_names_that_differ_only_in_case_or_accents_are_kept_apart(tmp_path: Path) -> None:
    names = ("Nord", "nord", "nörd")
    studies = [read_study(write_study(tmp_path / name, {"s17": DRAWN}, treated=TREATED)) for name in names]
    assert write_html(compose_report(evaluate(studies)))


@pytest.mark.parametrize("code", ["plan", "programme", "costs", "study", "findings"])
def test_an_outcome_may_be_called_like_a_part_of_the_report(code: str, tmp_path: Path) -> None:
    assert report(write_study(tmp_path / "drawn", {code: DRAWN}, treated=TREATED))


CLAIMS = (
    "item,category,amount,basis,useful_life_years,period,source\nworkers,staffing,1000.00,period,,autumn term 2019,\n"
)
MONEY = '[money]\nprice_year = {year}\nperiod = "autumn term {year}"\nmonths = 4\n'


def test_costs_of_different_periods_each_keep_theirs(tmp_path: Path) -> None:
    studies = [
        read_study(
            write_study(
                tmp_path / name,
                {"s17": DRAWN},
                treated=TREATED,
                add=MONEY.format(year=year),
                files={"claims.csv": CLAIMS.replace("2019", year)},
            )
        )
        for name, year in (("here", "2019"), ("there", "2020"))
    ]
    words = words_of(compose_report(evaluate(studies)).body)
    assert "for autumn term 2019, in prices of 2019 and £1,000.00 in There, for autumn term 2020" in words


Spoil = Callable[[str], str]
SPOILT: dict[str, tuple[str, Spoil]] = {
    "a negative count": ("school_terms.csv", lambda text: text.replace("Autumn 2017,", "Autumn 2017,-", 1)),
    "a school-term twice": ("school_terms.csv", lambda text: text + text.splitlines()[1] + "\n"),
    "no rows": ("school_terms.csv", lambda text: text.splitlines()[0] + "\n"),
    "an unknown key": ("study.toml", lambda text: text.replace("[terms]", "[terms]\nlast = 3", 1)),
    "a reference that is not there": ("study.toml", lambda text: text.replace('reference = "', 'reference = "Not ', 1)),
    "an outcome of no rows": ("study.toml", lambda text: text.replace('code = "s17"', 'code = "s47"')),
    "not TOML": ("study.toml", lambda text: "]" + text),
}


@pytest.mark.parametrize("name", SPOILT)
def test_a_spoilt_study_is_refused_with_its_file(name: str, tmp_path: Path) -> None:
    file, spoil = SPOILT[name]
    folder = write_study(tmp_path / "drawn", {"s17": DRAWN}, treated=TREATED)
    (folder / file).write_text(spoil((folder / file).read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(SwisError, match=r"study\.toml|school_terms\.csv"):
        report(folder)


def test_a_study_without_a_source_names_none(tmp_path: Path) -> None:
    folder = write_study(tmp_path / "drawn", {"s17": DRAWN}, treated=TREATED)
    assert "Source of the figures" not in words_of(report(folder)[1].body)


def test_a_plan_that_was_changed_after_its_lock_is_told_on_the_first_page(tmp_path: Path) -> None:
    folder = write_study(tmp_path / "drawn", {"s17": DRAWN}, treated=TREATED)
    lock_study(folder, on=date(2019, 3, 1))
    assert "was changed after it was locked" not in words_of(report(folder)[1].body)
    protocol = folder / "study.toml"
    protocol.write_text(protocol.read_text(encoding="utf-8") + "\n[analysis]\nseed = 7\n", encoding="utf-8")
    words = words_of(report(folder)[1].body)
    assert "The plan of Drawn was changed after it was locked." in words
    assert "by itself as locked, but what all outcomes share was changed" in words
