"""The errors of a children in need census: made on its rows before they become elements."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from datetime import date, timedelta
from typing import Any

import numpy as np

from swis.ingest.finding import Matter
from swis.synthetic.mess_rates import MessRates
from swis.synthetic.pupil_numbers import change_letter
from swis.synthetic.sheet import Hand

Child = dict[str, Any]
Note = Callable[[str, str, str, Matter | None, int], None]
_NUMBER, _WHY = "unique_pupil_number", "no_unique_pupil_number_because"


def spoil_children(children: list[Child], hand: Hand, rates: MessRates, *, note: Note, last_day: date) -> list[Child]:
    """The children with errors, each with one at most; some come twice."""
    _spoil_numbers(children, hand, rates, note)
    _share_numbers(children, hand, rates, note)
    _spoil_referrals(children, hand, rates, note)
    _spoil_days(children, hand, rates, note, last_day)
    twice = hand.pick(rates.rows_twice, np.ones(len(children), dtype=bool))
    note("child twice", "children", "child", Matter.DUPLICATE, len(twice))
    return children + [deepcopy(children[place]) for place in twice]


def _spoil_numbers(children: list[Child], hand: Hand, rates: MessRates, note: Note) -> None:
    numbered = _where(children, lambda child: child[_NUMBER] is not None)
    for error, share, how, finding in (
        ("wrong check letter", rates.wrong_letters, change_letter, Matter.UPN_WRONG_LETTER),
        ("a digit left out", rates.malformed_numbers, lambda number: number[:-1], Matter.UPN_MALFORMED),
        ("check letter in small", rates.small_letters, str.lower, Matter.TIDIED),
    ):
        picked = hand.pick(share, numbered)
        for place in picked:
            children[place][_NUMBER] = how(children[place][_NUMBER])
        note(error, "children", _NUMBER, finding, len(picked))
    picked = hand.pick(rates.missing_numbers, numbered)
    for place in picked:
        children[place] |= {_NUMBER: None, _WHY: "UN5"}
    note("UN5 in place of the number", "children", _NUMBER, None, len(picked))


def _share_numbers(children: list[Child], hand: Hand, rates: MessRates, note: Note) -> None:
    numbered = _where(children, lambda child: child[_NUMBER] is not None)
    givers, takers = hand.pick(rates.shared_numbers, numbered), hand.pick(rates.shared_numbers, numbered)
    pairs = list(zip(givers, takers, strict=False))
    for giver, taker in pairs:
        children[taker][_NUMBER] = children[giver][_NUMBER]
    note("the number of another child", "children", _NUMBER, Matter.SHARED_UPN, len(pairs))


def _spoil_referrals(children: list[Child], hand: Hand, rates: MessRates, note: Note) -> None:
    lettered = _where(children, lambda child: any(_has_letter(each) for each in child["referrals"]))
    picked = hand.pick(rates.small_letters, lettered)
    times = 0
    for place in picked:
        for referral in filter(_has_letter, children[place]["referrals"]):
            referral["referral_source"] = referral["referral_source"].lower()
            times += 1
    note("code in small letters", "referrals", "referral_source", Matter.TIDIED, times)
    picked = hand.pick(rates.codes_unknown, np.ones(len(children), dtype=bool))
    for place in picked:
        children[place]["referrals"][0]["primary_need"] = "N99"
    note("code that does not exist", "referrals", "primary_need", Matter.UNKNOWN_CODE, len(picked))
    picked = hand.pick(rates.dates_written_otherwise, np.ones(len(children), dtype=bool))
    for place in picked:
        first = children[place]["referrals"][0]
        first["referred_on"] = date.fromisoformat(first["referred_on"]).strftime("%d/%m/%Y")
        first["no_further_action"] = "1" if first["no_further_action"] == "true" else "0"
    note("date and yes-or-no written otherwise", "referrals", "referred_on", None, len(picked))


def _spoil_days(children: list[Child], hand: Hand, rates: MessRates, note: Note, last_day: date) -> None:
    authorised = _where(children, lambda child: _first_authorised(child) is not None)
    after = (last_day + timedelta(days=75)).isoformat()
    for error, share, value, finding in (
        ("date after the day of the return", rates.dates_after_return, after, Matter.IN_THE_FUTURE),
        ("date that does not exist", rates.dates_unreadable, f"{last_day.year}-02-30", Matter.UNREADABLE),
    ):
        picked = hand.pick(share, authorised)
        for place in picked:
            assessment = _first_authorised(children[place])
            if assessment is not None:
                assessment["authorised_on"] = value
        note(error, "assessments", "authorised_on", finding, len(picked))


def _first_authorised(child: Child) -> dict[str, Any] | None:
    found = (
        assessment
        for referral in child["referrals"]
        for assessment in referral["assessments"]
        if assessment["authorised_on"] is not None
    )
    return next(found, None)


def _has_letter(referral: dict[str, Any]) -> bool:
    return not str(referral["referral_source"]).isdigit()


def _where(children: Sequence[Child], condition: Callable[[Child], bool]) -> np.ndarray:
    return np.array([condition(child) for child in children], dtype=bool)
