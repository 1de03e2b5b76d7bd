from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from swis.errors import TableError
from swis.panel.combine import combine_panels
from swis.panel.panel import Panel
from tests.panel.drawn_panels import draw_panel
from tests.panel.test_panel_folder import FRAMES, assert_same


def lambeth(**changes: object) -> Panel:
    return draw_panel("Lambeth", schools=["100001", "100002"], **changes)  # type: ignore[arg-type]


def bristol(**changes: object) -> Panel:
    panel = draw_panel("Bristol, City of", schools=["200001", "200002", "200003"], seed=2, **changes)  # type: ignore[arg-type]
    return replace(panel, schools=panel.schools.with_columns(former_urns=pl.lit(None, pl.String)))


def refused(*panels: Panel, strict: bool = False) -> str:
    with pytest.raises(TableError) as caught:
        combine_panels(panels, strict=strict)
    return str(caught.value)


def test_every_school_and_count_is_kept_beside_its_authority() -> None:
    both = combine_panels([lambeth(), bristol()])
    assert both.authorities == ("Bristol, City of", "Lambeth")
    assert_frame_equal(both.cells.filter(pl.col("school") < "2"), lambeth().cells)
    assert_frame_equal(both.cells.filter(pl.col("school") > "2"), bristol().cells)
    assert both.schools["authority"].to_list() == ["Lambeth"] * 2 + ["Bristol, City of"] * 3
    assert both.not_placed["authority"].to_list() == ["Bristol, City of", "Lambeth"]
    assert (
        {each.authority for each in both.findings} == {each.authority for each in both.sources} == set(both.authorities)
    )
    assert len(both.sources) == 2


@given(st.permutations(range(3)))
@settings(max_examples=6)
def test_neither_their_order_nor_putting_them_together_in_steps_matters(order: list[int]) -> None:
    panels = [lambeth(), bristol(), draw_panel("Stockport", schools=["300001"], means={"referrals": 2.0})]
    given_order = combine_panels([panels[place] for place in order])
    assert_same(given_order, combine_panels(panels))
    in_steps = combine_panels([combine_panels([panels[place] for place in order[:2]]), panels[order[2]]])
    for name in FRAMES:
        assert_frame_equal(getattr(in_steps, name), getattr(given_order, name))


def test_twenty_one_authorities_go_into_one_panel() -> None:
    panels = [draw_panel(f"Authority {number:02}", schools=[f"{100000 + number}"], seed=number) for number in range(21)]
    panels = [replace(each, schools=each.schools.with_columns(former_urns=pl.lit(""))) for each in panels]
    together = combine_panels(panels)
    assert together.schools.height == len(together.authorities) == 21
    assert together.cells["section_47_enquiries"].sum() == sum(p.cells["section_47_enquiries"].sum() for p in panels)


@pytest.mark.parametrize(
    ("other", "says"),
    [
        (
            bristol(holidays="previous term"),
            "the rule for holidays: previous term in Bristol, City of; next term in Lambeth. Build them with the same",
        ),
        (bristol(half_terms=True), "the parts of the year: six half-terms in Bristol, City of; three terms in Lambeth"),
        (bristol(years=(2010, 2012)), "there is no term that all of them have: Bristol, City of autumn 2010 to"),
        (
            draw_panel("Bristol", schools=["100002"]),
            "1 school is in several panels, now or by an earlier number: 100002 (Bristol, Lambeth)",
        ),
        (draw_panel("Bristol", schools=["900001", "200002"]), "900001 (Bristol, Lambeth)"),
        (lambeth(), "Lambeth is in 2 of the panels. Name each authority once."),
    ],
)
def test_what_does_not_fit_is_refused_and_says_whose_it_is(other: Panel, says: str) -> None:
    mine = lambeth()
    former = pl.when(pl.col("school") == "100001").then(pl.lit("900001 900003")).otherwise(pl.lit(""))
    assert says in refused(replace(mine, schools=mine.schools.with_columns(former_urns=former)), other)


