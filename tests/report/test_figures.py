import itertools
import math
import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from swis.errors import OutputError
from swis.estimate.comparison import Comparison
from swis.report.document import Figure
from swis.report.drawing import PAGE_WIDTH, TEXT_SIZE
from swis.report.figures.claims import ClaimRow, claims_figure, headline
from swis.report.figures.costs import cost_figure, format_amount
from swis.report.figures.effect import effect_figure
from swis.report.figures.labels import short_labels, spread
from swis.report.figures.permutation import permutation_figure
from swis.report.figures.ratios import Interval, RatioAxis, format_ratio
from swis.report.figures.size import SizeRow, size_figure
from swis.report.figures.trend import trend_figure
from tests.report.drawn import claim_rows, interval_rows, pilot_comparison

INF = math.inf


def permutations(values: list[float], observed: float) -> Figure:
    return permutation_figure(
        values, observed, identifier="p", outcome_name="enquiries", p_value=2 / 3, smallest_p=1 / len(values)
    )


def many_schools(schools: int, terms: int) -> Comparison:
    rng = np.random.default_rng(1)
    return Comparison(
        outcome="enquiries",
        schools=tuple(f"Authority_Secondary{i}_{'INT' if i % 3 else 'COMP'}" for i in range(schools)),
        terms=tuple(f"20{17 + t}-{18 + t} Term 1" for t in range(terms)),
        count=rng.poisson(4, (schools, terms)),
        pupils=np.full((schools, terms), 500.0),
        intervention=np.array([i % 3 != 0 for i in range(schools)]),
        reference="2017-18 Term 1",
        after=(f"20{16 + terms}-{17 + terms} Term 1",),
    )


FIGURES = {
    "trend of three terms": lambda: trend_figure(pilot_comparison(), identifier="t", outcome_name="enquiries", per=100),
    "trend of fifteen schools": lambda: trend_figure(many_schools(15, 3), identifier="t", outcome_name="a", per=1000),
    "trend of seven terms": lambda: trend_figure(many_schools(3, 7), identifier="t", outcome_name="a", per=100),
    "effect": lambda: effect_figure(interval_rows(), identifier="e", outcome_name="enquiries"),
    "claims": lambda: claims_figure(claim_rows(), identifier="c"),
    "costs": lambda: cost_figure([("Per worker", 48210.2), ("Per pupil", 41.2)], identifier="c", title="Cost"),
    "costs of nothing": lambda: cost_figure([("Per worker", 0.0)], identifier="c", title="Cost"),
    "three choices": lambda: permutations([0.65, 1.1, 1.7], 0.65),
    "many choices": lambda: permutations([math.exp(math.sin(i)) for i in range(494)] + [0.0], 0.0),
    "choices beyond the axis": lambda: permutations([0.0, 1e-8, 1.0, INF, INF], INF),
    "the same for all choices": lambda: permutations([1.0] * 495, 1.0),
    "size": lambda: size_figure([SizeRow(a, m, 0.3, 0.01) for a in "ABCDEFGH" for m in "xyz"], identifier="s"),
}


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_fits_the_page_in_readable_print_and_has_words_and_data(name: str) -> None:
    figure = FIGURES[name]()
    assert figure.drawing.width <= PAGE_WIDTH + 3
    assert figure.drawing.height <= 950
    sizes = [float(size) for size in re.findall(r'font-size="([\d.]+)px"', figure.drawing.svg)]
    assert min(sizes) >= TEXT_SIZE
    assert TEXT_SIZE * 0.75 >= 10
    assert "NaN" not in figure.drawing.svg
    assert figure.alt
    assert figure.data.rows


def test_a_trend_says_the_rate_of_each_arm_before_and_after() -> None:
    figure = trend_figure(pilot_comparison(), identifier="t", outcome_name="section 47 enquiries", per=100)
    assert "Schools with a social worker (1), taken together: 0.43 before, 0.25 after." in figure.alt
    assert "Schools without (2), taken together: 0.38 before, 0.40 after." in figure.alt
    assert "1 school-term was not observed." in figure.alt
    assert ("Sto_Secondary2_COMP", "without", "0.71", "not observed", "0.58") in figure.data.rows


def test_a_term_that_was_not_observed_leaves_a_gap_and_is_not_a_zero() -> None:
    comparison = pilot_comparison()
    figure = trend_figure(comparison, identifier="t", outcome_name="enquiries", per=100)
    lines = re.findall(r'<path aria-label|<path d="(M[^"]*)" stroke="#14212b" stroke-width="1.7"', figure.drawing.svg)
    assert sorted(line.count("L") for line in lines) == [0, 0, 2, 2]


