"""The quality page of a panel: what it says, and that everybody can read it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from swis.panel.panel import Panel
from swis.report.document import Figure
from swis.report.figures.panel_totals import NOT_COVERED, PlacedShares, TermTotals, placed_figure, totals_figure
from swis.report.html import write_html
from swis.report.panel import MOST_TERMS, compose_quality_page
from tests.panel.drawn_panels import draw_panel
from tests.report.test_page_in_a_browser import RULES

LOST = pl.DataFrame(
    {
        "outcome": ["section_47_enquiries", "section_47_enquiries", "days_in_care"],
        "term": ["autumn 2018", "", "autumn 2018"],
        "reason": ["not on any roll", "outside the terms", "not on a roll on that day"],
        "count": [31, 5, 90],
    }
)


def draw() -> Panel:
    return replace(draw_panel(years=(2016, 2020)), not_placed=LOST)


def figures(panel: Panel) -> list[Figure]:
    return [block for block in compose_quality_page(panel).blocks if isinstance(block, Figure)]


def test_every_term_is_in_a_drawing_and_none_in_two() -> None:
    panel = draw()
    shown = [column.title for figure in figures(panel)[:-1] for column in figure.data.columns[1:]]
    assert shown == list(panel.term_names)
    assert all(len(figure.data.columns) <= MOST_TERMS + 1 for figure in figures(panel)[:-1])


def test_a_total_is_the_sum_over_schools_and_what_is_not_covered_is_not_zero() -> None:
    panel = draw()
    table = figures(panel)[0].data
    rows = {str(row[0]): row for row in table.rows}
    first = panel.cells.filter(pl.col("term") == panel.term_names[0])["section_47_enquiries"].sum()
    assert rows["Section 47 enquiries"][1] == f"{first:,}"
    assert set(rows["Suspensions"][1:]) == {NOT_COVERED}


def test_what_lies_outside_the_terms_is_no_loss() -> None:
    panel = draw()
    placed = panel.cells["section_47_enquiries"].sum()
    text = figures(panel)[-1].alt
    assert f"Section 47 enquiries: {placed / (placed + 31):.0%} have a school." in text


def test_the_page_says_that_it_must_not_leave_the_team() -> None:
    html = write_html(compose_quality_page(draw()))
    assert html.count("Not to leave the team") >= 2


def test_a_figure_tells_in_words_what_it_shows() -> None:
    rows = [TermTotals("Referrals", (3, None)), TermTotals("Suspensions", (1, 2))]
    figure = totals_figure(rows, ("autumn 2019", "spring 2020"), identifier="totals")
    assert figure.alt == "1 of 2 outcomes are covered in all 2 terms. Not in every term: Referrals."
    shares = placed_figure([PlacedShares("Referrals", 3, (("not on any roll", 1),))], identifier="placed")
    assert [row[1] for row in shares.data.rows] == ["has a school", "not on any roll"]


@pytest.mark.slow
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_on_the_quality_page(tmp_path: Path, width: int, browser: Browser) -> None:
    path = tmp_path / "quality.html"
    path.write_text(write_html(compose_quality_page(draw())), encoding="utf-8")
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(path.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(element => { element.open = true })")
    found = Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]}).response
    scrolls = page.evaluate("document.documentElement.scrollWidth") > width
    assert [(rule["id"], [node["html"] for node in rule["nodes"]][:3]) for rule in found["violations"]] == []
    assert not scrolls
