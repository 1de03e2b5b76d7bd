"""Figures: what is drawn, what is not and is said, and the table beside them."""

from __future__ import annotations

import re

import pytest
from django.template.loader import render_to_string
from hypothesis import example, given
from hypothesis import strategies as st

from service.pages.drawing import ticks_of
from service.pages.figures import Figure, Series
from service.pages.tables import Suppressed
from tests.service.pages.gallery import gallery_figures

TERMS = ("Autumn", "Spring", "Summer")


def shown(figure: Figure) -> str:
    return re.sub(r"\s+", " ", render_to_string("pages/figure.html", {"figure": figure}))


def line(*values: int | float | Suppressed | None) -> Figure:
    return Figure("Enquiries", TERMS, (Series("Alder", values),), kind="line", label_heading="Term")


def test_a_figure_is_one_picture_with_a_title_and_a_description() -> None:
    page = shown(line(3, 5, 9))
    assert 'role="img" aria-labelledby="enquiries-wide-title enquiries-wide-desc"' in page
    assert '<desc id="enquiries-wide-desc">Alder: 3 (Autumn) to 9 (Summer).</desc>' in page


@pytest.mark.parametrize("figure", gallery_figures(), ids=lambda figure: figure.title)
def test_every_id_stands_once_and_each_figure_has_its_table(figure: Figure) -> None:
    page = shown(figure)
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert "<table" in page
    assert "<script" not in page
    assert "style=" not in page


def test_a_withheld_figure_is_not_drawn_and_is_named() -> None:
    whole, withheld = line(3, 5, 9), line(3, Suppressed(), 9)
    assert len(withheld.drawings[0].strokes) == len(whole.drawings[0].strokes) - 1
    assert "Not drawn, withheld to protect privacy: Spring." in shown(withheld)
    assert "Withheld to protect privacy: Spring." in withheld.told


def test_a_line_breaks_where_there_is_no_figure() -> None:
    path = line(3, None, 9).drawings[0].strokes[-1].d
    assert path.count("M") == 2
    assert "L" not in path


def test_a_withheld_bar_has_its_mark_and_no_length() -> None:
    figure = Figure("Contacts", ("Alder", "Beech"), (Series("Contacts", (4, Suppressed())),))
    drawing = figure.drawings[0]
    assert len(drawing.boxes) == 1
    assert [words.text for words in drawing.words] == ["Alder", "4", "Beech", "c"]


def test_a_stacked_bar_never_tells_its_sum() -> None:
    figure = Figure(
        "Mix",
        ("Alder",),
        (Series("Advice", (4,)), Series("Direct", (Suppressed(),)), Series("Other", (3,))),
        kind="stacked",
    )
    assert [words.text for words in figure.drawings[0].words] == ["Advice", "Direct", "Other", "Alder"]
    assert "7" not in figure.told


def test_bars_are_as_long_as_their_values() -> None:
    figure = Figure("Contacts", ("A", "B", "C"), (Series("Contacts", (10, 5, 0)),))
    long, half = figure.drawings[0].boxes
    assert half.width == pytest.approx(long.width / 2)


def test_parts_of_a_stacked_bar_touch_and_do_not_overlap() -> None:
    figure = Figure("Mix", ("A",), (Series("x", (2,)), Series("y", (3,))), kind="stacked")
    first, second = figure.drawings[0].boxes[-2:]  # after the two of the key
    assert first.x + first.width == pytest.approx(second.x)


def test_a_figure_of_nothing_is_still_a_page() -> None:
    for kind in ("bar", "stacked", "line"):
        figure = Figure("Nothing", TERMS, (Series("Alder", (None, None, None)),), kind=kind)  # type: ignore[arg-type]
        assert "Alder: no figures." in shown(figure)
    assert "<svg" in shown(Figure("No labels", (), (Series("Alder", ()),), kind="line"))


def test_words_in_a_figure_are_escaped() -> None:
    figure = Figure("<b>", ("<i>",), (Series("<u>", (1,)), Series("&", (2,))))
    assert not re.search(r"<[biu]>", shown(figure))


def test_more_series_than_can_be_told_apart_are_refused() -> None:
    with pytest.raises(ValueError, match="7 series"):
        Figure("T", ("A",), tuple(Series(str(number), (1,)) for number in range(7)))


def test_a_series_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="series 'Alder': 2 values for 3 labels"):
        line(1, 2)


def test_a_bar_below_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="a bar cannot be below 0"):
        Figure("T", ("A",), (Series("x", (-1,)),))


def test_a_line_below_nothing_is_drawn() -> None:
    assert any(words.text.startswith("-") for words in line(-3, 2, 4).drawings[0].words)


@given(st.floats(-1e9, 1e9), st.floats(-1e9, 1e9))
@example(0.0, 1.4e-10)
@example(0.0, 5e-324)
def test_the_axis_reaches_over_every_value_in_few_even_steps(one: float, other: float) -> None:
    lowest, highest = sorted((one, other))
    ticks = ticks_of(lowest, highest)
    assert ticks[0] <= lowest or ticks[0] == 0
    assert ticks[-1] >= highest or ticks[-1] == 0
    assert 0 in ticks
    assert 1 <= len(ticks) <= 8


@given(
    st.lists(
        st.tuples(st.text(max_size=60), st.one_of(st.none(), st.integers(0, 10**6), st.just(Suppressed()))), max_size=12
    )
)
def test_nothing_is_drawn_outside_of_the_picture(rows: list[tuple[str, int | None]]) -> None:
    labels, values = tuple(label for label, _ in rows), tuple(value for _, value in rows)
    for kind in ("bar", "stacked", "line"):
        figure = Figure("T", labels, (Series("x", values), Series("y", values)), kind=kind)  # type: ignore[arg-type]
        for drawing in figure.drawings:
            assert all(box.x >= 0 and box.x + box.width <= drawing.width for box in drawing.boxes)
            assert all(box.y + box.height <= drawing.height for box in drawing.boxes)
            assert all(words.y <= drawing.height for words in drawing.words)