def test_short_breaks_and_mergers_must_have_been_chosen_alike() -> None:
    other = bristol()
    other = replace(other, settings=replace(other.settings, short_breaks=True, follow_mergers=True))
    message = refused(lambeth(), other)
    assert "short breaks: counted in Bristol, City of; not counted in Lambeth" in message
    assert "schools that merged: followed in Bristol, City of; not followed in Lambeth" in message


def test_one_panel_or_none_is_refused() -> None:
    assert "there is only one" in refused(lambeth())
    assert "there are none" in refused()


def test_an_outcome_that_one_does_not_cover_stays_empty_with_a_finding_or_is_refused() -> None:
    other = bristol(means={"section_47_enquiries": 1.0})
    together = combine_panels([lambeth(), other])
    empty = together.cells.filter(pl.col("school") > "2")["days_in_care"]
    assert empty.null_count() == empty.len()
    found = [each for each in together.findings if each.code == "outcome_not_covered"]
    assert {(each.outcome, each.authority) for each in found} == {
        ("section_17_starts", "Bristol, City of"),
        ("days_in_care", "Bristol, City of"),
    }
    assert "Bristol, City of: Days in care are covered by other authorities" in refused(lambeth(), other, strict=True)


def test_terms_that_one_lacks_and_terms_with_other_dates_are_found() -> None:
    other = bristol(years=(2018, 2020))
    later = pl.when(pl.col("term") == "spring 2019").then(pl.col("first_day") + timedelta(days=22))
    other = replace(other, terms=other.terms.with_columns(first_day=later.otherwise("first_day")))
    together = combine_panels([lambeth(), other])
    missing = {each.authority: each.what for each in together.findings if each.code == "terms_missing"}
    assert "autumn 2017, spring 2018, summer 2018" in missing["Bristol, City of"]
    assert "autumn 2020, spring 2021, summer 2021" in missing["Lambeth"]
    differing = [each for each in together.findings if each.code == "term_dates_differ"]
    assert [each.term for each in differing] == ["spring 2019"]
    assert "begin it 22 days apart" in differing[0].what
    assert together.term_names[0] == "autumn 2017" and together.term_names[-1] == "summer 2021"
    orders = together.terms.group_by("term").agg(pl.col("order").n_unique())
    assert orders["order"].to_list() == [1] * 12


def test_schools_and_clusters_that_share_a_name_by_chance_are_kept_apart() -> None:
    first, second = (
        replace(panel, schools=panel.schools.with_columns(cluster=pl.lit("North"), former_urns=pl.lit("")))
        for panel in (
            draw_panel("Lambeth", schools=["1", "2"]),
            draw_panel("Stockport", schools=["1", "123456"], seed=2),
        )
    )
    together = combine_panels([first, second])
    assert together.schools["school"].to_list() == ["123456", "Lambeth: 1", "Lambeth: 2", "Stockport: 1"]
    assert together.schools["cluster"].to_list() == [
        "Stockport: North", "Lambeth: North", "Lambeth: North", "Stockport: North",
    ]  # fmt: skip
    assert together.children_and_families["school"].to_list() == ["Lambeth: 1", "Stockport: 1"]
    assert {each.school for each in together.findings if each.code == "drawn"} == {"Lambeth: 1", "Stockport: 1"}
    assert [each.count for each in together.findings if each.code == "school_named_by_authority"] == [2, 1]


def test_a_measure_of_pupils_that_one_lacks_is_found() -> None:
    other = bristol()
    other = replace(other, cells=other.cells.with_columns(mean_resident_pupils=pl.lit(2.0)))
    found = [each for each in combine_panels([lambeth(), other]).findings if each.code == "pupils_not_counted"]
    assert [each.authority for each in found] == ["Lambeth"]


def test_every_order_of_refusal_says_the_same() -> None:
    panels = [lambeth(), bristol(holidays="not counted"), draw_panel("Stockport", schools=["100001"])]
    assert len({refused(*order) for order in permutations(panels)}) == 1
