"""The page of a profile and its figure: what it says, what it hides, and the table behind the picture."""

from __future__ import annotations

import pytest

from swis.design.need_profile.from_panel import PanelChoices, figures_from_panel
from swis.design.need_profile.profile import ProfileChoices, profile_need
from swis.design.need_profile.school_figures import keep_schools
from swis.design.need_profile.shown import show_figures
from swis.disclosure.policy import POLICIES, dfe
from swis.errors import OutputError
from swis.report.document import Callout, Document, Figure, Table
from swis.report.figures.need import MOST_SCHOOLS, NeedRow, need_figure, say_share
from swis.report.html import write_html
from swis.report.profile import compose_profile
from tests.design.need_profile.drawn import draw_two_phases

FIGURES = keep_schools(figures_from_panel(draw_two_phases(), PanelChoices(), hashes={}), phase="secondary")


def compose(policy: str = "none", **weights: float) -> Document:
    shown = show_figures(FIGURES, POLICIES.get(policy))
    return compose_profile(profile_need(shown.figures, ProfileChoices(weights=weights, draws=500)), shown)


def rows(number: int) -> list[NeedRow]:
    return [NeedRow(f"School {i}", 9.0 + i, 8.0 + i, 6.0 + i, 11.0 + i, i / number) for i in range(number)]


def test_the_figure_has_a_row_a_school_in_its_data_and_says_who_is_surely_among_the_first() -> None:
    figure = need_figure(
        [*rows(5), NeedRow("Last", 20.0, 19.0, 15.0, 23.0, 0.97)], identifier="need", what="Referrals", top=2, mean=9
    )
    assert figure.data.rows[-1] == ("Last", "20.00", "19.00", "15.00 to 23.00", "97%")
    assert "Among the first 2 in 95% of draws or more: Last. Of 4 schools it cannot be said." in figure.alt
    assert "Last" in figure.drawing.svg


def test_a_hidden_count_has_no_mark_and_no_number_that_follows_from_it() -> None:
    hidden = NeedRow("Small", 3.0, 3.1, 1.0, 5.0, 0.2, hidden=True)
    figure = need_figure([*rows(3), hidden], identifier="need", what="Enquiries", top=1, mean=9)
    assert figure.data.rows[-1] == ("Small", "[c]", "[c]", "[c]", "20%")
    assert "the count is hidden" in figure.caption


def test_beyond_what_a_drawing_holds_schools_are_in_the_data_alone() -> None:
    figure = need_figure(rows(MOST_SCHOOLS + 3), identifier="need", what="Referrals", top=2, mean=9)
    assert "3 further schools: in the data alone" in figure.caption
    assert len(figure.data.rows) == MOST_SCHOOLS + 3
    with pytest.raises(OutputError):
        need_figure([], identifier="need", what="Referrals", top=2, mean=9)


def test_shares_of_draws_are_never_all_or_nothing() -> None:
    assert [say_share(each) for each in (0.0, 0.004, 0.05, 0.5, 0.996, 1.0)] == [
        "under 1%",
        "under 1%",
        "5.0%",
        "50%",
        "over 99%",
        "over 99%",
    ]


def test_on_which_side_of_certain_a_share_lies_survives_the_rounding() -> None:
    assert [say_share(each) for each in (0.948, 0.952, 0.94)] == ["94.8%", "95.2%", "94%"]


def test_the_page_tells_the_fall_that_needs_no_programme_and_what_it_rests_on() -> None:
    document = compose()
    words = write_html(document)
    assert "What will fall without any programme" in words
    assert "True rates differ by k" in words
    assert "not persistent absence" in words
    assert "chosen for" in words
    assert [callout.title for callout in document.blocks if isinstance(callout, Callout)].count(
        "What can be told apart"
    ) == 1


def test_the_order_has_the_feeders_and_the_number_that_each_can_be_told_apart_from() -> None:
    (order,) = (
        block for block in compose().blocks if isinstance(block, Table) and block.identifier.endswith("ordered")
    )
    assert len(order.rows) == 8
    assert sum("2000" in str(row[-1]) for row in order.rows) == 6
    assert all(" of 7" in str(row[3]) for row in order.rows)


def test_a_composite_is_drawn_as_one_with_its_weights_told() -> None:
    document = compose(referrals=2, pupils=1)
    (figure,) = (block for block in document.blocks if isinstance(block, Figure))
    assert figure.caption.startswith("Composite")
    assert "referrals (weight 2) and pupils (weight 1)" in write_html(document)


def test_under_a_policy_no_small_count_is_on_the_page() -> None:
    document = compose("dfe")
    small = {
        label
        for label, count in zip(FIGURES.schools, FIGURES.of("section_47_enquiries").count, strict=True)
        if 1 <= count <= 5
    }
    assert small
    rule = dfe()
    for table in (
        block for block in document.blocks if isinstance(block, Table) and block.identifier.endswith("-schools")
    ):
        for row in table.rows:
            assert row[1] == "[c]" or not rule.is_small(int(str(row[1]).replace(",", "")))
            assert (row[1] == "[c]") == (row[4] == "[c]")
