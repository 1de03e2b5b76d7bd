from __future__ import annotations

from dataclasses import replace

import pytest

from swis.costs.averted import cost_per_averted
from swis.costs.cost_effect import whole_pounds
from swis.costs.needed import needed_averted
from swis.costs.published_trial import PUBLISHED_TRIAL
from swis.costs.tornado import Tornado
from swis.costs.weigh import weigh_averted
from swis.errors import OutputError
from swis.report.chapters.money import money_blocks
from swis.report.document import Block, Callout, Document, Figure, Table
from swis.report.figures.money import acceptability_figure, plane_figure, tornado_figure
from swis.report.html import write_html
from tests.costs.weighed import weighed


def document(blocks: list[Block]) -> Document:
    return Document("Money", "", "", "What the money bought.", tuple(blocks))


def named(blocks: list[Block], identifier: str) -> Table | Figure:
    return next(block for block in blocks if isinstance(block, Table | Figure) and block.identifier == identifier)


def test_the_chapter_says_first_whether_one_averted_has_a_price() -> None:
    blocks = money_blocks(weighed())
    verdict = blocks[1]
    assert isinstance(verdict, Callout)
    assert verdict.title == "One averted has a price"
    assert document(blocks).figures


def test_every_figure_has_words_and_a_table() -> None:
    figures = document(money_blocks(weighed())).figures
    assert [figure.identifier for figure in figures] == ["money-plane", "money-curve", "money-budget", "money-tornado"]
    for figure in figures:
        assert len(figure.alt) > 40
        assert figure.data.rows


def test_intervals_that_do_not_hold_are_a_caution() -> None:
    cautions = [block for block in money_blocks(weighed()) if isinstance(block, Callout) and block.tone == "caution"]
    assert len(cautions) == 1


def test_the_published_probabilities_stand_beside_ours_and_are_called_so() -> None:
    money = weighed()
    curve = named(money_blocks(money), "money-curve")
    assert isinstance(curve, Figure)
    assert "printed elsewhere" in curve.caption
    assert "not a result of these data" in curve.caption
    rows = {row[0]: row for row in curve.data.rows}
    assert rows["£10,000"][3] == "1.1%"
    assert rows["£50,000"][3] == "–"
    alone = money_blocks(replace(money, published=None))
    figure = named(alone, "money-curve")
    assert isinstance(figure, Figure)
    assert "elsewhere" not in figure.caption
    assert len(figure.data.columns) == 3


def test_a_curve_at_other_worths_has_a_row_for_each() -> None:
    money = weighed(worths=(0, 700, 1_400))
    assert money.weighed is not None
    rows = acceptability_figure(money.weighed, identifier="curve").data.rows
    assert [row[0] for row in rows] == ["£0"]
    other = replace(money.weighed, curve=replace(money.weighed.curve, worths=(300.0, 700.0, 1_400.0)))
    other = replace(other, drawn_curve=replace(other.drawn_curve, worths=(300.0, 700.0, 1_400.0)))
    assert len(acceptability_figure(other, identifier="curve").data.rows) == 3


def test_the_plane_is_drawn_alike_each_time() -> None:
    money = weighed()
    assert money.weighed is not None
    first, again = (plane_figure(money.weighed, identifier="p", worth=20_000).drawing.svg for _ in range(2))
    assert first == again


def test_a_study_without_costs_by_school_gets_its_illustration_and_no_price() -> None:
    one = cost_per_averted(84_387.91, events=16, ratio=(0.65, 0.3, 1.37), outcome="s47", supported=False)
    money = weigh_averted([one, one], outcome="s47", price_year="2019", published=PUBLISHED_TRIAL)
    blocks = money_blocks(money, level=2, identifier="southampton-money")
    tables = [block for block in blocks if isinstance(block, Table)]
    assert tables[0].rows[2][3] == "dominated"
    assert tables[0].rows[2][2] == "4.3 more"
    assert "none of these sums is a price" in str(blocks)
    assert "Printed elsewhere, not worked out here" in str(blocks)


def test_payers_are_set_out_and_an_outcome_without_a_price_saves_nothing_that_is_known() -> None:
    blocks = money_blocks(weighed())
    payers, consequences = named(blocks, "money-payers"), named(blocks, "money-consequences")
    assert isinstance(payers, Table)
    assert isinstance(consequences, Table)
    assert payers.rows[0][:2] == ("Authority", "£24,000")
    assert consequences.rows[1][2:4] == ("not known", "–")


def test_the_chapter_can_be_written() -> None:
    page = write_html(document(money_blocks(weighed())))
    assert "What the money bought" in page


def test_a_tornado_with_nothing_to_move_is_refused() -> None:
    with pytest.raises(OutputError, match="no input to move"):
        tornado_figure(Tornado(0.0, (), ("s47",), "2024"), identifier="t")


@pytest.mark.parametrize(("amount", "words"), [(-1234.4, "−£1,234"), (0.4, "£0"), (-0.2, "£0"), (float("inf"), "£inf")])
def test_whole_pounds_have_their_minus_in_front(amount: float, words: str) -> None:
    assert whole_pounds(amount) == words


def test_what_must_be_averted_is_held_against_the_interval_only_where_there_is_one() -> None:
    table = named(money_blocks(weighed()), "money-needed")
    assert [column.title for column in table.columns][-1] == "Reached by the interval of what was averted"
    alone = needed_averted(84_388.0, [10_000], outcome="its outcomes", per=("programme in autumn term 2019", "2019"))
    blocks = money_blocks(weigh_averted([], outcome="s47", price_year="2019", needed=alone))
    assert named(blocks, "money-needed").rows == (("£10,000", "8.44"),)
