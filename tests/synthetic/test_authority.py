"""Everything in an authority fits together."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swis.ingest.upn import check_letter_of
from swis.synthetic.authority import Authority, synthesise_authority
from swis.synthetic.pupil_numbers import make_unique_pupil_numbers
from swis.synthetic.schools import PRIMARY_YEARS
from swis.synthetic.settings import Settings
from swis.synthetic.stays import STILL_THERE

SHAPES = st.builds(
    Settings,
    schools=st.integers(2, 14),
    years=st.integers(1, 3),
    pupils=st.integers(10, 60),
    first_year=st.integers(1995, 2040),
    unit=st.sampled_from(["school", "cluster"]),
    chosen_by=st.sampled_from(["chance", "need"]),
    trend=st.sampled_from([0.0, 0.2]),
    rate_ratios=st.sampled_from([{}, {"referrals": 1.5}, {"section_47_enquiries": 0.4, "suspensions": 2.0}]),
)


@settings(max_examples=25, deadline=None)
@given(shape=SHAPES, seed=st.integers(0, 2**31))
def test_an_authority_of_any_shape_fits_together(shape: Settings, seed: int) -> None:
    authority = synthesise_authority(shape, seed=seed)
    _check_stays(authority)
    _check_cases(authority)
    _check_care(authority)
    _check_school_days(authority)


def _check_stays(authority: Authority) -> None:
    stays, children, schools = authority.population.stays, authority.population.children, authority.population.schools
    dates = authority.population.dates
    assert (stays.entered <= stays.left).all()
    same = stays.child[1:] == stays.child[:-1]
    assert (stays.entered[1:][same] > stays.left[:-1][same]).all()
    for census in range(len(dates.terms)):
        day = dates.census[census]
        there = (stays.entered <= day) & (day <= stays.left)
        group = dates.terms[census].academic_year - children.cohort[stays.child[there]]
        secondary = schools.secondary[stays.school[there]]
        assert ((group >= 0) & (group < 12)).all()
        assert ((group >= PRIMARY_YEARS) == secondary).all()
    converted = schools.converted[stays.school]
    assert ((stays.urn == schools.last_urn[stays.school]) | (converted == 0) | (stays.left < converted)).all()
    assert not children.never_on_roll[stays.child].any()
    left = stays.left[stays.left != STILL_THERE]
    term = np.clip(dates.place_of(left), 0, None)
    # Nobody leaves between the first day of a term and its census: so that every stay and session is in some census.
    assert ((left < dates.first[term]) | (left > dates.census[term])).all()


def _check_cases(authority: Authority) -> None:
    cases, happened = authority.cases, authority.cases.happened
    chain = (
        ("section_17_assessments", "referrals"),
        ("section_47_enquiries", "section_17_assessments"),
        ("initial_child_protection_conferences", "section_47_enquiries"),
        ("child_protection_plans", "initial_child_protection_conferences"),
        ("children_entering_care", "section_17_assessments"),
        ("referrals_from_school", "referrals"),
    )
    for later, earlier in chain:
        assert not (happened[later] & ~happened[earlier]).any()
    assert not (happened["referrals_no_further_action"] & happened["section_17_assessments"]).any()
    children = authority.population.children
    assert children.resident[cases.child].all()
    assert (cases.referred >= children.born[cases.child]).all()
    same = cases.child[1:] == cases.child[:-1]
    assert (cases.referred[1:][same] > cases.closed[:-1][same]).all()
    new = ~cases.earlier
    assert ((cases.referred[new] + 3) % 7 < 5).all()
    assert (cases.assessed >= cases.referred).all()
    assert (cases.enquired[new] >= cases.assessed[new]).all()
    assert (cases.conferred > cases.enquired).all()
    sure = happened["referrals_from_school"]
    assert authority.population.dates.is_school_day(cases.referred[sure]).all()


def _check_care(authority: Authority) -> None:
    episodes = authority.episodes
    assert (episodes.began < episodes.ended).all()
    same = episodes.child[1:] == episodes.child[:-1]
    assert (episodes.began[1:][same] >= episodes.ended[:-1][same]).all()
    follows = same & ~episodes.last[:-1]
    assert (episodes.began[1:][follows] == episodes.ended[:-1][follows]).all()
    assert (episodes.new[1:][follows] == "P").all()
    assert (episodes.reason_ended[~episodes.last] == "X1").all()
    assert (episodes.new == "S").sum() == episodes.last.sum()


def _check_school_days(authority: Authority) -> None:
    attendance, exclusions = authority.attendance, authority.exclusions
    stays, dates = authority.population.stays, authority.population.dates
    assert (attendance.authorised + attendance.unauthorised <= attendance.possible).all()
    assert (attendance.possible.sum(axis=1) > 0).all()
    assert dates.is_school_day(exclusions.day).all()
    assert (stays.entered[exclusions.stay] <= exclusions.day).all()
    assert (exclusions.day <= stays.left[exclusions.stay]).all()
    assert stays.moved[exclusions.stay[exclusions.permanent]].all()


def test_unique_pupil_numbers_are_unique_and_have_the_right_letter(authority: Authority) -> None:
    numbers = authority.population.children.numbers.tolist()
    assert len(set(numbers)) == len(numbers)
    assert all(check_letter_of(number) == number[0] for number in numbers)
    assert make_unique_pupil_numbers("999", np.array([], dtype=np.int64)).tolist() == []


def test_siblings_are_referred_on_the_same_day_far_more_often_than_by_chance(authority: Authority) -> None:
    cases, family = authority.cases, authority.population.children.family
    new = ~cases.earlier
    pairs = np.stack([family[cases.child[new]], cases.referred[new]], axis=1)
    together = len(pairs) - len(np.unique(pairs, axis=0))
    # By chance two siblings would share one of thousands of days: fewer than one referral in a hundred.
    assert together > 0.1 * len(pairs)


def test_pupils_of_a_primary_mostly_go_on_to_the_secondary_that_it_feeds() -> None:
    authority = synthesise_authority(Settings(schools=40, years=2, pupils=100, academies=0), seed=3)
    stays, schools = authority.population.stays, authority.population.schools
    follows = (stays.child[1:] == stays.child[:-1]) & ~stays.moved[:-1]
    follows &= ~schools.secondary[stays.school[:-1]] & schools.secondary[stays.school[1:]]
    nearest = schools.cluster[stays.school[:-1][follows]] == stays.school[1:][follows]
    # One in ten picks any of eight secondaries; some have moved to a primary of another cluster before.
    assert 0.75 < nearest.mean() < 0.95


def test_schools_chosen_by_need_had_more_enquiries_before_and_fall_back_after() -> None:
    rates = []
    for seed in range(4):
        shape = Settings(schools=60, years=4, pupils=150, chosen_by="need", k=0.1, between_terms=0.3)
        rates.append(_rates_before_and_after(synthesise_authority(shape, seed=seed)))
    before, after = np.mean(rates, axis=0)
    assert before > 1.4  # chosen as the upper half of noisy counts
    assert after < 1 + (before - 1) / 2


def _rates_before_and_after(authority: Authority) -> tuple[float, float]:
    """Enquiries in schools with a social worker over those in schools without, in the year before and after the start."""
    population, cases = authority.population, authority.cases
    there = cases.happened["section_47_enquiries"]
    day = cases.enquired[there]
    stay, term = population.place(cases.child[there], day), population.dates.place_of(day)
    worker = authority.planted.with_worker[population.stays.school[stay]]
    start = authority.planted.start
    ratios = []
    for first in (start - 3, start):
        inside = (stay >= 0) & (term >= first) & (term < first + 3)
        ratios.append((inside & worker).sum() / (inside & ~worker).sum() / _pupils(authority))
    return ratios[0], ratios[1]


def _pupils(authority: Authority) -> float:
    stays, day = authority.population.stays, authority.population.dates.census[authority.planted.start]
    worker = authority.planted.with_worker[stays.school[(stays.entered <= day) & (day <= stays.left)]]
    return worker.sum() / (~worker).sum()


def test_clusters_are_given_social_workers_whole() -> None:
    authority = synthesise_authority(Settings(schools=25, pupils=20, years=1, unit="cluster"), seed=2)
    cluster, worker = authority.population.schools.cluster, authority.planted.with_worker
    assert all(len(set(worker[cluster == each])) == 1 for each in set(cluster))
    assert 0 < worker.sum() < 25


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_no_school_or_every_school_may_have_a_social_worker(share: float) -> None:
    authority = synthesise_authority(Settings(schools=5, pupils=20, years=1, intervention_share=share), seed=2)
    assert authority.planted.with_worker.mean() == share


def test_a_printed_authority_names_no_child(authority: Authority) -> None:
    assert repr(authority).startswith("Authority(seed 11: 12 schools, 1,")
    assert repr(authority).endswith("synthetic)")
