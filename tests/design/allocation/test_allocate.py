from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2, chisquare

from swis.design.allocation.allocate import Allocation, allocate
from swis.design.allocation.measures import standardise
from swis.design.allocation.nominations import read_nominations
from swis.design.allocation.odd_strata import draw_numbers
from swis.design.allocation.plan import METHODS, AllocationOptions, AllocationPlan, Method, plan_allocation
from swis.design.allocation.redraws import draw_allocations
from swis.design.allocation.stream import DrawStream
from swis.errors import AllocationError, SwisError
from tests.design.allocation.drawn import drawn_nominations, nominations_text, write_nominations

FALSE_ALARM = 1e-6
"""How often a chi-square test here would fail a fair draw. The seeds are fixed: it passes always or never."""


def make_plan(folder: Path, sizes: list[int], method: Method = "simple", **options: object) -> AllocationPlan:
    nominations = drawn_nominations(folder, sizes)
    return plan_allocation(nominations, AllocationOptions(method=method, **options))  # type: ignore[arg-type]


def numbers_of(allocation: Allocation) -> list[int]:
    return [int(allocation.intervention[members].sum()) for members in allocation.plan.members]


def fair(hits: np.ndarray, draws: int, chance: float) -> float:
    """The p-value of a chi-square test that every school is hit with its chance, in arms of fixed size."""
    schools = len(hits)
    # Of fixed size: counts of two schools are dependent, which takes one degree of freedom and this factor.
    statistic = ((hits - draws * chance) ** 2).sum() / (draws * chance * (1 - chance)) * (schools - 1) / schools
    return float(chi2.sf(statistic, schools - 1))


@settings(deadline=None, max_examples=60)
@given(
    sizes=st.lists(st.integers(2, 11), min_size=1, max_size=7),
    ratio=st.sampled_from([(1, 1), (2, 1), (1, 2), (3, 2), (2, 2)]),
    seed=st.integers(0, 10**9),
)
def test_every_stratum_has_its_share_rounded_and_all_together_are_within_one(
    sizes: list[int], ratio: tuple[int, int], seed: int
) -> None:
    numbers = draw_numbers(sizes, ratio, DrawStream(f"{seed}", "", "odd strata"))
    shares = [Fraction(size * ratio[0], sum(ratio)) for size in sizes]
    assert all(abs(number - share) < 1 for number, share in zip(numbers, shares, strict=True))
    assert abs(sum(numbers) - sum(shares)) < 1