def test_a_school_that_stops_early_is_labelled_with_its_last_term() -> None:
    comparison = pilot_comparison()
    comparison.pupils[0, 2] = comparison.count[0, 2] = 0
    figure = trend_figure(comparison, identifier="t", outcome_name="enquiries", per=100)
    assert "Primary1 (to Autumn 2018)" in figure.drawing.svg


def test_a_trend_of_schools_that_were_never_observed_can_be_drawn() -> None:
    comparison = replace(pilot_comparison(), count=np.zeros((3, 3)), pupils=np.zeros((3, 3)))
    figure = trend_figure(comparison, identifier="t", outcome_name="enquiries", per=100)
    assert "9 school-terms were not observed." in figure.alt


def test_a_launch_outside_the_terms_is_refused_and_one_inside_is_drawn() -> None:
    with pytest.raises(OutputError, match="Spring 2018"):
        trend_figure(pilot_comparison(), identifier="t", outcome_name="a", per=100, launch="Spring 2018")
    figure = trend_figure(pilot_comparison(), identifier="t", outcome_name="a", per=100, launch="Autumn 2018")
    assert figure.drawing.svg.count(">launch<") == 2


def test_short_labels_lose_what_all_share_but_never_become_the_same() -> None:
    assert short_labels(("SOU_Secondary1_INT", "Sou_Secondary2_COMP")) == ("Secondary1", "Secondary2")
    assert short_labels(("A_1_INT", "A_1_COMP")) == ("A_1_INT", "A_1_COMP")
    assert short_labels(("Only_One_INT",)) == ("Only_One",)
    assert short_labels(()) == ()
    assert len(short_labels(("x" * 80,))[0]) < 30


@given(st.lists(st.floats(-50, 350), max_size=20))
def test_labels_are_spread_apart_in_order_and_within_the_panel(wanted: list[float]) -> None:
    places = spread(wanted, gap=16, low=0, high=300)
    order = sorted(range(len(wanted)), key=lambda i: (wanted[i], i))
    apart = [places[after] - places[before] for before, after in itertools.pairwise(order)]
    gap = min(16, 300 / max(len(wanted) - 1, 1))
    assert all(step >= gap - 1e-6 for step in apart)
    assert all(-1e-6 <= place <= 300 + 1e-6 for place in places)


def test_labels_that_have_room_stay_where_they_are() -> None:
    assert spread([10.0, 100.0, 50.0], gap=16, low=0, high=300) == pytest.approx([10, 100, 50])


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.0, "0"), (INF, "unbounded"), (0.65, "0.65"), (1.0, "1.00"), (11.04, "11.0"), (1234.5, "1,234"),
     (0.0123, "0.012"), (1.43e-8, "1.43e-8"), (0.0948, "0.095"), (9.949, "9.95"), (9.96, "10.0"), (99.6, "100")],
)  # fmt: skip
def test_a_ratio_is_printed_with_the_digits_a_reader_can_use(value: float, words: str) -> None:
    assert format_ratio(value) == words


@given(st.floats(min_value=0, exclude_min=True, allow_nan=False, allow_infinity=False))
def test_a_ratio_above_nought_is_never_printed_as_nought(value: float) -> None:
    assert format_ratio(value).strip("0.") != ""


ends = st.one_of(st.just(0.0), st.just(INF), st.floats(1e-12, 1e12))


@given(st.lists(st.tuples(ends, ends, ends).map(sorted), min_size=1, max_size=6))
def test_nothing_is_drawn_off_the_axis_and_no_estimate_is_moved(triples: list[list[float]]) -> None:
    intervals = [Interval(estimate, low, high) for low, estimate, high in triples]
    axis = RatioAxis.over(intervals, width=200)
    assert axis.holds(1.0)
    for interval in intervals:
        marks = axis.marks(interval)
        assert all(axis.holds(place) for place in marks.values())
        assert marks.get("estimate", interval.estimate) == interval.estimate
        cut = "arrow_low" in marks or "arrow_high" in marks
        assert cut == bool(axis.beyond(interval))
        if not cut:
            assert (marks["from"], marks["to"]) == (interval.low, interval.high)


def test_an_interval_that_is_not_known_is_not_drawn() -> None:
    axis = RatioAxis.over([Interval(None, None, None)], width=200)
    assert axis.marks(Interval(None, None, None)) == {}
    assert axis.marks(Interval(0.0, None, None)) == {}
    assert axis.beyond(Interval(0.0, None, None)) == "it lies beyond this axis"


