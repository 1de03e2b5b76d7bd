"""Figures of schools from a panel and from a table, and what a policy leaves of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from swis.design.allocation.nominations import read_nominations
from swis.design.need_profile.from_nominations import add_nominations, figures_from_nominations
from swis.design.need_profile.from_panel import PanelChoices, add_feeders_of_clusters, figures_from_panel
from swis.design.need_profile.school_figures import SchoolFigures, keep_schools
from swis.design.need_profile.shown import show_figures
from swis.disclosure.policy import dfe
from swis.errors import TableError
from swis.panel.count_tables import most_of_one_child
from swis.panel.gather_clusters import gather_clusters
from swis.panel.outcomes import outcome_of
from tests.design.need_profile.drawn import PRIMARY, SECONDARY, draw_two_phases

PANEL = draw_two_phases()


def figures(*terms: str, measures: tuple[str, ...] = (), units: dict[str, float] | None = None) -> SchoolFigures:
    return figures_from_panel(PANEL, PanelChoices(terms, measures, units or {}), hashes={})


def test_counts_are_sums_over_the_last_academic_year_and_pupils_means_over_its_terms() -> None:
    got = figures()
    cells = PANEL.cells.filter(pl.col("term").is_in(["autumn 2019", "spring 2020", "summer 2020"]))
    own = cells.filter(pl.col("school") == SECONDARY[3])
    place = got.schools.index(SECONDARY[3])
    assert got.period == "autumn 2019 to summer 2020"
    assert got.of("referrals").count[place] == own["referrals"].sum()
    assert got.of("exclusions").count[place] == own["suspensions"].sum() + own["permanent_exclusions"].sum()
    assert got.pupils[place] == pytest.approx(own["mean_pupils"].sum() / 3)
    assert got.of("sessions_missed").exposure[place] == own["sessions_possible"].sum()


def test_terms_that_are_named_are_taken_in_the_order_of_the_panel() -> None:
    assert figures("spring 2018", "autumn 2017").period == "autumn 2017 to spring 2018"
    with pytest.raises(TableError, match=r"has no term 'autum 2017'.*Did you mean autumn 2017"):
        figures("autum 2017")
    with pytest.raises(TableError, match="named twice"):
        figures("autumn 2017", "autumn 2017")


def test_a_school_that_is_not_covered_in_every_term_has_no_count_and_says_why() -> None:
    gap = (pl.col("school") == SECONDARY[0]) & (pl.col("term") == "spring 2020") & (pl.col("year_group") == "8")
    cells = PANEL.cells.with_columns(referrals=pl.when(~gap).then("referrals"))
    got = figures_from_panel(replace(PANEL, cells=cells), PanelChoices(), hashes={})
    place = got.schools.index(SECONDARY[0])
    assert np.isnan(got.of("referrals").count[place])
    assert got.of("referrals").why_not[place] == "not covered in spring 2020"
    assert np.isfinite(got.of("section_47_enquiries").count[place])


def test_days_sessions_and_children_of_several_census_days_are_not_independent_events() -> None:
    got = figures(measures=("days_in_care", "sessions_missed", "children_in_care", "referrals"))
    for code in ("days_in_care", "sessions_missed"):
        assert got.of(code).measure.unit == 3 * most_of_one_child(PANEL, outcome_of(code), "Lambeth") > 300
    assert got.of("children_in_care").measure.unit == 3
    assert got.of("referrals").measure.unit == 1
    declared = figures(measures=("days_in_care",), units={"days_in_care": 122})
    assert declared.of("days_in_care").measure.unit == 122
    with pytest.raises(TableError, match="'s47' is no measure of this profile"):
        figures(units={"s47": 2})


def test_brothers_and_sisters_make_fewer_independent_events() -> None:
    rows = pl.DataFrame(
        {
            "outcome": ["referrals"] * 2,
            "school": SECONDARY[:2],
            "term": ["spring 2020"] * 2,
            "events": [6, 3],
            "children": [6, 3],
            "families": [4, 2],
        }
    )
    got = figures_from_panel(replace(PANEL, children_and_families=rows), PanelChoices(), hashes={})
    assert got.of("referrals").measure.unit == 1.5
    assert "1.50 to a family and term" in got.of("referrals").measure.independent


def test_a_measure_that_the_panel_lacks_is_refused_and_told() -> None:
    with pytest.raises(TableError, match=r"no measure 'referral'.*Did you mean referrals"):
        figures(measures=("referral",))
    cells = PANEL.cells.with_columns(suspensions=pl.lit(None, pl.Int64))
    got = figures_from_panel(replace(PANEL, cells=cells), PanelChoices(), hashes={})
    assert got.notes == ("The panel does not cover exclusions.",)


def test_feeders_are_the_primaries_of_the_cluster() -> None:
    got = figures()
    assert got.feeders[got.schools.index(SECONDARY[2])] == (PRIMARY[2],)
    assert got.feeders[got.schools.index(PRIMARY[2])] == ()
    gathered = figures_from_panel(gather_clusters(PANEL), PanelChoices(), hashes={})
    assert add_feeders_of_clusters(gathered, PANEL).feeders[gathered.schools.index("cluster 2")] == (PRIMARY[2],)


def test_schools_of_one_phase_are_kept() -> None:
    assert keep_schools(figures(), phase="primary").schools == tuple(PRIMARY)
    with pytest.raises(TableError, match="no phase 'special'"):
        keep_schools(figures(), phase="special")


TABLE = """school,authority,phase,pupils,referrals,persistent_absence_percent,feeder_primaries,excluded
100000,Lambeth,secondary,900,12,10,Ash; Elm,
100001,Lambeth,secondary,800,3,25,,about to close
100099,Lambeth,secondary,700,,,,
"""


def test_a_table_gives_counts_and_persistently_absent_pupils(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text(TABLE)
    got = figures_from_nominations(read_nominations(tmp_path / "table.csv"))
    assert got.of("referrals").count[:2].tolist() == [12, 3]
    assert got.of("persistent_absence").count[:2].tolist() == [90, 200]
    assert got.of("referrals").why_not[2] == "not in the table"
    assert "chosen already" in got.notes[-1]


def test_a_table_beside_a_panel_adds_absence_feeders_and_reasons(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text(TABLE)
    got = add_nominations(figures(), read_nominations(tmp_path / "table.csv"))
    first, second = got.schools.index("100000"), got.schools.index("100001")
    assert got.of("persistent_absence").count[first] == round(0.1 * got.pupils[first])
    assert got.feeders[first] == ("Ash", "Elm")
    assert got.excluded[second] == "about to close"
    assert got.of("referrals").count[first] != 12
    assert "not in the panel and left out: 100099" in got.notes[-1]
    (tmp_path / "other.csv").write_text("school,authority,phase\nX,Lambeth,secondary\n")
    with pytest.raises(TableError, match="none is in the panel"):
        add_nominations(figures(), read_nominations(tmp_path / "other.csv"))


def test_what_is_shown_is_the_same_whatever_the_hidden_counts_are() -> None:
    base = figures()
    where = base.of("section_47_enquiries")
    shown = [show_figures(_with(base, np.array([number, *([9.0] * 7), *([0.0] * 6)])), dfe()) for number in (1.0, 5.0)]
    first, second = (each.figures.of("section_47_enquiries").count for each in shown)
    np.testing.assert_array_equal(first, second)
    assert shown[0].hidden["section_47_enquiries"].sum() == 1
    assert len(where.count) == 14


def _with(base: SchoolFigures, by_phase: np.ndarray) -> SchoolFigures:
    # Sorted by phase: six primaries, then eight secondaries.
    count = np.concatenate([by_phase[8:], by_phase[:8]])
    measured = tuple(
        replace(each, count=count) if each.measure.code == "section_47_enquiries" else each for each in base.measured
    )
    return replace(base, measured=measured)


def test_where_most_counts_are_hidden_the_measure_is_not_told() -> None:
    got = show_figures(_with(figures(), np.array([3.0] * 5 + [9.0] * 3 + [8.0] * 6)), dfe())
    counts = got.figures.of("section_47_enquiries")
    assert np.isnan(counts.count[6:]).all()
    assert np.isfinite(counts.count[:6]).all()
    assert "more than half of the counts are hidden" in counts.why_not[6]


def test_what_rests_on_hidden_counts_is_not_kept() -> None:
    got = show_figures(figures(), dfe()).figures
    assert all(not each.persistence for each in got.measured)
    assert got.of("referrals").measure.unit == 1
    assert show_figures(figures(), None).figures.of("referrals").count.sum() > 0
