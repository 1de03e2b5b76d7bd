"""What follows from referrals: decisions, assessments, enquiries, conferences, plans, care."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from swis.synthetic.children import LEAVES_CHILDHOOD
from swis.synthetic.outcomes import (
    ASSESSMENTS,
    CONFERENCES,
    ENQUIRIES,
    ENTRIES,
    FROM_SCHOOL,
    NO_FURTHER_ACTION,
    PLANS,
    REFERRALS,
)
from swis.synthetic.planted import Planted
from swis.synthetic.referrals import Population, draw_referrals, to_working_day
from swis.synthetic.stays import STILL_THERE

_DAYS_IN_YEAR = 365.25
_DAYS_TO_ASSESS, _LONGEST_ASSESSMENT = 33.0, 90.0
_MOST_DAYS_TO_START = 5
_MOST_DAYS_TO_ENQUIRY, _MOST_DAYS_TO_CARE = 25, 90
_CONFERENCE_AFTER = (9, 22)
_DAYS_IN_NEED, _DAYS_ON_PLAN = 180.0, 280.0
_DAYS_AFTER_PLAN, _DAYS_WITHOUT_ASSESSMENT, _DAYS_OF_ENQUIRY = 60, 10, 15
_U = (REFERRALS, "decision", FROM_SCHOOL, "in_need", ENQUIRIES, CONFERENCES, PLANS, ENTRIES)


@dataclass(frozen=True, eq=False)
class Cases:
    """Arrays over referrals, by child and day. What did not happen is False; its days then say when it would have.

    `happened` holds for each outcome of a case whether it came about. `closed` is the day on which the
    episode of need ends, STILL_THERE for no such day (no further action). A case with `earlier` began before the calendar.
    """

    child: np.ndarray
    referred: np.ndarray
    assessed: np.ndarray
    authorised: np.ndarray
    enquired: np.ndarray
    conferred: np.ndarray
    plan_ended: np.ndarray
    care_began: np.ndarray
    care_ended: np.ndarray
    need_ended: np.ndarray
    closed: np.ndarray
    happened: dict[str, np.ndarray]
    u: dict[str, np.ndarray]
    earlier: np.ndarray

    @property
    def count(self) -> int:
        """How many cases there are."""
        return len(self.child)

    def where(self, kept: np.ndarray) -> Cases:
        """Only these cases."""
        arrays: dict[str, Any] = {
            name: value[kept] for name, value in vars(self).items() if isinstance(value, np.ndarray)
        }
        happened = {name: value[kept] for name, value in self.happened.items()}
        return replace(self, **arrays, happened=happened, u={name: value[kept] for name, value in self.u.items()})


def draw_cases(population: Population, *, rng: np.random.Generator) -> Cases:
    """Every case that could be, with all days and all u. A child has one case at a time: a referral while one is open is none.

    What is left out for that does not depend on which schools have social workers, so that planted ratios stay exact.
    """
    child, referred = draw_referrals(population, rng=rng)
    drawn = _draw_days(population, child, referred, rng)
    earlier = _draw_earlier(population, rng)
    both = _join(earlier, drawn)
    order = np.lexsort((both.referred, both.child))
    ordered = both.where(order)
    possible = _mark_possible(population, ordered)
    closed = _close(ordered, possible, population.gone[ordered.child])
    return ordered.where(_keep_one_at_a_time(ordered.child, ordered.referred, closed))


def decide(population: Population, cases: Cases, planted: Planted) -> Cases:
    """What happens of what could, with these schools having social workers; cases that do not happen are left out."""
    happened = _mark_happened(population, cases, planted)
    closed = _close(cases, happened, population.gone[cases.child])
    grown_up = population.children.born[cases.child] + LEAVES_CHILDHOOD
    care_ended = np.minimum(cases.care_ended, np.minimum(grown_up, population.gone[cases.child]))
    care_ended = np.maximum(care_ended, cases.care_began + 1)
    return replace(cases, happened=happened, closed=closed, care_ended=care_ended).where(happened[REFERRALS])


def _draw_days(population: Population, child: np.ndarray, referred: np.ndarray, rng: np.random.Generator) -> Cases:
    n, dates = len(child), population.dates
    late = to_working_day(referred + rng.integers(0, _MOST_DAYS_TO_START + 1, n))
    # An assessment that would start in another term or school starts at once, so that no ratio has to be made up for.
    same = (dates.place_of(late) == dates.place_of(referred)) & (
        population.place(child, late) == population.place(child, referred)
    )
    assessed = np.where(same, late, referred)
    lasts = np.clip(rng.gamma(6.0, _DAYS_TO_ASSESS / 6.0, n), 3.0, _LONGEST_ASSESSMENT).astype(np.int64)
    enquired = to_working_day(assessed + rng.integers(0, _MOST_DAYS_TO_ENQUIRY + 1, n))
    conferred = to_working_day(enquired + rng.integers(*_CONFERENCE_AFTER, n))
    authorised = to_working_day(assessed + lasts)
    care_began = assessed + rng.integers(0, _MOST_DAYS_TO_CARE + 1, n)
    in_care = rng.exponential(population.settings.rates.years_in_care * _DAYS_IN_YEAR, n).astype(np.int64)
    return Cases(
        child=child,
        referred=referred,
        assessed=assessed,
        authorised=authorised,
        enquired=enquired,
        conferred=conferred,
        plan_ended=to_working_day(conferred + 30 + rng.gamma(2.0, _DAYS_ON_PLAN / 2, n).astype(np.int64)),
        care_began=care_began,
        care_ended=care_began + 1 + in_care,
        need_ended=to_working_day(authorised + 1 + rng.gamma(2.0, _DAYS_IN_NEED / 2, n).astype(np.int64)),
        closed=np.zeros(n, dtype=np.int64),
        happened={},
        u={name: rng.random(n) for name in _U},
        earlier=np.zeros(n, dtype=bool),
    )


def _draw_earlier(population: Population, rng: np.random.Generator) -> Cases:
    """The children who are in care on the first day of the calendar: their cases began before it."""
    origin, children = population.dates.origin, population.children
    there = children.resident & (population.came <= origin - 40) & (population.gone > origin)
    there &= children.born + LEAVES_CHILDHOOD > origin + 365
    chosen = np.flatnonzero(there & (rng.random(children.count) < population.settings.rates.in_care_at_first))
    mean = population.settings.rates.years_in_care * _DAYS_IN_YEAR
    ago = np.minimum(rng.exponential(mean, len(chosen)).astype(np.int64) + 1, origin - population.came[chosen] - 30)
    began = origin - ago
    drawn = _draw_days(population, chosen, to_working_day(began - 25), rng)
    # In a process that goes on for ever, what is left of a spell is as long as a spell when spells are exponential.
    ended = origin + 1 + rng.exponential(mean, len(chosen)).astype(np.int64)
    return replace(
        drawn,
        assessed=drawn.referred,
        authorised=to_working_day(drawn.referred + 20),
        care_began=began,
        care_ended=ended,
        earlier=np.ones(len(chosen), dtype=bool),
    )


def _join(first: Cases, second: Cases) -> Cases:
    arrays: dict[str, Any] = {
        name: np.concatenate([value, getattr(second, name)])
        for name, value in vars(first).items()
        if isinstance(value, np.ndarray)
    }
    return replace(first, **arrays, u={name: np.concatenate([first.u[name], second.u[name]]) for name in _U})


def _mark_possible(population: Population, cases: Cases) -> dict[str, np.ndarray]:
    """What happens at the most, whichever schools have social workers."""
    settings, rates = population.settings, population.settings.rates

    def share(outcome: str, before: str, p: float) -> float:
        return p * max(1.0, settings.ratio_of(outcome)) / min(1.0, settings.ratio_of(before))

    assessed = cases.u["decision"] > 1 - share(ASSESSMENTS, REFERRALS, rates.assessments_per_referral)
    enquired = assessed & (cases.u[ENQUIRIES] < share(ENQUIRIES, ASSESSMENTS, rates.enquiries_per_assessment))
    conferred = enquired & (cases.u[CONFERENCES] < share(CONFERENCES, ENQUIRIES, rates.conferences_per_enquiry))
    return {
        NO_FURTHER_ACTION: np.zeros(cases.count, dtype=bool),
        ASSESSMENTS: assessed | cases.earlier,
        PLANS: conferred & (cases.u[PLANS] < share(PLANS, CONFERENCES, rates.plans_per_conference)),
        ENTRIES: cases.earlier
        | (assessed & (cases.u[ENTRIES] < share(ENTRIES, ASSESSMENTS, rates.entries_per_assessment))),
        "in_need": cases.u["in_need"] < rates.in_need_per_assessment,
        ENQUIRIES: enquired,
        CONFERENCES: conferred,
    }


def _mark_happened(population: Population, cases: Cases, planted: Planted) -> dict[str, np.ndarray]:
    rates, u, new = population.settings.rates, cases.u, ~cases.earlier
    days = {
        REFERRALS: cases.referred,
        ASSESSMENTS: cases.assessed,
        ENQUIRIES: cases.enquired,
        CONFERENCES: cases.conferred,
        PLANS: cases.conferred,
        ENTRIES: cases.care_began,
    }
    ratio = {name: planted.ratios(name, population.place(cases.child, day), day) for name, day in days.items()}
    on_referral = population.place(cases.child, cases.referred)
    ratio[NO_FURTHER_ACTION] = planted.ratios(NO_FURTHER_ACTION, on_referral, cases.referred)
    ratio[FROM_SCHOOL] = planted.ratios(FROM_SCHOOL, on_referral, cases.referred)

    def there(name: str) -> np.ndarray:
        return days[name] <= population.gone[cases.child]

    def follows(name: str, before: str, p: float) -> np.ndarray:
        return happened[before] & new & there(name) & (u[name] * ratio[before] < p * ratio[name])

    happened = {REFERRALS: cases.earlier | planted.keep(REFERRALS, on_referral, cases.referred, u[REFERRALS])}
    first = happened[REFERRALS] & new
    nothing = rates.share_no_further_action * ratio[NO_FURTHER_ACTION] / ratio[REFERRALS]
    assessed = rates.assessments_per_referral * ratio[ASSESSMENTS] / ratio[REFERRALS]
    happened[NO_FURTHER_ACTION] = first & (u["decision"] < nothing)
    happened[ASSESSMENTS] = cases.earlier | (first & (u["decision"] >= 1 - assessed))
    happened[FROM_SCHOOL] = first & (
        u[FROM_SCHOOL] * ratio[REFERRALS] < _share_from_school(population, cases) * ratio[FROM_SCHOOL]
    )
    happened["in_need"] = happened[ASSESSMENTS] & (u["in_need"] < rates.in_need_per_assessment)
    happened[ENQUIRIES] = follows(ENQUIRIES, ASSESSMENTS, rates.enquiries_per_assessment)
    happened[CONFERENCES] = follows(CONFERENCES, ENQUIRIES, rates.conferences_per_enquiry)
    happened[PLANS] = follows(PLANS, CONFERENCES, rates.plans_per_conference)
    happened[ENTRIES] = cases.earlier | follows(ENTRIES, ASSESSMENTS, rates.entries_per_assessment)
    return happened


def _share_from_school(population: Population, cases: Cases) -> np.ndarray:
    """The chance that a school referred: none while schools are closed or for a child on no roll, more on school days."""
    dates = population.dates
    every_day = to_working_day(np.arange(dates.origin, int(dates.last[-1]) - 7))
    open_share = dates.is_school_day(every_day).mean()
    possible = dates.is_school_day(cases.referred) & (population.place(cases.child, cases.referred) >= 0)
    return np.where(possible, population.settings.rates.share_from_school / open_share, 0.0)


def _close(cases: Cases, happened: dict[str, np.ndarray], gone: np.ndarray) -> np.ndarray:
    """The last day of each episode of need: after everything in it, or when the family moves away."""
    closed = np.where(happened[ASSESSMENTS], cases.authorised, cases.referred + _DAYS_WITHOUT_ASSESSMENT)
    for name, day in (
        ("in_need", cases.need_ended),
        (ENQUIRIES, cases.enquired + _DAYS_OF_ENQUIRY),
        (CONFERENCES, cases.conferred + _DAYS_OF_ENQUIRY),
        (PLANS, cases.plan_ended + _DAYS_AFTER_PLAN),
        (ENTRIES, cases.care_ended),
    ):
        closed = np.where(happened[name] & happened[ASSESSMENTS], np.maximum(closed, day), closed)
    closed = np.where(happened[NO_FURTHER_ACTION], cases.referred, closed)
    return np.minimum(closed, np.maximum(gone, cases.referred))


def _keep_one_at_a_time(child: np.ndarray, referred: np.ndarray, closed: np.ndarray) -> np.ndarray:
    kept = np.ones(len(child), dtype=bool)
    of, until = -1, -STILL_THERE
    for place, (who, day, end) in enumerate(zip(child.tolist(), referred.tolist(), closed.tolist(), strict=True)):
        if who == of and day <= until:
            kept[place] = False
        else:
            of, until = who, end
    return kept