def test_each_odd_stratum_is_rounded_up_with_the_chance_of_its_remainder() -> None:
    sizes, ratio, draws = [3, 4, 5, 7, 6], (2, 3), 8_000
    numbers = np.array([draw_numbers(sizes, ratio, DrawStream(f"{seed}", "", "odd")) for seed in range(draws)])
    for size, column in zip(sizes, numbers.T, strict=True):
        share = Fraction(size * ratio[0], sum(ratio))
        up, chance = int((column > share // 1).sum()), float(share % 1)
        expected = [draws * (1 - chance), draws * chance]
        assert share.denominator == 1 or chisquare([draws - up, up], expected).pvalue > FALSE_ALARM


@pytest.mark.parametrize("method", METHODS)
def test_every_school_is_equally_likely_and_every_stratum_has_its_number(tmp_path: Path, method: Method) -> None:
    plan = make_plan(tmp_path, [4, 5, 3], method, candidates=100, keep_percent=50)
    draws = 600 if method == "constrained" else 1_500
    hits = np.zeros(len(plan.schools))
    for seed in range(draws):
        allocation = allocate(plan, seed=f"{seed}")
        hits += allocation.intervention
        assert numbers_of(allocation) == list(allocation.numbers)
        assert allocation.numbers[0] == 2
        assert allocation.intervention.sum() == 6
    assert fair(hits, draws, 0.5) > FALSE_ALARM


def test_at_two_to_one_every_school_has_two_chances_in_three(tmp_path: Path) -> None:
    plan = make_plan(tmp_path, [4, 5, 7], ratio=(2, 1))
    draws = 2_000
    hits = sum(allocate(plan, seed=f"{seed}").intervention.astype(float) for seed in range(draws))
    assert fair(np.asarray(hits), draws, 2 / 3) > FALSE_ALARM


def test_every_allocation_of_a_stratum_is_equally_likely(tmp_path: Path) -> None:
    plan = make_plan(tmp_path, [5], ratio=(2, 3))
    counts = Counter(tuple(np.flatnonzero(allocate(plan, seed=f"{seed}").intervention)) for seed in range(4_000))
    assert set(counts) == set(combinations(range(5), 2))
    assert chisquare(list(counts.values())).pvalue > FALSE_ALARM


@settings(deadline=None, max_examples=25)
@given(sizes=st.lists(st.integers(2, 9), min_size=1, max_size=5), seed=st.integers(0, 999))
@pytest.mark.parametrize("method", METHODS)
def test_the_same_seed_gives_the_same_arms_whatever_the_order_of_rows(
    tmp_path_factory: pytest.TempPathFactory, method: Method, sizes: list[int], seed: int
) -> None:
    heading, *rows = nominations_text(sizes, reserves=1).splitlines()
    folder = tmp_path_factory.mktemp("order")
    arms = []
    for turned in (rows, rows[::-1]):
        nominations = read_nominations(write_nominations(folder, "\n".join([heading, *turned]) + "\n"))
        plan = plan_allocation(nominations, AllocationOptions(method=method, candidates=100))
        allocation = allocate(plan, seed=f"{seed}")
        arms.append((allocation.arms, allocation.stand_ins, nominations.canonical_sha256))
    assert arms[0] == arms[1]


def test_a_school_more_in_one_authority_changes_nothing_in_another(tmp_path: Path) -> None:
    before = allocate(make_plan(tmp_path, [6, 8, 4]), seed="x").arms
    after = allocate(make_plan(tmp_path, [8, 8, 4]), seed="x").arms
    assert {
        name: arm for name, arm in before.items() if name.startswith(("School 01", "School 02"))
    }.items() <= after.items()


def test_reserves_stand_in_in_a_drawn_order_within_their_authority(tmp_path: Path) -> None:
    plan = plan_allocation(drawn_nominations(tmp_path, [4, 4], reserves=3))
    first = Counter()  # type: ignore[var-annotated]
    for seed in range(1_200):
        stand_ins = allocate(plan, seed=f"{seed}").stand_ins
        assert [each.place for each in stand_ins] == [1, 2, 3, 1, 2, 3]
        assert {each.stratum for each in stand_ins[:3]} == {"Authority 00"}
        first[stand_ins[0].school] += 1
    assert chisquare(list(first.values())).pvalue > FALSE_ALARM
    assert len(first) == 3


@pytest.mark.parametrize("method", ["pairs", "constrained"])
def test_methods_that_balance_halve_the_variance_of_a_simple_draw(tmp_path: Path, method: Method) -> None:
    covariates = ("pupils", "free_school_meals_percent")

    def mean_square(of: Method) -> float:
        plan = make_plan(tmp_path, [12, 10, 10], of, covariates=covariates, candidates=200)
        every = [allocate(plan, seed=f"{seed}").balance for seed in range(60)]
        return float(
            np.mean([row.standardised_difference**2 for rows in every for row in rows if row.measure in covariates])
        )

    # Pairs of 32 schools on two covariates lie close, and a tenth is kept of what is constrained.
    assert mean_square(method) < 0.5 * mean_square("simple")


def test_minimisation_quarters_the_variance_of_the_numbers_above_the_median(tmp_path: Path) -> None:
    covariates = ("pupils", "free_school_meals_percent")

    def mean_square(of: Method) -> float:
        plan = make_plan(tmp_path, [40, 40], of, covariates=covariates)
        levels = make_plan(tmp_path, [40, 40], "minimisation", covariates=covariates).above_middle
        signs = np.array([2 * allocate(plan, seed=f"{seed}").intervention - 1.0 for seed in range(60)])
        return float(np.mean((signs @ levels) ** 2))

    # Of 80 schools a simple draw gives a variance of about 20; under minimisation it does not grow with the schools.
    assert mean_square("minimisation") < 0.25 * mean_square("simple")


def test_minimisation_takes_the_better_arm_with_its_chance_only(tmp_path: Path) -> None:
    plan = make_plan(tmp_path, [6], "minimisation")
    assert len({allocate(plan, seed=f"{seed}").intervention.tobytes() for seed in range(300)}) > 15


def test_standardised_figures_are_rounded_the_same_everywhere() -> None:
    assert standardise([Fraction(1), Fraction(2), Fraction(3)]) == (-1000, 0, 1000)
    values = [Fraction(value, 7) for value in (3, 1, 4, 1, 5, 9, 2, 6)]
    plain = np.array([float(value) for value in values])
    expected = np.rint((plain - plain.mean()) / plain.std(ddof=1) * 1000)
    assert standardise(values) == tuple(expected.astype(int))


@pytest.mark.parametrize("seed", ["", " x", "x\n", "x" * 201])
def test_a_seed_that_is_no_line_of_text_is_refused(tmp_path: Path, seed: str) -> None:
    with pytest.raises(AllocationError, match="The seed must be one line of printable text"):
        allocate(make_plan(tmp_path, [4]), seed=seed)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"method": "pair"}, "no method 'pair'.*Did you mean pairs"),
        ({"ratio": (0, 1)}, "whole numbers from 1 to 20"),
        ({"ratio": (2, 1), "method": "pairs"}, "pairs draws 1:1 only"),
        ({"ratio": (2, 1), "method": "minimisation"}, "minimisation draws 1:1 only"),
        ({"strata": ("phase",)}, "drawn within their authority"),
        ({"strata": ("authority", "region")}, "no stratum 'region'"),
        ({"covariates": ("pupil",)}, "no covariate 'pupil'"),
        ({"covariates": ("pupils", "pupils")}, "named twice"),
        ({"criterion": "best"}, "no criterion 'best'"),
        ({"candidates": 99}, "from 100 to 200,000"),
        ({"keep_percent": 0}, "from 1 to 100 per cent"),
        ({"preferred_percent": 100}, "the draw could be foreseen"),
    ],
)
def test_options_that_cannot_be_are_refused(options: dict[str, object], says: str) -> None:
    with pytest.raises(AllocationError, match=says):
        AllocationOptions(**options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("sizes", "options", "says"),
    [
        ([4, 1], {}, r"Authority 01 has 1 school in the draw \(row 6\): at 1:1 an arm could be empty"),
        ([2, 6], {"ratio": (2, 1)}, "Authority 00 has 2 schools in the draw .*at 2:1"),
        ([6], {"method": "pairs", "covariates": ()}, "pairs needs a covariate"),
    ],
)
def test_a_stratum_that_cannot_be_divided_is_refused_with_its_rows(
    tmp_path: Path, sizes: list[int], options: dict[str, object], says: str
) -> None:
    with pytest.raises(SwisError, match=says):
        plan_allocation(drawn_nominations(tmp_path, sizes), AllocationOptions(**options))  # type: ignore[arg-type]


