"""A plain count of the returns of a folder, pupil by pupil and day by day, that shares nothing with how they were made."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from swis.ingest.cin_census import read_cin_census
from swis.ingest.school_roll import read_school_roll
from swis.ingest.schools_register import read_school_links
from swis.ingest.ssda903 import read_ssda903
from swis.ingest.term_calendar import read_term_calendars
from swis.terms import Window, make_windows

Cell = tuple[str, str, str, str]
"""Outcome, school, year group, term; school and year group are '' for a child on no roll."""


@dataclass(frozen=True)
class Stay:
    school: str
    entered: date
    left: date
    cohort: int


class Recount:
    """Counts everything that the truth tells of."""

    def __init__(self, folder: Path) -> None:
        folder = folder / "returns"
        self.folder = folder
        self.counts: Counter[Cell] = Counter()
        calendar = read_term_calendars(folder / "term_calendar.csv").of_authorities["999"]
        self.windows: tuple[Window, ...] = make_windows(calendar, holidays="next term")
        links = read_school_links(folder / "links_edubasealldata.csv").collect().tables["school_links"]
        self.latest = {
            row["urn"]: row["linked_urn"] for row in links.iter_rows(named=True) if row["link"] == "Successor"
        }
        self.rolls = read_school_roll(folder / "school_census").collect().tables
        self.stays = self._gather_stays()
        self._count_rolls()
        self._count_sessions()
        self._count_exclusions()
        self._count_cases()
        self._count_care()

    def _gather_stays(self) -> dict[str, list[Stay]]:
        found: dict[tuple[str, str, date], tuple[date, int]] = {}
        for name in ("pupils_on_roll", "pupils_no_longer_on_roll"):
            for row in self.rolls[name].iter_rows(named=True):
                year, part = row["collection"].split(" ")
                academic = int(year) - (part != "autumn")
                if name == "pupils_no_longer_on_roll":
                    academic = row["left_on"].year - (row["left_on"].month < 9)
                left = row["left_on"] or date.max
                cohort = academic - (0 if row["year_group"] == "R" else int(row["year_group"]))
                key = (row["unique_pupil_number"], row["school"], row["entered_on"])
                before = found.get(key, (date.max, cohort))
                assert before[1] == cohort
                found[key] = (min(left, before[0]), cohort)
        stays: dict[str, list[Stay]] = {}
        for (number, school, entered), (left, cohort) in sorted(found.items(), key=lambda item: item[0][2]):
            stays.setdefault(number, []).append(Stay(self.latest.get(school, school), entered, left, cohort))
        return stays

    def _window(self, day: date) -> Window | None:
        place = bisect_right([window.counts_from for window in self.windows], day) - 1
        return self.windows[place] if place >= 0 and day <= self.windows[place].counts_to else None

    def _place(self, number: str | None, day: date) -> tuple[str, str, str] | None:
        window = self._window(day)
        if window is None:
            return None
        on = max(day, window.term.first_day)
        for stay in self.stays.get(number or "", []):
            if stay.entered <= on <= stay.left:
                return stay.school, _group(window.term.academic_year - stay.cohort), window.term.name
        return "", "", window.term.name

    def _add(self, outcome: str, number: str | None, day: date, times: int = 1) -> None:
        place = self._place(number, day)
        if place is not None:
            self.counts[(outcome, *place)] += times

    def _count_rolls(self) -> None:
        for row in self.rolls["pupils_on_roll"].iter_rows(named=True):
            year, part = row["collection"].split(" ")
            term = f"{part} {year}"
            if term in [window.term.name for window in self.windows]:
                cell = (self.latest.get(row["school"], row["school"]), row["year_group"], term)
                self.counts[("pupils", *cell)] += 1
                self.counts[("resident_pupils", *cell)] += row["lives_in"] == "999"

    def _count_sessions(self) -> None:
        names = [window.term.name for window in self.windows]
        for name in ("pupils_on_roll", "pupils_no_longer_on_roll"):
            for row in self.rolls[name].iter_rows(named=True):
                term, academic = _term_before(row["collection"])
                if term not in names:
                    continue
                school = self.latest.get(row["school"], row["school"])
                stay = next(
                    each for each in self.stays[row["unique_pupil_number"]] if each.entered == row["entered_on"]
                )
                cell = (school, _group(academic - stay.cohort), term)
                possible = (row["sessions_possible"] or 0) + (row["summer_2_sessions_possible"] or 0)
                parts = (
                    "sessions_authorised",
                    "sessions_unauthorised",
                    "summer_2_sessions_authorised",
                    "summer_2_sessions_unauthorised",
                )
                self.counts[("sessions_possible", *cell)] += possible
                self.counts[("sessions_missed", *cell)] += sum(row[part] or 0 for part in parts)

    def _count_exclusions(self) -> None:
        number_of = {
            row["pupil_record"]: row["unique_pupil_number"]
            for name in ("pupils_on_roll", "pupils_no_longer_on_roll")
            for row in self.rolls[name].iter_rows(named=True)
        }
        # Two censuses may return one exclusion. On one day a pupil has one at most.
        once = {
            (number_of[row["pupil_record"]], row["started_on"], row["category"])
            for row in self.rolls["exclusions"].iter_rows(named=True)
        }
        for number, day, category in once:
            self._add("permanent_exclusions" if category == "PERM" else "suspensions", number, day)

    def _count_cases(self) -> None:
        events: dict[str, set[tuple[str, date]]] = {}
        numbers: dict[str, str] = {}
        for path in sorted(self.folder.glob("cin_census_*.xml")):
            tables = read_cin_census(path).collect().tables
            for row in tables["children"].iter_rows(named=True):
                if row["unique_pupil_number"]:
                    numbers[row["child"]] = row["unique_pupil_number"]
            for outcome, row, day in _list_events(tables):
                events.setdefault(outcome, set()).add((row["child"], row[day]))
        for outcome, pairs in events.items():
            for child, day in pairs:
                self._add(outcome, numbers.get(child), day)

    def _count_care(self) -> None:
        numbers: dict[str, str] = {}
        spells: dict[tuple[str, date], tuple[date | None, bool]] = {}
        for path in sorted(self.folder.glob("ssda903_*")):
            tables = read_ssda903(path).collect().tables
            for row in tables["looked_after_children"].iter_rows(named=True):
                if row["unique_pupil_number"]:
                    numbers[row["child"]] = row["unique_pupil_number"]
            for row in tables["episodes"].iter_rows(named=True):
                if row["legal_status"] != "V4":
                    spells[row["child"], row["started_on"]] = row["ended_on"], row["reason_for_new_episode"] == "S"
        last = self.windows[-1].counts_to
        for (child, started), (ended, new) in spells.items():
            if new:
                self._add("children_entering_care", numbers.get(child), started)
            day = max(started, self.windows[0].counts_from)
            while day <= last and (ended is None or day < ended):
                self._add("days_in_care", numbers.get(child), day)
                day += timedelta(days=1)


def _list_events(tables: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any], str]]:
    for row in tables["referrals"].iter_rows(named=True):
        yield "referrals", row, "referred_on"
        if row["no_further_action"]:
            yield "referrals_no_further_action", row, "referred_on"
        if row["referral_source"] == "2A":
            yield "referrals_from_school", row, "referred_on"
    for outcome, table, day in (
        ("section_17_assessments", "assessments", "started_on"),
        ("section_47_enquiries", "section_47_enquiries", "started_on"),
        ("initial_child_protection_conferences", "initial_conferences", "held_on"),
        ("child_protection_plans", "child_protection_plans", "started_on"),
    ):
        for row in tables[table].iter_rows(named=True):
            yield outcome, row, day


def _term_before(collection: str) -> tuple[str, int]:
    year, part = int(collection.split(" ")[0]), collection.split(" ")[1]
    if part == "autumn":
        return f"summer {year}", year - 1
    return (f"autumn {year - 1}", year - 1) if part == "spring" else (f"spring {year}", year - 1)


def _group(number: int) -> str:
    return "R" if number == 0 else str(number)
