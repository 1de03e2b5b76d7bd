from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from swis.design.matching import match_schools
from swis.design.read_panel import build_panel, read_matching_tables
from swis.design.trend_answer import judge_trends
from swis.errors import TableError
from tests.design.folders import write_folder


def test_a_folder_becomes_a_panel(tmp_path: Path) -> None:
    tables = read_matching_tables(write_folder(tmp_path))
    assert tables.outcomes == ("s47",)
    assert tables.terms == ("Autumn 2016", "Autumn 2017", "Autumn 2018")
    panel = build_panel(tables, "s47")
    assert panel.year_groups == ("R", "1", "2")
    assert panel.count.shape == (8, 3, 3)
    assert [panel.schools[i] for i in panel.treated] == ["Ash", "Birch"]
    assert panel.cluster[:3] == ("North", "North", "Cedar")
    assert panel.excluded[-1] == "feeder of Ash"
    assert np.isnan(panel.free_school_meals[2])
    assert len(match_schools(panel).accepted) == 4


def test_the_order_of_rows_changes_nothing_once_the_terms_are_given(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    forward, backward = write_folder(tmp_path / "a"), write_folder(tmp_path / "b", turn=True)
    terms = ("Autumn 2016", "Autumn 2017", "Autumn 2018")
    first, second = (build_panel(read_matching_tables(folder), "s47", terms=terms) for folder in (forward, backward))
    assert first.sha256 == second.sha256
    assert build_panel(read_matching_tables(backward), "s47").terms == terms[::-1]


def test_a_school_without_rows_is_in_the_panel_and_stays_unmatched(tmp_path: Path) -> None:
    panel = build_panel(read_matching_tables(write_folder(tmp_path, drop="Ash")), "s47")
    assert panel.schools[0] == "Ash"
    assert [left.what for left in match_schools(panel).unmatched] == ["Ash"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"cells": ("s47,Elm,primary,R,Autumn 2016", "s47,Elm,secondary,R,Autumn 2016")},
            "1 school is of another phase",
        ),
        ({"cells": ("s47,Elm,primary,R,Autumn 2016", "s47,Oak,primary,R,Autumn 2016")}, "1 school is not in candidate"),
        ({"schools": (",yes,", ",no,")}, "no school has intervention = yes"),
        ({"cells": (",40\n", ",0\n")}, "a count, but no pupils"),
        ({"cells": ("s47,Elm,primary,R,Autumn 2016,", "s47,Elm,primary,R,Autumn 2016,-")}, "less than 0"),
        ({"schools": ("phase,pupils", "phase,roll")}, "the column pupils is missing"),
    ],
)
def test_what_contradicts_is_refused_with_its_place(
    tmp_path: Path, change: dict[str, tuple[str, str]], message: str
) -> None:
    with pytest.raises(TableError, match=message) as refused:
        read_matching_tables(write_folder(tmp_path, **change))
    assert ".csv" in str(refused.value)


def test_files_that_are_not_there_are_both_named(tmp_path: Path) -> None:
    with pytest.raises(
        TableError, match=r"candidate_schools.csv: is not there(.|\n)*year_group_terms.csv: is not there"
    ):
        read_matching_tables(tmp_path)


def test_columns_that_are_not_required_may_be_missing(tmp_path: Path) -> None:
    folder = write_folder(tmp_path)
    path = folder / "candidate_schools.csv"
    rows = [line.split(",") for line in path.read_text(encoding="utf-8").splitlines()]
    path.write_text("\n".join(",".join([*row[:3], row[4], row[6]]) for row in rows) + "\n", encoding="utf-8")
    panel = build_panel(read_matching_tables(folder), "s47")
    assert panel.cluster == panel.schools
    assert set(panel.excluded) == {""}
    assert np.isnan(panel.free_school_meals).all()


def test_an_unknown_outcome_or_term_is_refused_with_those_that_are_there(tmp_path: Path) -> None:
    tables = read_matching_tables(write_folder(tmp_path))
    with pytest.raises(TableError, match=r"no outcome 's74'; it has: s47.*Did you mean"):
        build_panel(tables, "s74")
    with pytest.raises(TableError, match="no term 'Spring'"):
        build_panel(tables, "s47", terms=("Spring",))
    with pytest.raises(TableError, match="named twice"):
        build_panel(tables, "s47", terms=("Autumn 2016", "Autumn 2016"))


@pytest.mark.parametrize("outcome", ["days_in_care", "sessions_missed", "cla"])
def test_days_and_sessions_need_to_be_told_how_many_make_one_event(tmp_path: Path, outcome: str) -> None:
    folder = write_folder(tmp_path, outcomes=(outcome,))
    path = folder / "year_group_terms.csv"
    head, *rows = (line.split(",") for line in path.read_text(encoding="utf-8").splitlines())
    days = [[*row[:5], str(122 * int(row[5])), row[6]] for row in rows]
    path.write_text("\n".join(",".join(row) for row in [head, *days]) + "\n", encoding="utf-8")
    tables = read_matching_tables(folder)
    with pytest.raises(TableError, match=f"not independent events.*--unit-of-count {outcome}=122"):
        build_panel(tables, outcome)
    panel = build_panel(tables, outcome, unit_of_count=122)
    as_events = build_panel(tables, outcome, unit_of_count=1)
    # Taken for events of their own, lots of 122 make chance look like trends.
    assert judge_trends(as_events, match_schools(as_events), seed=1, draws=19).reliability.suffices
    assert not judge_trends(panel, match_schools(panel), seed=1, draws=19).reliability.suffices
    assert panel.sha256 == as_events.sha256  # of the same tables


def test_a_few_counts_above_the_pupils_are_no_days(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, cells=("s47,Elm,primary,R,Autumn 2016,", "s47,Elm,primary,R,Autumn 2016,9"))
    assert build_panel(read_matching_tables(folder), "s47").unit_of_count == 1