def test_a_covariate_that_one_school_lacks_is_refused_with_its_row(tmp_path: Path) -> None:
    text = "school,authority,phase,pupils\nA,X,secondary,100\nB,X,secondary,\nC,X,secondary,90\n"
    nominations = read_nominations(write_nominations(tmp_path, text))
    with pytest.raises(SwisError, match=r"pupils is not known of 1 of 3 schools \(row 3\)"):
        plan_allocation(nominations, AllocationOptions(method="pairs", covariates=("pupils",)))
    with pytest.raises(SwisError, match="pairs has nothing to balance"):
        plan_allocation(nominations, AllocationOptions(method="pairs"))


@pytest.mark.parametrize("method", METHODS)
def test_redraws_have_the_distribution_of_the_draw(tmp_path: Path, method: Method) -> None:
    plan = make_plan(tmp_path, [4, 3, 5], method, candidates=100, keep_percent=50)
    draws, some = 20_000, 400 if method == "constrained" else 3_000
    ours = draw_allocations(plan, draws, seed=1)
    assert ours.shape == (draws, 12)
    assert ours.dtype == bool
    assert (ours.sum(axis=1) == 6).all()
    real = np.array([allocate(plan, seed=f"{seed}").intervention for seed in range(some)])
    signs, real_signs = 2.0 * ours - 1, 2.0 * real - 1
    together, real_together = signs.T @ signs / draws, real_signs.T @ real_signs / some
    # Five standard errors of a share among so few real draws, twice as wide on the scale from -1 to 1.
    assert np.abs(together - real_together).max() < 5 * 2 * 0.5 / np.sqrt(some)
    assert np.abs(ours.mean(axis=0) - 0.5).max() < 5 * 0.5 / np.sqrt(draws) * (10 if method == "constrained" else 1)


def test_redraws_of_a_constrained_allocation_are_of_its_own_set(tmp_path: Path) -> None:
    plan = make_plan(tmp_path, [6, 5], "constrained")
    drawn = allocate(plan, seed="x").constrained
    assert drawn is not None
    redrawn = draw_allocations(plan, 500, seed=2, constrained=drawn)
    assert {row.tobytes() for row in redrawn} <= {row.tobytes() for row in drawn.kept}


def test_redraws_follow_the_ratio_and_remember_the_seed(tmp_path: Path) -> None:
    plan = make_plan(tmp_path, [4, 5, 7], ratio=(2, 1))
    ours = draw_allocations(plan, 30_000, seed=3)
    assert np.abs(ours.mean(axis=0) - 2 / 3).max() < 5 * np.sqrt(2 / 9 / 30_000)
    assert (ours == draw_allocations(plan, 30_000, seed=3)).all()
