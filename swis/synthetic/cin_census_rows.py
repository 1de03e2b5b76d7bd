"""The children in need census of a year, as rows for the elements of the return."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from swis.synthetic.authority import Authority
from swis.synthetic.case_notes import CaseNotes
from swis.synthetic.casework import Cases
from swis.synthetic.identities import FIRST_YEAR_OF_SEX, days_of_return, known_numbers, name_sex, write_days
from swis.synthetic.outcomes import ASSESSMENTS, CONFERENCES, ENQUIRIES, ENTRIES, NO_FURTHER_ACTION, PLANS
from swis.synthetic.term_dates import day_of
from swis.tables.returns.cin_census import CHILDREN

_DAYS_UNTIL_DUE, _DAYS_OF_ENQUIRY = 21, 15
_FIRST_REVIEW, _NEXT_REVIEW = 90, 180


@dataclass(frozen=True)
class _Case:
    """One case in one return, day by day as it was known on the last day of the return."""

    first: int
    last: int
    days: dict[str, int]
    happened: dict[str, bool]
    notes: dict[str, str]

    def known(self, day: int) -> str | None:
        return day_of(day).isoformat() if day <= self.last else None

    def in_return(self, start: int, end: int) -> bool:
        return start <= self.last and end >= self.first


def list_children(authority: Authority, notes: CaseNotes, year: int) -> Iterator[dict[str, Any]]:
    """The children with a case open in the year, each with its referrals in their order."""
    first, last = days_of_return(year)
    cases, children = authority.cases, authority.population.children
    places = np.flatnonzero((cases.referred <= last) & (cases.closed >= first))
    of_child, starts = np.unique(cases.child[places], return_index=True)
    numbers, why = known_numbers(authority, of_child, last)
    sex, born = name_sex(authority, of_child, year), write_days(children.born[of_child])
    ends = np.append(starts[1:], len(places))
    columns = _columns_of(cases)
    for number, child in enumerate(of_child.tolist()):
        disabled = children.support[child] == "E"
        yield {
            "child": str(children.identifiers[child]),
            "unique_pupil_number": str(numbers[number]) or None,
            "no_unique_pupil_number_because": str(why[number]) or None,
            "born_on": str(born[number]),
            "sex": str(sex[number]),
            "ethnicity": str(children.ethnicity[child]),
            "disabilities": ["LD" if disabled else "NONE"],
            "referrals": [
                _write_case(_take(columns, notes, place, (first, last)))
                for place in places[starts[number] : ends[number]].tolist()
            ],
        }


def header_of(authority: str, year: int) -> dict[str, str]:
    """What the return of an authority (its code) and year says of itself.

    The time of writing is made up, so that the same seed gives the same bytes.
    """
    return {
        "collection": "CIN",
        "year": str(year),
        "returned_on": f"{year}-03-31",
        "level": "L",
        "authority": authority,
        "software": "swis synthesise",
        "release": "synthetic",
        "serial_number": "001",
        "written_at": f"{year}-05-31T09:00:00",
    }


def elements_to_leave_out(year: int) -> tuple[str, ...]:
    """The elements that the return of a year does not have."""
    sex, gender = CHILDREN.column("sex").statutory
    return (gender,) if year >= FIRST_YEAR_OF_SEX else (sex,)


def _columns_of(cases: Cases) -> tuple[dict[str, list[int]], dict[str, list[bool]]]:
    days = {name: value.tolist() for name, value in vars(cases).items() if isinstance(value, np.ndarray)}
    return days, {name: value.tolist() for name, value in cases.happened.items()}


def _take(
    columns: tuple[dict[str, list[int]], dict[str, list[bool]]], notes: CaseNotes, place: int, days: tuple[int, int]
) -> _Case:
    written = {name: values[place] for name, values in vars(notes).items()}
    of_case = {name: values[place] for name, values in columns[0].items()}
    happened = {name: values[place] for name, values in columns[1].items()}
    return _Case(*days, of_case, happened, written)


def _write_case(case: _Case) -> dict[str, Any]:
    nothing, closed = case.happened[NO_FURTHER_ACTION], case.days["closed"]
    ended = not nothing and closed <= case.last
    # Where both hold the conference, the panel must count it once; so half of the referrals repeat it.
    repeats = case.happened[CONFERENCES] and case.days["child"] % 2 == 0
    repeats = repeats and case.in_return(case.days["conferred"], case.days["conferred"])
    return {
        "referred_on": case.known(case.days["referred"]),
        "referral_source": case.notes["source"],
        "primary_need": case.notes["need"],
        "closed_on": case.known(closed) if ended else None,
        "reason_for_closure": _reason_for_closure(case) if ended else None,
        "initial_conference_on": case.known(case.days["conferred"]) if repeats else None,
        "no_further_action": "true" if nothing else "false",
        "assessments": _write_assessment(case),
        "child_in_need_plans": _write_need_plan(case),
        "section_47_enquiries": _write_enquiry(case),
        "child_protection_plans": _write_protection_plan(case),
    }


def _reason_for_closure(case: _Case) -> str:
    assessed_only = case.happened[ASSESSMENTS] and not case.happened["in_need"]
    return "RC8" if assessed_only and case.days["closed"] <= case.days["authorised"] else "RC7"


def _write_assessment(case: _Case) -> list[dict[str, Any]]:
    started, ended = case.days["assessed"], min(case.days["authorised"], case.days["closed"])
    if not (case.happened[ASSESSMENTS] and case.in_return(started, ended)):
        return []
    done = case.known(ended)
    factors = [case.notes["first_factor"], case.notes["second_factor"]] if done else []
    return [{"started_on": case.known(started), "authorised_on": done, "assessment_factors": factors}]


def _write_need_plan(case: _Case) -> list[dict[str, Any]]:
    started, ended = case.days["authorised"], case.days["closed"]
    planned = case.happened["in_need"] and not case.happened[PLANS] and not case.happened[ENTRIES]
    if not (planned and started <= ended and case.in_return(started, ended)):
        return []
    return [{"started_on": case.known(started), "ended_on": case.known(ended)}]


def _write_enquiry(case: _Case) -> list[dict[str, Any]]:
    started, conferred = case.days["enquired"], case.days["conferred"]
    held = case.happened[CONFERENCES]
    ended = conferred if held else started + _DAYS_OF_ENQUIRY
    if not (case.happened[ENQUIRIES] and case.in_return(started, ended)):
        return []
    return [
        {
            "started_on": case.known(started),
            "conference_due_on": day_of(started + _DAYS_UNTIL_DUE).isoformat(),
            "initial_conference_on": case.known(conferred) if held else None,
            "conference_not_required": "true" if not held and ended <= case.last else "false",
        }
    ]


def _write_protection_plan(case: _Case) -> list[dict[str, Any]]:
    started, ended = case.days["conferred"], min(case.days["plan_ended"], case.days["closed"])
    if not (case.happened[PLANS] and case.in_return(started, ended)):
        return []
    reviews = range(started + _FIRST_REVIEW, min(ended, case.last + 1), _NEXT_REVIEW)
    return [
        {
            "started_on": case.known(started),
            "ended_on": case.known(ended),
            "initial_category": case.notes["category"],
            "latest_category": case.notes["category"],
            "previous_plans": 0,
            "child_protection_reviews": [day_of(day).isoformat() for day in reviews if day >= case.first],
        }
    ]
