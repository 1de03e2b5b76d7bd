from __future__ import annotations

import re

import numpy as np
import pytest

from swis.design.balance import Balance, measure_balance
from swis.design.school_measures import school_measures
from swis.errors import OutputError
from swis.report.figures.balance import balance_figure, overlap_figure
from swis.report.html import write_html
from swis.report.matching import compose_matching
from swis.study.match import Request, match_outcome
from tests.design.drawn import simulated_panel, small_panel


def drawn_balance(candidates: int = 30) -> tuple[Balance, tuple[str, ...]]:
    panel = simulated_panel(seed=3, candidates=candidates)
    weights = np.zeros(candidates)
    weights[:5] = 1
    return measure_balance(panel, weights), school_measures(panel).names


def test_balance_is_told_in_words_and_in_a_table() -> None:
    balance, names = drawn_balance()
    figure = balance_figure(balance, identifier="b", chosen="the chosen schools")
    assert f"{balance.largest_after:.2f} with the chosen schools" in figure.alt
    assert [row[0] for row in figure.data.rows] == list(names)
    assert all(name.capitalize()[:5] in figure.drawing.svg for name in names)


def test_overlap_draws_every_school_with_a_social_worker_and_at_most_sixty_chosen() -> None:
    balance, names = drawn_balance()
    few = overlap_figure(balance, names, identifier="o")
    assert few.drawing.svg.count("<path") > 0
    assert "Level: " in few.alt
    every = measure_balance(simulated_panel(seed=3, candidates=80), np.ones(80))
    many = overlap_figure(every, names, identifier="o")
    assert marks(many.drawing.svg) == 3 * 5
    assert marks(few.drawing.svg) == (3 + 5) * 5


def marks(svg: str) -> int:
    return len(re.findall(r"<path transform=\"translate\([^>]*d=\"M[\d.]+,0A", svg))


def test_figures_of_nothing_are_refused() -> None:
    panel = small_panel({"T": [[1, 1]], "A": [[1, 1]]}, treated=["T"])
    balance = measure_balance(panel, np.ones(1))
    with pytest.raises(OutputError, match="no measure has any spread"):
        balance_figure(balance, identifier="b", chosen="all")
    with pytest.raises(OutputError, match="no measure has any spread"):
        overlap_figure(balance, school_measures(panel).names, identifier="o")


@pytest.mark.parametrize("by", ["trends", "level", "entropy"])
def test_the_report_holds_the_answer_the_choice_and_the_check(by: str) -> None:
    panel = simulated_panel(seed=3, treated=4, candidates=60)
    found = match_outcome(panel, Request(by=by, draws=99))  # type: ignore[arg-type]
    text = write_html(compose_matching([found], {"year_group_terms.csv": "ab" * 32}))
    assert "s47: these schools cannot be matched on trends." in text
    assert "smallest p-value that it could have given" in text
    assert ("These matches are not used" in text) == (by == "trends")
    assert panel.sha256 in text.replace("<wbr>", "").replace("\u200b", "")
    assert "School 000" in text or by == "entropy"


def test_a_report_of_schools_without_any_match_says_so() -> None:
    panel = small_panel({"T": [[1, 2]], "A": [[1, 1]], "B": [[1, 3]]}, treated=["T"], phase={"T": "special"})
    text = write_html(compose_matching([match_outcome(panel, Request(draws=99))], {}))
    assert "No school was matched." in text
    assert "no candidate of the phase special" in text
    assert "cannot be seen" in text
