"""Rates come out as set. Every bound is derived: 4.5 standard errors of the count, given what it is drawn from."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest

from swis.synthetic.authority import Authority, synthesise_authority
from swis.synthetic.children import LEAVES_CHILDHOOD
from swis.synthetic.levels import daily
from swis.synthetic.rates import Rates
from swis.synthetic.schools import draw_around_one
from swis.synthetic.settings import Settings

ERRORS = 4.5
FLAT = Settings(
    schools=40, years=3, pupils=300, k=0.0, between_terms=0.0, season=(1.0, 1.0, 1.0), intervention_share=0.0
)


@pytest.fixture(scope="module")
def flat() -> Authority:
    """All schools and terms alike: what is left is the Poisson and binomial scatter."""
    return synthesise_authority(FLAT, seed=5)


def test_referrals_come_at_the_rate_that_is_set(flat: Authority) -> None:
    population, cases = flat.population, flat.cases
    children, rates = population.children, population.settings.rates
    origin, last = population.dates.origin, int(population.dates.last[-1])
    share = population.schools.free_meals[children.origin]
    weight = children.resident * np.where(children.free_meals, rates.referrals_with_free_meals, 1.0)
    weight = weight / (1 + share * (rates.referrals_with_free_meals - 1))
    until = np.minimum(np.minimum(population.gone, last), children.born + LEAVES_CHILDHOOD - 1)
    days = np.maximum(until - np.maximum(population.came, origin) + 1, 0)
    new = ~cases.earlier
    # A child with an open case is not at risk: the days after the referral until the case is closed.
    open_days = np.minimum(cases.closed, until[cases.child]) - np.maximum(cases.referred, origin - 1)
    at_risk = (weight * days).sum() - (weight[cases.child] * np.maximum(open_days, 0)).sum()
    expected = daily(rates.referrals) * at_risk
    # At an occasion of a family of at most 4 every child is meant with at most 0.7: variance over mean is at most 1 + 3 x 0.7.
    assert abs(new.sum() - expected) < ERRORS * sqrt(3.1 * expected)


@pytest.mark.parametrize(
    ("later", "earlier", "share", "day"),
    [
        ("referrals_no_further_action", "referrals", 0.071, "referred"),
        ("section_17_assessments", "referrals", 0.92, "referred"),
        ("section_47_enquiries", "section_17_assessments", 0.22, "enquired"),
        ("initial_child_protection_conferences", "section_47_enquiries", 0.33, "conferred"),
        ("child_protection_plans", "initial_child_protection_conferences", 0.85, "conferred"),
        ("children_entering_care", "section_17_assessments", 0.06, "care_began"),
    ],
)
def test_what_follows_is_the_share_that_is_set(
    flat: Authority, later: str, earlier: str, share: float, day: str
) -> None:
    cases = flat.cases
    able = cases.happened[earlier] & ~cases.earlier & (getattr(cases, day) <= flat.population.gone[cases.child])
    n = int(able.sum())
    assert abs(cases.happened[later][able].sum() - share * n) < ERRORS * sqrt(n * share * (1 - share))


def test_a_fifth_of_the_referrals_of_pupils_come_from_schools(flat: Authority) -> None:
    population, cases = flat.population, flat.cases
    pupils = (population.place(cases.child, cases.referred) >= 0) & ~cases.earlier
    # The share is set so that it is a fifth over all days; pupils' days lie a little more in term than those of all children.
    share = cases.happened["referrals_from_school"][pupils].mean()
    assert abs(share - 0.20) < ERRORS * sqrt(3.1 * 0.2 * 0.8 / pupils.sum()) + 0.015


def test_sessions_are_missed_at_the_rates_that_are_set(flat: Authority) -> None:
    attendance, stays = flat.attendance, flat.population.stays
    secondary = flat.population.schools.secondary[stays.school[attendance.stay]]
    possible = attendance.possible.sum(axis=1).astype(float)
    missed = (attendance.authorised + attendance.unauthorised).sum()
    p = np.where(secondary, 0.055, 0.040)
    # Beta-binomial with concentration 12: the correlation of sessions of one pupil and term is 1 / 13.
    variance = (possible * p * (1 - p) * (1 + (possible - 1) / 13)).sum()
    assert abs(missed - (possible * p).sum()) < ERRORS * sqrt(variance)


def test_suspensions_come_at_the_rates_that_are_set(flat: Authority) -> None:
    exclusions, stays, attendance = flat.exclusions, flat.population.stays, flat.attendance
    secondary = flat.population.schools.secondary
    rate = np.where(secondary[stays.school[attendance.stay]], 0.108, 0.014) / 190
    expected = rate * attendance.possible.sum(axis=1) / 2
    of_pupils = np.bincount(stays.child[attendance.stay], expected)
    # Pupils differ by a gamma with coefficient of variation 3, which adds 9 times the square of each pupil's expectation. Of two
    # suspensions on one day one is left out: of a pupil with gamma g about (g mu)^2 / 2 over the pupil's days, and g^2 is 10.
    days = np.bincount(stays.child[attendance.stay], attendance.possible.sum(axis=1) / 2)
    lost = (10 * of_pupils**2 / 2 / np.maximum(days, 1)).sum()
    variance = expected.sum() + 9 * (of_pupils**2).sum()
    assert abs((~exclusions.permanent).sum() - expected.sum()) < ERRORS * sqrt(variance) + 2 * lost


def test_permanent_exclusions_are_the_share_of_moves_that_is_set() -> None:
    rates = Rates(permanent_exclusions_secondary=0.02, permanent_exclusions_primary=0.01)
    made = synthesise_authority(Settings(schools=40, years=3, rates=rates, intervention_share=0.0), seed=8)
    stays, exclusions = made.population.stays, made.exclusions
    moved = stays.moved
    p = np.where(made.population.schools.secondary[stays.school[moved]], 0.4, 0.2)
    assert abs(exclusions.permanent.sum() - p.sum()) < ERRORS * sqrt((p * (1 - p)).sum())


def test_true_rates_differ_between_schools_by_k() -> None:
    n, k = 200_000, 0.3
    drawn = draw_around_one(k, n, np.random.default_rng(1))
    assert abs(drawn.mean() - 1) < ERRORS * k / sqrt(n)
    # The fourth central moment of a gamma with mean 1 and variance v is 3v^2 + 6v^3.
    v = k**2
    assert abs(drawn.var() - v) < ERRORS * sqrt((3 * v**2 + 6 * v**3 - v**2) / n)
    assert (draw_around_one(0.0, 5, np.random.default_rng(1)) == 1).all()


def test_the_number_of_children_in_care_stays_as_it_was_at_first(flat: Authority) -> None:
    """Entries of 0.06 of assessments, for two years on average, keep about 0.55 in 100 in care, as published for all children."""
    episodes, dates = flat.episodes, flat.population.dates
    children = flat.population.children.resident.sum()
    main = episodes.status != "V4"
    shares = []
    for day in dates.census[3:]:
        shares.append((main & (episodes.began <= day) & (day < episodes.ended)).sum() / children * 1.5)
    assert all(0.003 < share < 0.010 for share in shares)
