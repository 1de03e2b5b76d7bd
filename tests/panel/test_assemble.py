"""Zero where a return covers a term, null where it does not, and nothing lost between the two."""

from __future__ import annotations

import polars as pl

from swis.panel.assemble import Assembled, assemble, tabulate_coverage, to_dates
from swis.panel.children import NOT_COVERED, OUTSIDE_TERMS
from swis.panel.counts import Counts
from swis.panel.outcomes import OUTCOMES, Source
from swis.panel.stays import StaysFound
from swis.panel.windows import tabulate_windows
from tests.panel.drawn import AUTHORITY, CALENDAR

WINDOWS = to_dates(tabulate_windows({AUTHORITY: CALENDAR}, holidays="next term"))
PLACED = {"outcome": pl.String, "school": pl.String, "term": pl.String, "year_group": pl.Int64, "count": pl.Int64}
LOST = {"outcome": pl.String, "term": pl.String, "reason": pl.String, "count": pl.Int64}
FAMILIES = {"outcome": pl.String, "school": pl.String, "term": pl.String, "events": pl.Int64, "children": pl.Int64,
            "families": pl.Int64}  # fmt: skip
PUPILS = ("days", "on_census_day", "pupil_days", "residents_on_census_day", "resident_days", "stays", "unrecorded")


def put_together(
    placed: list[tuple[str, str, str, int | None, int]],
    *,
    without: tuple[tuple[Source, str], ...] = (),
    without_b: tuple[tuple[Source, str], ...] = (),
    lost: list[tuple[str, str, str, int]] | None = None,
) -> Assembled:
    """Two schools with ten pupils of year 7 in every term; `without` names sources that do not cover a term."""
    pupils = [(school, term, 7, 100, 10, 950, 8, 760, 11, 0) for school in "AB" for term in WINDOWS["term"].to_list()]
    counts = Counts(
        pupils=pl.DataFrame(pupils, schema=["school", "term", "year_group", *PUPILS], orient="row"),
        placed=pl.DataFrame(placed, schema=PLACED, orient="row"),
        not_placed=pl.DataFrame(lost or [], schema=LOST, orient="row"),
        children_and_families=pl.DataFrame([], schema=FAMILIES),
        stays=StaysFound(0, 0, 0, 0, 0, 0, 0, 0),
        rows_again={},
    )
    whole = tabulate_coverage(WINDOWS, lambda source, term: (source, term["term"]) not in without)
    parts = [
        tabulate_coverage(
            WINDOWS,
            lambda source, term, gone=gone: (
                (source, term["term"]) not in without and (source, term["term"]) not in gone
            ),
        ).with_columns(school=pl.lit(school))
        for school, gone in (("A", ()), ("B", without_b))
    ]
    return assemble(counts, pl.concat(parts), whole)


def cell(assembled: Assembled, school: str, term: str, year_group: str = "7") -> dict[str, object]:
    rows = assembled.cells.filter(
        (pl.col("school") == school) & (pl.col("term") == term) & (pl.col("year_group") == year_group)
    )
    return rows.row(0, named=True)


def test_what_did_not_happen_in_a_covered_term_is_zero() -> None:
    assembled = put_together([("section_47_enquiries", "A", "spring 2019", 7, 2)])
    assert cell(assembled, "A", "spring 2019")["section_47_enquiries"] == 2
    assert cell(assembled, "B", "spring 2019")["section_47_enquiries"] == 0
    assert all(cell(assembled, "B", "summer 2020")[outcome.code] == 0 for outcome in OUTCOMES)


def test_a_term_that_the_return_does_not_cover_is_null_and_its_events_are_told_apart() -> None:
    assembled = put_together(
        [("section_47_enquiries", "A", "spring 2019", 7, 2), ("suspensions", "A", "spring 2019", 7, 3)],
        without=((Source.CHILDREN_IN_NEED, "spring 2019"),),
    )
    assert cell(assembled, "A", "spring 2019")["section_47_enquiries"] is None
    assert cell(assembled, "A", "spring 2019")["suspensions"] == 3
    assert cell(assembled, "A", "summer 2019")["section_47_enquiries"] == 0
    assert assembled.not_placed.rows() == [("section_47_enquiries", "spring 2019", NOT_COVERED, 2)]


def test_a_term_without_rolls_has_no_cells() -> None:
    assembled = put_together(
        [("section_47_enquiries", "A", "autumn 2018", 7, 2)], without=((Source.ROLLS, "autumn 2018"),)
    )
    assert "autumn 2018" not in assembled.cells["term"].to_list()
    assert assembled.not_placed["count"].sum() == 2


def test_events_of_a_year_group_without_pupils_keep_their_row() -> None:
    assembled = put_together([("section_47_enquiries", "A", "spring 2019", None, 1)])
    row = cell(assembled, "A", "spring 2019", "unknown")
    assert (row["section_47_enquiries"], row["pupils_on_census_day"], row["mean_pupils"]) == (1, 0, 0.0)


def test_mean_pupils_are_days_on_the_roll_over_days_of_the_term() -> None:
    row = cell(put_together([]), "A", "spring 2019")
    assert (row["mean_pupils"], row["mean_resident_pupils"], row["resident_pupils_on_census_day"]) == (9.5, 7.6, 8)


def test_what_was_lost_in_a_term_that_is_not_covered_is_said_to_lie_outside_it() -> None:
    assembled = put_together(
        [],
        without=((Source.CHILDREN_IN_NEED, "spring 2019"),),
        lost=[("referrals", "spring 2019", "not on any roll", 4), ("referrals", "autumn 2019", "not on any roll", 1)],
    )
    told = {(term, reason): count for _, term, reason, count in assembled.not_placed.rows()}
    assert told == {("spring 2019", NOT_COVERED): 4, ("autumn 2019", "not on any roll"): 1}


def test_a_school_whose_rolls_end_has_no_cells_after_them_and_the_others_go_on() -> None:
    assembled = put_together(
        [("section_47_enquiries", "B", "summer 2019", 7, 2)], without_b=((Source.ROLLS, "summer 2019"),)
    )
    at = {(row["school"], row["term"]) for row in assembled.cells.iter_rows(named=True)}
    assert ("B", "summer 2019") not in at
    assert ("A", "summer 2019") in at
    assert assembled.not_placed.rows() == [("section_47_enquiries", "summer 2019", NOT_COVERED, 2)]


def test_a_school_that_returned_no_sessions_in_a_term_has_null_and_not_zero() -> None:
    assembled = put_together([], without_b=((Source.ATTENDANCE, "spring 2019"),))
    assert cell(assembled, "B", "spring 2019")["sessions_possible"] is None
    assert cell(assembled, "A", "spring 2019")["sessions_possible"] == 0
    assert cell(assembled, "B", "spring 2019")["section_47_enquiries"] == 0


def test_sessions_of_a_term_that_the_calendar_does_not_have_lie_outside_it() -> None:
    assembled = put_together([("sessions_missed", "A", "summer 2018", 7, 12)])
    assert assembled.not_placed.rows() == [("sessions_missed", "", OUTSIDE_TERMS, 12)]
