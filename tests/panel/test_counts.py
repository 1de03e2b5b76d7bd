"""What the engine counts, held against the same rules worked out day by day."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from random import Random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swis.panel.counts import Counts, count_everything
from swis.panel.duckdb_engine import DuckdbEngine
from swis.terms import Holidays
from tests.panel.day_by_day import RollRow, School, count_days, count_events, count_pupils
from tests.panel.drawn import AUTHORITY, CALENDAR, at, stage

CENSUS_DAYS = {
    "autumn 2018": date(2018, 10, 4), "spring 2019": date(2019, 1, 17), "summer 2019": date(2019, 5, 16),
    "autumn 2019": date(2019, 10, 3), "spring 2020": date(2020, 1, 16), "summer 2020": date(2020, 5, 21),
}  # fmt: skip
FIRST, LAST = date(2018, 8, 20), date(2020, 7, 31)
Rows = list[dict[str, object]]


def count(tables: dict[str, Rows], *, holidays: Holidays = "next term", short_breaks: bool = False) -> Counts:
    engine = DuckdbEngine(threads=1, spill="never")
    try:
        stage(engine, {"school_keys": [at("A"), at("B"), at("C")], **tables}, holidays=holidays)
        return count_everything(
            engine, calendar=AUTHORITY, home=("909",), short_breaks=short_breaks, step=lambda _: None
        )
    finally:
        engine.close()


def cells_of(counts: Counts, outcome: str) -> Counter[tuple[str, str, int]]:
    rows = counts.placed.filter(pl.col("outcome") == outcome).select("school", "term", "year_group", "count").rows()
    return Counter({(school, term, year): number for school, term, year, number in rows if number})


days = st.dates(FIRST, LAST)
pupils = st.sampled_from(["P", "Q"])


@st.composite
def rolls(draw: st.DrawFn) -> list[RollRow]:
    """Rolls as a school census has them: pupils seen on census days, leavers with a day, some stays never closed."""
    rows: list[RollRow] = []
    used: set[tuple[str, date]] = set()
    for _ in range(draw(st.integers(1, 4))):
        pupil, school, entered = draw(pupils), draw(st.sampled_from("ABC")), draw(days)
        if (pupil, entered) in used:
            continue
        used.add((pupil, entered))
        left = draw(st.none() | st.dates(entered, LAST))
        year_group = draw(st.integers(1, 10))
        for census in CENSUS_DAYS.values():
            if census >= entered and (left is None or census <= left) and draw(st.booleans()):
                year = year_group + (census >= date(2019, 9, 1))
                rows.append(RollRow(pupil, school, entered, census_day=census, year_group=year))
        if left:
            year = year_group + (left >= date(2019, 9, 1))
            rows.append(RollRow(pupil, school, entered, left_on=left, year_group=year))
    return rows


def stage_rolls(rows: list[RollRow]) -> dict[str, Rows]:
    tables: dict[str, Rows] = {"pupils_on_roll": [], "pupils_no_longer_on_roll": []}
    order = {census: number for number, census in enumerate(CENSUS_DAYS.values(), start=1)}
    for row in rows:
        common = {
            "school": row.school, "unique_pupil_number": row.pupil, "entered_on": row.entered_on,
            "year_group": str(row.year_group),
        }  # fmt: skip
        if row.census_day:
            tables["pupils_on_roll"].append(common | {"source": order[row.census_day], "census_day": row.census_day})
        else:
            assert row.left_on
            later = [number for census, number in order.items() if census > row.left_on]
            tables["pupils_no_longer_on_roll"].append(
                common | {"source": min(later, default=9), "left_on": row.left_on}
            )
    return tables


@settings(max_examples=12, deadline=None)
@given(
    rows=rolls(),
    events=st.lists(st.tuples(pupils, days), max_size=8),
    holidays=st.sampled_from(["next term", "previous term", "not counted"]),
)
def test_events_fall_where_the_child_was_on_that_day(
    rows: list[RollRow], events: list[tuple[str, date]], holidays: Holidays
) -> None:
    tables = stage_rolls(rows) | {
        "children": [{"child": f"c{pupil}", "unique_pupil_number": pupil, "shared_number": False} for pupil in "PQ"],
        "section_47_enquiries": [{"child": f"c{pupil}", "started_on": day} for pupil, day in events],
    }
    counts = count(tables, holidays=holidays)
    expected = count_events(School(rows, CALENDAR, CENSUS_DAYS), events, holidays)
    assert cells_of(counts, "section_47_enquiries") == expected
    lost = counts.not_placed.filter(pl.col("outcome") == "section_47_enquiries")["count"].sum()
    assert sum(expected.values()) + lost == len(set(events))


@settings(max_examples=12, deadline=None)
@given(
    rows=rolls(),
    spells=st.lists(st.tuples(pupils, days, st.integers(0, 200)), max_size=5),
    holidays=st.sampled_from(["next term", "previous term", "not counted"]),
)
def test_days_in_care_are_the_union_of_a_childs_episodes(
    rows: list[RollRow], spells: list[tuple[str, date, int]], holidays: Holidays
) -> None:
    firsts = {(pupil, first): first + timedelta(days=length) for pupil, first, length in spells}
    tables = stage_rolls(rows) | {
        "looked_after_children": [{"child": f"k{p}", "unique_pupil_number": p, "shared_number": False} for p in "PQ"],
        "episodes": [
            {"child": f"k{pupil}", "started_on": first, "ended_on": end, "legal_status": "C2", "returned_to": LAST}
            for (pupil, first), end in firsts.items()
        ],
    }
    by_pupil = {p: [(first, end) for (who, first), end in firsts.items() if who == p] for p in "PQ"}
    expected = count_days(School(rows, CALENDAR, CENSUS_DAYS), by_pupil, holidays)
    assert cells_of(count(tables, holidays=holidays), "days_in_care") == expected


@settings(max_examples=8, deadline=None)
@given(rows=rolls())
def test_pupils_at_risk_are_those_on_the_roll_day_by_day(rows: list[RollRow]) -> None:
    counted = count(stage_rolls(rows)).pupils
    on_day, in_term = count_pupils(School(rows, CALENDAR, CENSUS_DAYS))
    for column, expected in (("on_census_day", on_day), ("pupil_days", in_term)):
        found = {(s, t, y): n for s, t, y, n in counted.select("school", "term", "year_group", column).rows() if n}
        assert found == dict(expected)


def draw_world(
    seed: int, *, pupils: int
) -> tuple[list[RollRow], list[tuple[str, date]], dict[str, list[tuple[date, date]]]]:
    """Rolls, events and spells in care of many pupils, with everything that rolls leave open."""
    generator = Random(seed)
    length = (LAST - FIRST).days

    def day_after(day: date) -> date:
        return day + timedelta(days=generator.randint(0, max((LAST - day).days, 0)))

    rows: list[RollRow] = []
    events: list[tuple[str, date]] = []
    spells: dict[str, list[tuple[date, date]]] = {}
    for number in range(pupils):
        pupil, year_group = f"P{number}", generator.randint(1, 10)
        for entered in {day_after(FIRST) for _ in range(generator.randint(1, 3))} | {date(2018, 9, 3)}:
            school, left = generator.choice("ABC"), generator.choice([None, day_after(entered)])
            seen = [day for day in CENSUS_DAYS.values() if day >= entered and (left is None or day <= left)]
            rows += [
                RollRow(pupil, school, entered, census_day=day, year_group=year_group + (day >= date(2019, 9, 1)))
                for day in seen
                if generator.random() < 0.8
            ]
            if left:
                rows.append(
                    RollRow(pupil, school, entered, left_on=left, year_group=year_group + (left >= date(2019, 9, 1)))
                )
        events += [(pupil, FIRST + timedelta(days=generator.randint(0, length))) for _ in range(4)]
        firsts = {FIRST + timedelta(days=generator.randint(0, length)) for _ in range(2)}
        spells[pupil] = [(first, first + timedelta(days=generator.randint(0, 250))) for first in sorted(firsts)]
    return rows, events, spells


@pytest.mark.parametrize("holidays", ["next term", "previous term", "not counted"])
def test_two_hundred_pupils_are_counted_as_day_by_day(holidays: Holidays) -> None:
    rows, events, spells = draw_world(20190901, pupils=200)
    names = sorted(spells)
    tables = stage_rolls(rows) | {
        "children": [child(name, name) for name in names],
        "looked_after_children": [child(name, name) for name in names],
        "section_47_enquiries": [{"child": pupil, "started_on": day} for pupil, day in events],
        "episodes": [
            {"child": pupil, "started_on": first, "ended_on": end, "legal_status": "C2", "returned_to": LAST}
            for pupil, own in spells.items()
            for first, end in own
        ],
    }
    counts = count(tables, holidays=holidays)
    school = School(rows, CALENDAR, CENSUS_DAYS)
    assert cells_of(counts, "section_47_enquiries") == count_events(school, events, holidays)
    assert cells_of(counts, "days_in_care") == count_days(school, spells, holidays)


@pytest.mark.parametrize("order", [1, -1])
def test_an_episode_in_two_returns_counts_once_and_the_later_return_decides(order: int) -> None:
    rows: Rows = [
        {"source": 1, "child": "c", "referred_on": date(2019, 3, 20), "no_further_action": False},
        {"source": 2, "child": "c", "referred_on": date(2019, 3, 20), "no_further_action": True},
    ]
    counts = count(
        {
            "pupils_on_roll": [on_roll("A", "U", date(2018, 9, 3))],
            "children": [child("c", "U")],
            "referrals": rows[::order],
        }
    )
    assert cells_of(counts, "referrals") == {("A", "spring 2019", 7): 1}
    assert cells_of(counts, "referrals_no_further_action") == {("A", "spring 2019", 7): 1}
    assert counts.rows_again["referrals"] == (0, 1)


def on_roll(school: str, number: str, entered: date, **more: object) -> dict[str, object]:
    return {
        "school": school, "unique_pupil_number": number, "entered_on": entered, "census_day": date(2018, 10, 4),
        "collection": "2018 autumn", "year_group": "7", **more,
    }  # fmt: skip


def child(name: str, number: str | None, **more: object) -> dict[str, object]:
    return {"child": name, "unique_pupil_number": number, "shared_number": False, **more}


def test_brothers_and_sisters_in_one_enquiry_are_each_counted_and_the_family_once() -> None:
    day = date(2018, 11, 5)
    counts = count(
        {
            "pupils_on_roll": [on_roll("A", number, date(2018, 9, 3)) for number in ("U", "V", "W")],
            "children": [child("c1", "U"), child("c2", "V"), child("c3", "W")],
            "section_47_enquiries": [{"child": name, "started_on": day} for name in ("c1", "c2", "c3")],
            "families": [
                {"child": "c1", "family": "f"},
                {"child": "c2", "family": "f"},
                {"child": "c3", "family": "g"},
            ],
        }
    )
    row = counts.children_and_families.row(0, named=True)
    assert (row["events"], row["children"], row["families"]) == (3, 3, 2)


def test_a_child_without_a_family_in_the_list_leaves_the_number_of_families_unknown() -> None:
    counts = count(
        {
            "pupils_on_roll": [on_roll("A", number, date(2018, 9, 3)) for number in ("U", "V")],
            "children": [child("c1", "U"), child("c2", "V")],
            "section_47_enquiries": [{"child": name, "started_on": date(2018, 11, 5)} for name in ("c1", "c2")],
            "families": [{"child": "c1", "family": "f"}],
        }
    )
    assert counts.children_and_families["families"].to_list() == [None]


def test_children_who_cannot_be_placed_are_counted_with_the_reason() -> None:
    day = date(2018, 11, 5)
    counts = count(
        {
            "pupils_on_roll": [on_roll("A", "U", date(2018, 12, 1))],
            "children": [
                child("young", None, no_unique_pupil_number_because="UN1"), child("none", None), child("elsewhere", "Z"),
                child("later", "U"), child("twin", "U2", shared_number=True),
            ],
            "section_47_enquiries": [
                {"child": name, "started_on": day} for name in ("young", "none", "elsewhere", "later", "twin", "stranger")
            ] + [{"child": "later", "started_on": date(2010, 1, 1)}],
        }
    )  # fmt: skip
    told = counts.not_placed.filter(pl.col("outcome") == "section_47_enquiries")
    assert {reason: (term, number) for term, reason, number in told.select("term", "reason", "count").rows()} == {
        "no unique pupil number: under school age (UN1)": ("autumn 2018", 1),
        "no unique pupil number": ("autumn 2018", 1),
        "not on any roll": ("autumn 2018", 1),
        "not on a roll on that day": ("autumn 2018", 1),
        "one unique pupil number for several children": ("autumn 2018", 1),
        "the child is not listed in the return": ("autumn 2018", 1),
        "outside the terms": ("", 1),
    }


def test_children_beyond_and_below_school_age_are_told_apart_from_those_who_are_missing() -> None:
    births = {
        "old": date(2001, 9, 1),
        "last year": date(2002, 9, 1),
        "reception": date(2014, 8, 31),
        "young": date(2014, 9, 1),
    }
    counts = count(
        {
            "pupils_on_roll": [on_roll("A", "U", date(2018, 9, 3))],
            "children": [child(name, f"N{name}", born_on=born) for name, born in births.items()],
            "section_47_enquiries": [{"child": name, "started_on": date(2018, 11, 5)} for name in births],
        }
    )
    told = counts.not_placed.filter(pl.col("outcome") == "section_47_enquiries")
    assert dict(told.select("reason", "count").rows()) == {
        "beyond year 11 by age, and on no roll": 1,
        "below reception by age, and on no roll": 1,
        "not on any roll": 2,
    }


def test_pupils_of_whom_the_roll_says_the_same_are_as_many_as_their_rows() -> None:
    rows: Rows = [on_roll("A", None, date(2018, 9, 3)) for _ in range(3)]
    again: Rows = [row | {"source": 2, "census_day": date(2019, 1, 17), "collection": "2019 spring"} for row in rows]
    counts = count({"pupils_on_roll": rows + again})
    assert set(counts.pupils["on_census_day"]) == {3}
    assert counts.stays.stays == 3


def test_a_child_whose_identifier_was_changed_is_one_child() -> None:
    day = date(2018, 11, 5)
    episode = {"started_on": day, "ended_on": date(2018, 11, 15), "legal_status": "C2", "reason_for_new_episode": "S",
               "returned_to": date(2019, 3, 31)}  # fmt: skip
    counts = count(
        {
            "pupils_on_roll": [on_roll("A", "U", date(2018, 9, 3))],
            "children": [child("old", "U"), child("new", "U", source=2)],
            "section_47_enquiries": [
                {"child": "old", "started_on": day},
                {"child": "new", "started_on": day, "source": 2},
            ],
            "families": [{"child": "new", "family": "f"}],
            "looked_after_children": [child("old", "U"), child("new", "U")],
            "episodes": [episode | {"child": "old"}, episode | {"child": "new"}],
        }
    )
    place = ("A", "autumn 2018", 7)
    assert cells_of(counts, "section_47_enquiries") == {place: 1}
    assert cells_of(counts, "children_entering_care") == {place: 1}
    assert cells_of(counts, "days_in_care") == {place: 10}
    told = counts.children_and_families.filter(pl.col("outcome") == "section_47_enquiries")
    assert told.select("events", "children", "families").row(0) == (1, 1, 1)


def test_a_number_that_was_shared_and_put_right_serves_again() -> None:
    counts = count(
        {
            "pupils_on_roll": [on_roll("A", "U", date(2018, 9, 3)), on_roll("A", "V", date(2018, 9, 3))],
            "children": [
                child("d", "U", shared_number=True), child("e", "U", shared_number=True),
                child("d", "U", source=2), child("e", "V", source=2),
            ],
            "section_47_enquiries": [{"child": name, "started_on": date(2018, 11, 5)} for name in ("d", "e")],
        }
    )  # fmt: skip
    assert cells_of(counts, "section_47_enquiries") == {("A", "autumn 2018", 7): 2}


def test_records_that_two_schools_number_alike_are_two_pupils() -> None:
    elder = on_roll("B", "V", date(2018, 9, 3), pupil_record="1", year_group="9")
    row = {"collection": "2018 autumn", "category": "SUSP", "started_on": date(2018, 10, 22), "pupil_record": "1"}
    counts = count(
        {
            "pupils_on_roll": [on_roll("A", "U", date(2018, 9, 3), pupil_record="1"), elder],
            "exclusions": [row | {"school": "A"}, row | {"school": "B"}, row],
        }
    )
    assert cells_of(counts, "suspensions") == {("A", "autumn 2018", 7): 1, ("B", "autumn 2018", 9): 1}
    assert counts.not_placed.filter(pl.col("outcome") == "suspensions")["count"].to_list() == [1]


def test_assessments_are_counted_when_they_begin_and_when_they_are_authorised_and_plans_when_they_begin() -> None:
    begun, done = date(2018, 11, 5), date(2019, 1, 21)
    counts = count(
        {
            "pupils_on_roll": [on_roll("A", "U", date(2018, 9, 3))],
            "children": [child("c", "U")],
            "assessments": [
                {"child": "c", "started_on": begun, "authorised_on": done},
                {"child": "c", "started_on": date(2019, 5, 7)},
            ],
            "child_in_need_plans": [{"child": "c", "started_on": done, "returned_to": date(2019, 3, 31)}],
        }
    )
    autumn, spring, summer = (("A", term, 7) for term in ("autumn 2018", "spring 2019", "summer 2019"))
    assert cells_of(counts, "section_17_assessments") == {autumn: 1, summer: 1}
    assert cells_of(counts, "section_17_assessments_completed") == {spring: 1}
    assert cells_of(counts, "section_17_starts") == {spring: 1}


def test_children_in_care_and_on_plans_are_those_of_the_census_day_and_its_school() -> None:
    census, day = CENSUS_DAYS["autumn 2018"], timedelta(days=1)
    until = {"to the day": census, "over it": census + day}
    episodes: Rows = [
        {
            "child": name,
            "started_on": date(2018, 9, 10),
            "ended_on": end,
            "legal_status": "C2",
            "returned_to": date(2019, 3, 31),
        }
        for name, end in until.items()
    ]
    plans: Rows = [{key: value for key, value in row.items() if key != "legal_status"} for row in episodes]
    listed = [child(name, f"N {name}") for name in until]
    counts = count(
        {
            "pupils_on_roll": [on_roll("A", f"N {name}", date(2018, 9, 3)) for name in until],
            "children": listed,
            "looked_after_children": listed,
            "episodes": episodes,
            "child_protection_plans": plans,
        }
    )
    for outcome in ("children_in_care", "children_on_child_protection_plans"):
        assert cells_of(counts, outcome) == {("A", "autumn 2018", 7): 1}


def test_every_day_in_care_between_the_first_and_the_last_term_is_placed_or_told() -> None:
    episode = {"child": "k", "started_on": date(2018, 11, 1), "ended_on": date(2019, 9, 30), "legal_status": "C2",
               "returned_to": LAST}  # fmt: skip
    returns: dict[str, Rows] = {
        "pupils_on_roll": [on_roll("A", "U", date(2018, 9, 3))],
        "looked_after_children": [child("k", "U")],
        "episodes": [episode],
    }
    rules: tuple[Holidays, ...] = ("next term", "previous term", "not counted")
    for holidays in rules:
        counts = count(returns, holidays=holidays)
        lost = counts.not_placed.filter(pl.col("outcome") == "days_in_care")
        assert sum(cells_of(counts, "days_in_care").values()) + lost["count"].sum() == 333
        assert (lost["reason"].to_list() == ["outside the terms"]) == (holidays == "not counted")


def test_a_former_number_leads_to_the_pupil() -> None:
    counts = count(
        {
            "pupils_on_roll": [on_roll("A", "NEW", date(2018, 9, 3))],
            "children": [child("c", "OLD")],
            "pupil_aliases": [{"unique_pupil_number": "OLD", "pupil": "NEW"}],
            "section_47_enquiries": [{"child": "c", "started_on": date(2018, 11, 5)}],
        }
    )
    assert cells_of(counts, "section_47_enquiries") == {("A", "autumn 2018", 7): 1}


def test_an_open_episode_goes_on_to_the_end_of_the_return_that_has_it_and_no_further() -> None:
    counts = count(
        {
            "pupils_on_roll": [on_roll("A", "U", date(2018, 9, 3))],
            "looked_after_children": [child("k", "U")],
            "episodes": [
                {"child": "k", "started_on": date(2019, 3, 22), "legal_status": "C2", "returned_to": date(2019, 3, 31)}
            ],
        }
    )
    assert sum(cells_of(counts, "days_in_care").values()) == 10


@pytest.mark.parametrize(("short_breaks", "expected"), [(False, 0), (True, 1)])
def test_short_breaks_are_time_in_care_by_option_only(short_breaks: bool, expected: int) -> None:
    episode = {
        "child": "k", "started_on": date(2018, 11, 5), "ended_on": date(2018, 11, 6), "legal_status": "V4",
        "reason_for_new_episode": "S", "returned_to": date(2019, 3, 31),
    }  # fmt: skip
    counts = count(
        {
            "pupils_on_roll": [on_roll("A", "U", date(2018, 9, 3))],
            "looked_after_children": [child("k", "U")],
            "episodes": [episode],
        },
        short_breaks=short_breaks,
    )
    for outcome in ("days_in_care", "children_entering_care"):
        assert sum(cells_of(counts, outcome).values()) == expected


def test_sessions_belong_to_the_term_before_the_census_and_the_year_group_of_that_term() -> None:
    row = on_roll("A", "U", date(2018, 9, 3), sessions_possible=100, sessions_authorised=4, sessions_unauthorised=1)
    autumn = row | {"summer_2_sessions_possible": 50, "summer_2_sessions_authorised": 2}
    counts = count({"pupils_on_roll": [autumn]})
    assert cells_of(counts, "sessions_possible") == {("A", "summer 2018", 6): 150}
    assert cells_of(counts, "sessions_missed") == {("A", "summer 2018", 6): 7}
    assert cells_of(counts, "sessions_missed_unauthorised") == {("A", "summer 2018", 6): 1}


def test_a_suspension_is_counted_at_the_school_of_its_row_else_of_the_record_and_once() -> None:
    pupil = on_roll("A", "U", date(2018, 9, 3), pupil_record="r1")
    again = on_roll(
        "A", "U", date(2018, 9, 3), pupil_record="r7", collection="2019 spring", census_day=date(2019, 1, 17)
    )
    exclusion = {"category": "FIXD", "started_on": date(2018, 10, 22)}
    counts = count(
        {
            "pupils_on_roll": [pupil, again],
            "exclusions": [
                exclusion | {"collection": "2018 autumn", "pupil_record": "r1"},
                exclusion | {"collection": "2019 spring", "pupil_record": "r7", "school": "A"},
                {
                    "category": "PERM",
                    "started_on": date(2018, 11, 1),
                    "collection": "2018 autumn",
                    "pupil_record": "r9",
                },
            ],
        }
    )
    assert cells_of(counts, "suspensions") == {("A", "autumn 2018", 7): 1}
    lost = counts.not_placed.filter(pl.col("outcome") == "permanent_exclusions")
    assert lost["count"].to_list() == [1]


def test_exclusions_that_name_no_pupil_are_each_counted() -> None:
    rows: Rows = [
        {"collection": "2018 autumn", "school": "A", "category": "SUSP", "started_on": date(2018, 10, 22)}
    ] * 3
    counts = count({"pupils_on_roll": [on_roll("A", "U", date(2018, 9, 3))], "exclusions": rows})
    assert sum(cells_of(counts, "suspensions").values()) == 3


def test_a_pupil_whose_row_stands_twice_in_a_census_has_its_sessions_once() -> None:
    first = on_roll("A", "U", date(2018, 9, 3), sessions_possible=100, sessions_authorised=4)
    again = on_roll("A", "U", date(2018, 9, 3), sessions_possible=100, sessions_authorised=6)
    nameless = [on_roll("A", None, date(2018, 9, 3), sessions_possible=10) for _ in range(2)]  # type: ignore[arg-type]
    counts = count({"pupils_on_roll": [first, again, *nameless]})
    assert sum(cells_of(counts, "sessions_possible").values()) == 120
    assert sum(cells_of(counts, "sessions_missed").values()) == 6


def test_families_are_not_looked_up_by_the_numbers_of_another_return() -> None:
    episode = {
        "child": "c1", "started_on": date(2018, 11, 5), "ended_on": date(2018, 11, 6), "legal_status": "C2",
        "reason_for_new_episode": "S", "returned_to": date(2019, 3, 31),
    }  # fmt: skip
    counts = count(
        {
            "pupils_on_roll": [on_roll("A", "U", date(2018, 9, 3))],
            "looked_after_children": [child("c1", "U")],
            "episodes": [episode],
            "families": [{"child": "c1", "family": "f"}],
        }
    )
    assert counts.children_and_families.select("outcome", "families").rows() == [("children_entering_care", None)]


def test_leaving_at_the_usual_time_is_no_move_and_leaving_in_term_is() -> None:
    stays = [
        on_roll("A", "GROWN", date(2014, 9, 1), year_group="6"),
        on_roll("A", "MOVED", date(2014, 9, 1), year_group="4"),
    ]
    left = [
        {"school": "A", "unique_pupil_number": number, "entered_on": date(2014, 9, 1), "left_on": day, "year_group": year,
         "source": 2}
        for number, day, year in (("GROWN", date(2019, 8, 31), "6"), ("MOVED", date(2019, 2, 8), "4"))
    ]  # fmt: skip
    counts = count({"pupils_on_roll": stays, "pupils_no_longer_on_roll": left})
    assert cells_of(counts, "pupils_left") == {("A", "spring 2019", 4): 1}
    assert cells_of(counts, "pupils_joined") == {}


def test_a_subsidiary_enrolment_is_not_where_a_child_is_counted() -> None:
    counts = count(
        {
            "pupils_on_roll": [
                on_roll("A", "U", date(2018, 9, 3), enrolment_status="M"),
                on_roll("B", "U", date(2018, 10, 1), enrolment_status="S"),
            ],
            "children": [child("c", "U")],
            "section_47_enquiries": [{"child": "c", "started_on": date(2018, 11, 5)}],
        }
    )
    assert cells_of(counts, "section_47_enquiries") == {("A", "autumn 2018", 7): 1}
    assert counts.stays.not_main == 1


def test_a_new_reference_number_of_the_same_school_is_no_move() -> None:
    old_and_new = [at("A"), {"school_as_returned": "OLD", "school": "A", "calendar": AUTHORITY}]
    counts = count(
        {
            "school_keys": old_and_new,
            "pupils_on_roll": [
                on_roll("OLD", "U", date(2016, 9, 1)),
                on_roll("A", "U", date(2019, 1, 1), source=2, census_day=date(2019, 1, 17), collection="2019 spring"),
            ],
            "children": [child("c", "U")],
            "section_47_enquiries": [
                {"child": "c", "started_on": day} for day in (date(2018, 11, 5), date(2019, 2, 5))
            ],
        }
    )
    assert cells_of(counts, "section_47_enquiries") == {("A", "autumn 2018", 7): 1, ("A", "spring 2019", 7): 1}
    assert cells_of(counts, "pupils_left") == {}
