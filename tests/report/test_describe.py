"""The first look at the data: what it tells, and that it tells nothing which its policy hides."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from swis.disclosure.policy import POLICIES, dfe
from swis.errors import ProtocolError
from swis.report.describe import compose_description
from swis.report.html import write_html
from swis.report.write import WRITERS, write_document
from swis.study.describe import DRAWINGS, Description, Volatility, describe_study
from swis.study.read import read_study
from tests.report.reading import cells_of, tables_of, words_of
from tests.study.conftest import DrawStudy
from tests.study.conftest import draw_study as draw_study
from tests.study.drawn_studies import TERMS, Counts, drawn_counts, write_study

STUDIES = Path(__file__).parents[2] / "studies"
FOUR_TERMS = ("Autumn 2016", *TERMS)


def drawn(folder: Path, counts: list[list[int]], **options: object) -> Path:
    return write_study(folder, {"s47": np.array(counts)}, treated=2, **options)  # type: ignore[arg-type]


def page(folder: Path, policy: str = "dfe") -> str:
    return write_html(compose_description(describe_study(read_study(folder), policy=POLICIES.get(policy))))


COUNTS = [[0, 9, 3], [12, 14, 30], [0, 0, 0], [8, -1, 11], [4, 22, 17]]


def test_small_counts_are_hidden_and_the_rest_stands_in_the_table(tmp_path: Path) -> None:
    document = compose_description(describe_study(read_study(drawn(tmp_path, COUNTS)), policy=dfe()))
    (counts,) = (table for name, table in tables_of(document).items() if name.endswith("-counts"))
    rows = cells_of(counts)
    assert rows[0]["Autumn 2017"] == "0 / 400 (0.00)"
    assert rows[0]["Autumn 2019"] == "[c] / 400"
    assert rows[1]["Autumn 2019"] == "30 / 400 (7.50)"
    assert rows[3]["Autumn 2018"] == "not observed"
    assert "numbers from 1 to 5 are hidden" in words_of(document.body)


def test_nothing_is_drawn_for_a_hidden_number_and_the_figure_says_so(tmp_path: Path) -> None:
    counts = [[9, 3, 8], [7, 7, 7], [9, 9, 9], [2, 3, 4]]
    (figure,) = compose_description(describe_study(read_study(drawn(tmp_path, counts)), policy=dfe())).figures
    assert "4 numbers of 12 hidden and not drawn" in figure.alt
    assert "1 school without a mark" in figure.caption
    assert "School04" not in figure.drawing.svg
    assert cells_of(figure.data)[0]["Autumn 2018"] == "[c]"


def test_zeros_are_counted_by_arm_before_the_start_alone(tmp_path: Path) -> None:
    (one,) = describe_study(read_study(drawn(tmp_path, [[0, 9, 0], *COUNTS[1:]])), policy=dfe()).outcomes
    assert one.floor is not None
    told = [(each.zeros, each.school_terms, each.never_above_zero, each.schools) for each in one.floor]
    assert told == [(1, 4, 0, 2), (2, 5, 1, 3)]


def test_zeros_are_not_told_where_the_policy_hides_zeros(tmp_path: Path) -> None:
    description = describe_study(read_study(drawn(tmp_path, COUNTS)), policy=dfe(hide_none_and_all=True))
    assert description.outcomes[0].floor is None
    assert "Not told: the policy hides zeros." in words_of(compose_description(description).body)


def test_leaps_are_of_terms_before_the_start_and_of_shown_numbers(tmp_path: Path) -> None:
    (one,) = describe_study(read_study(drawn(tmp_path, COUNTS)), policy=dfe()).outcomes
    assert [(leap.school, leap.counts) for leap in one.leaps] == [("School01", (0, 9)), ("School02", (12, 14))]
    assert {leap.terms for leap in one.leaps} == {("Autumn 2017", "Autumn 2018")}
    assert [leap.deviations for leap in one.leaps] == pytest.approx([3.0, 2 / np.sqrt(26)])


def test_dispersion_without_hiding_is_pearsons_of_the_terms_before_the_start(tmp_path: Path) -> None:
    counts = drawn_counts(schools=8, treated=2, terms=4, mean=12)
    study = read_study(drawn(tmp_path, counts.tolist(), terms=FOUR_TERMS, after=FOUR_TERMS[-1:]))
    (one,) = describe_study(study, policy=None).outcomes
    assert isinstance(one.volatility, Volatility)
    before = counts[:, :3].astype(float)
    stable = before.mean(axis=1, keepdims=True) * np.ones(3)
    # With the same pupils everywhere the fit with term effects is that of independence.
    moving = before.sum(axis=1, keepdims=True) * before.sum(axis=0) / before.sum()
    expected = [float(((before - fit) ** 2 / fit).sum()) / df for fit, df in ((stable, 16), (moving, 14))]
    assert [one.volatility.stable_low, one.volatility.moving_low] == pytest.approx(expected)
    assert [one.volatility.stable_high, one.volatility.moving_high] == pytest.approx(expected)
    assert one.volatility.drawings == 0


def test_dispersion_with_hidden_numbers_is_a_range(tmp_path: Path) -> None:
    (one,) = describe_study(read_study(drawn(tmp_path, COUNTS)), policy=dfe()).outcomes
    assert isinstance(one.volatility, Volatility)
    assert one.volatility.drawings == DRAWINGS
    assert one.volatility.stable_low < one.volatility.stable_high


@pytest.mark.parametrize(
    ("counts", "says"),
    [
        ([[1, 2, 9], [9, 2, 9], [3, 4, 9], [0, 4, 9]], "more than half of the numbers before the start are hidden"),
        ([[0, 0, 9], [0, 0, 9], [0, 0, 9], [0, 0, 9]], "too few school-terms with events before the start"),
    ],
)
def test_dispersion_that_cannot_be_told_says_why(tmp_path: Path, counts: list[list[int]], says: str) -> None:
    assert f"Not told: {says}" in page(drawn(tmp_path, counts))


def test_one_term_before_the_start_has_no_scatter(tmp_path: Path) -> None:
    counts = [[9, 8], [8, 8], [7, 9], [9, 9]]
    assert "or one term alone" in page(drawn(tmp_path, counts, terms=TERMS[1:]))


def test_days_are_hidden_by_the_children_that_they_can_be(tmp_path: Path) -> None:
    counts = [[122, 610, 0], [611, 900, 732], [4, 0, 700], [800, 900, 1000]]
    study = read_study(drawn(tmp_path, counts))
    assert describe_study(study, policy=dfe()).outcomes[0].shown.hidden == 1  # as events, only the 4
    text = (tmp_path / "study.toml").read_text(encoding="utf-8").replace('kind = "events"', 'kind = "days"')
    (tmp_path / "study.toml").write_text(text, encoding="utf-8")
    (one,) = describe_study(read_study(tmp_path), policy=dfe()).outcomes
    assert one.shown.counts == ((None, None, 0), (611, 900, 732), (None, 0, 700), (800, 900, 1000))
    assert "up to 610 days are hidden" in page(tmp_path)


def test_days_of_a_longer_term_move_the_limit(tmp_path: Path) -> None:
    folder = drawn(
        tmp_path, [[651, 700, 0]] * 4, outcome="unit_of_count = 122", add='[terms.days]\n"Autumn 2017" = 130'
    )
    text = (folder / "study.toml").read_text(encoding="utf-8").replace('kind = "events"', 'kind = "days"')
    (folder / "study.toml").write_text(text, encoding="utf-8")
    (one,) = describe_study(read_study(folder), policy=dfe()).outcomes
    assert one.policy is not None
    assert one.policy.largest_small == 650


def test_gaps_and_rolls_are_the_findings_of_the_check_and_findings_with_counts_stay_out(draw_study: DrawStudy) -> None:
    folder = draw_study(
        terms={
            "Autumn 2017,4,200,2.00": "Autumn 2017,4,100,2.55",
            "s47,Fir_COMP,control,Autumn 2018,2,250,0.80,100,drawn\n": "",
        }
    )
    text = page(folder)
    assert "Elm: the roll changes by more than 25% between terms: 100 in Autumn 2017, 200 in Autumn 2018" in text
    assert "1 school-term has no row: Fir in Autumn 2018" in text
    assert "2.55" not in text
    assert "does not follow from" not in text


def test_without_a_policy_the_page_warns_and_gives_hashes(tmp_path: Path) -> None:
    text = page(drawn(tmp_path, COUNTS), "none")
    assert "Not to leave the team" in text
    assert "3 / 400 (0.75)" in text
    assert read_study(tmp_path).hashes.files["school_terms.csv"] in text


def test_it_says_that_looking_is_not_testing_and_estimates_nothing(tmp_path: Path) -> None:
    text = page(drawn(tmp_path, COUNTS))
    assert "Looking is not testing" in text
    assert "The plan is not locked" in text
    for word in ("rate ratio of", "p-value", "confidence", "verdict"):
        assert word not in text.split("<main", 1)[1].lower()


def test_an_outcome_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProtocolError, match="no outcome 's74'"):
        describe_study(read_study(drawn(tmp_path, COUNTS)), policy=dfe(), outcomes=("s74",))


def test_many_schools_are_drawn_in_part_and_tabled_in_full(tmp_path: Path) -> None:
    counts = drawn_counts(schools=90, treated=2, terms=3, mean=9)
    (figure,) = compose_description(describe_study(read_study(drawn(tmp_path, counts.tolist())), policy=dfe())).figures
    assert "66 schools beyond 22 an arm: in the data alone" in figure.caption
    assert len(figure.data.rows) == 90


# The attacker: if no hidden number leaves a trace, then other hidden numbers give the same bytes.


def hidden_otherwise(counts: Counts, policy: str, seed: int) -> Counts:
    """The same table with each small count replaced by another small one, drawn anew."""
    largest = POLICIES[policy].largest_small
    other = np.random.default_rng(seed).integers(1, largest, size=counts.shape, endpoint=True)
    return np.where((counts >= 1) & (counts <= largest), other, counts)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 10_000),
    mean=st.sampled_from([2.0, 6.0, 9.0, 14.0]),
    policy=st.sampled_from(sorted(POLICIES)),
    schools=st.integers(4, 9),
)
def test_other_hidden_numbers_give_the_same_bytes(seed: int, mean: float, policy: str, schools: int) -> None:
    counts = drawn_counts(schools=schools, treated=2, terms=4, mean=mean, seed=seed)
    pages = []
    for table in (counts, hidden_otherwise(counts, policy, seed + 1)):
        with tempfile.TemporaryDirectory() as place:
            folder = drawn(Path(place) / "drawn", table.tolist(), terms=FOUR_TERMS, after=FOUR_TERMS[-1:])
            pages.append(page(folder, policy))
    assert pages[0] == pages[1]


@pytest.mark.parametrize("kind", ["pdf", "docx"])
def test_other_hidden_numbers_give_the_same_documents(tmp_path: Path, kind: str) -> None:
    made = []
    for number, count in enumerate((2, 5)):
        folder = drawn(tmp_path / str(number) / "drawn", [[count, 9, 3], *COUNTS[1:]])
        made.append(WRITERS[kind](compose_description(describe_study(read_study(folder), policy=dfe()))))
    assert made[0] == made[1]


@pytest.mark.parametrize("name", ["southampton", "stockport", "lambeth"])
@pytest.mark.parametrize("policy", sorted(POLICIES))
def test_other_hidden_numbers_of_the_pilots_give_the_same_page(tmp_path: Path, name: str, policy: str) -> None:
    folder = tmp_path / name
    shutil.copytree(STUDIES / name, folder)
    description = describe_study(read_study(folder), policy=POLICIES[policy])
    before = write_html(compose_description(description))
    assert change_hidden_counts(folder, description) > 5
    assert page(folder, policy) == before


def change_hidden_counts(folder: Path, description: Description) -> int:
    """Write other small counts where a count is hidden and no correction rests on it; how many were changed."""
    study = description.study
    corrected = {(each.outcome, each.school, each.term) for each in study.protocol.corrections}
    lines = (folder / "school_terms.csv").read_text(encoding="utf-8").splitlines()
    changed = 0
    for cell in study.school_terms:
        one = next(one for one in description.outcomes if one.outcome.code == cell.outcome)
        shown = one.shown.counts[one.shown.schools.index(cell.school)][one.shown.terms.index(cell.term)]
        if shown is None and (cell.outcome, cell.school, cell.term) not in corrected:
            fields = lines[cell.row - 1].split(",")
            fields[4] = str(1 if cell.count > 1 else 2)
            lines[cell.row - 1] = ",".join(fields)
            changed += 1
    (folder / "school_terms.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return changed


def test_no_hidden_count_or_rate_stands_anywhere_in_the_page(tmp_path: Path) -> None:
    # 397 is a prime: the rates of 1 to 5 have digits that nothing else on a page has.
    counts = [[1, 9, 3], [2, 14, 30], [4, 0, 5], [8, 7, 11]]
    text = page(drawn(tmp_path, counts, pupils=397))
    for count in range(1, 6):
        for digits in (str(count / 397)[:6], str(count * 100 / 397)[:6], f">{count} / 397"):
            assert digits not in text
    assert f"{9 * 100 / 397:.2f}" in text


def test_the_same_study_gives_the_same_files(tmp_path: Path) -> None:
    written = []
    for number in (1, 2):
        document = compose_description(describe_study(read_study(STUDIES / "southampton"), policy=dfe()))
        made = write_document(document, tmp_path / str(number), name="description", formats=("html", "docx"))
        written.append({kind: path.read_bytes() for kind, path in made.items()})
    assert written[0] == written[1]