def test_the_effect_figure_says_in_words_what_it_cannot_draw() -> None:
    figure = effect_figure(interval_rows(), identifier="e", outcome_name="enquiries", analysis="Stockport")
    assert "in Stockport" in figure.caption
    assert "2 of 3 intervals leave out 1" in figure.alt
    assert "For 1 no interval can be given." in figure.alt
    assert "starts below this axis" in figure.drawing.svg
    assert ("Wild bootstrap", "not estimable", "not estimable", "not estimable", "separated") in figure.data.rows
    assert ("CR2", "1.10", "1.00e-9", "unbounded", "") in figure.data.rows


def test_figures_without_rows_are_refused() -> None:
    for build in (
        lambda: effect_figure([], identifier="e", outcome_name="a"),
        lambda: claims_figure([], identifier="e"),
        lambda: cost_figure([], identifier="e", title="a"),
        lambda: size_figure([], identifier="e"),
        lambda: size_figure([SizeRow("a", str(i), 0.1, 0.01) for i in range(7)], identifier="e"),
    ):
        with pytest.raises(OutputError, match="'e'"):
            build()


def row(claim: str, verdict: str) -> ClaimRow:
    interval = Interval(0.5, 0.3, 0.9)
    return ClaimRow("A", interval, claim, interval, verdict, "Because.")  # type: ignore[arg-type]


def test_the_headline_counts_what_was_claimed_and_what_stands() -> None:
    yes, no = "significant", "not significant"
    assert headline(claim_rows()) == "Two effects were claimed in 4 analyses. None of them stands."
    assert headline([row(yes, "cannot tell")]) == "One effect was claimed in 1 analysis. It does not stand."
    assert headline([row(yes, "supported"), row(no, "cannot tell")]) == (
        "One effect was claimed in 2 analyses. It stands."
    )
    assert headline([row(yes, "supported"), row(yes, "not supported")]) == (
        "Two effects were claimed in 2 analyses. One of them stands."
    )
    assert headline([row(yes, "supported"), row(yes, "supported")]).endswith("All of them stand.")
    assert headline([row(no, "cannot tell")]) == "No effect was claimed in 1 analysis."


def test_the_claims_figure_says_every_verdict_in_words() -> None:
    figure = claims_figure(claim_rows(), identifier="c")
    assert figure.alt.startswith("Two effects were claimed")
    for item in claim_rows()[:2]:
        assert (
            f"{item.published_claim}; here {item.ours.words}, {item.verdict}: {item.reason.rstrip('.')}." in figure.alt
        )
    assert figure.drawing.svg.count(">Not supported<") == 2
    assert figure.drawing.svg.count(">Significant<") == 2


def test_the_real_choice_is_marked_once_and_must_be_among_the_choices() -> None:
    figure = permutations([0.65, 0.65, 1.7], 0.65)
    assert "chosen in fact: 0.65" in figure.drawing.svg
    assert [cells[2] for cells in figure.data.rows].count("made in fact") == 1
    for observed in (0.9, math.nan):
        with pytest.raises(OutputError, match="real choice"):
            permutations([0.65, 1.1], observed)


def test_choices_without_an_estimate_are_counted() -> None:
    figure = permutations([0.65, 1.1, math.nan, math.nan], 0.65)
    assert "2 further choices give no estimate" in figure.caption
    assert "4 choices of schools were possible" in figure.alt


def test_many_choices_are_listed_in_bands_that_hold_them_all() -> None:
    values = [math.exp(math.sin(i)) for i in range(400)] + [0.0, INF]
    figure = permutations(values, INF)
    assert sum(int(str(cells[1])) for cells in figure.data.rows) == len(values)
    assert [cells[2] for cells in figure.data.rows].count("holds the choice made in fact") == 1


def test_the_size_figure_says_where_a_method_errs_too_often() -> None:
    rows = [
        SizeRow("A", "Published", 0.3, 0.01),
        SizeRow("A", "Ours", 0.055, 0.01),
        SizeRow("B", "Published", 0.04, 0.01),
    ]
    alt = size_figure(rows, identifier="s").alt
    assert "Published: 4.0% to 30.0%; clearly above 5% in 1 of 2 analyses." in alt
    assert "Ours: 5.5%; clearly above 5% in 0 of 1 analyses." in alt


def test_amounts_carry_their_unit() -> None:
    assert format_amount(48210.2, "£") == "£48,210"
    assert format_amount(41.237, "£") == "£41.24"
    assert format_amount(-120, "£") == "−£120"
    assert format_amount(12, "hours") == "12.00 hours"
