"""The scheme of the draw, held against its own description."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chisquare

from swis.design.allocation.allocate import allocate
from swis.design.allocation.plan import AllocationOptions, plan_allocation
from swis.design.allocation.second_draw import below, take
from swis.design.allocation.stream import DrawStream
from tests.design.allocation.drawn import drawn_nominations
from tests.design.allocation.page import PAGE, code_of_the_page

FALSE_ALARM = 1e-6
"""How often a chi-square test here would fail a fair draw. The seeds are fixed: it passes always or never."""


def test_the_first_numbers_are_those_of_sha256sum_for_ever() -> None:
    # printf 'swis-draw-1\nseed\n\npurpose\n0' | sha256sum, and the same with 1 (GNU coreutils 9.1)
    blocks = (
        "caa475a88e741c8d8dc46501248525d68abc7a5a0899051480003b5a3ac142c7",
        "961822b063cafa7dea5d984dc5b83b10c66034008bf73145fc79371993e124ac",
    )
    words = [int(block[start : start + 16], 16) for block in blocks for start in (0, 16, 32, 48)]
    stream = DrawStream("seed", "", "purpose")
    assert [stream.below(2**64) for _ in words] == words


@given(st.text(max_size=8), st.lists(st.integers(1, 2**64), min_size=1, max_size=30))
def test_the_second_implementation_gives_the_same_numbers(purpose: str, bounds: list[int]) -> None:
    stream, again = DrawStream("s", "p", purpose), below("s", "p", purpose)
    assert [stream.below(bound) for bound in bounds] == [again(bound) for bound in bounds]


@given(st.integers(0, 12), st.integers(0, 12))
def test_the_second_implementation_chooses_the_same(number: int, more: int) -> None:
    names = [f"{place}" for place in range(number + more)]
    chosen = DrawStream("s", "", "p").choose(number, names)
    assert chosen == take(number, names, below("s", "", "p"))
    assert len(set(chosen)) == number


def test_a_word_that_would_favour_small_numbers_is_passed_over() -> None:
    # Below three quarters of 2^64 every fourth word is turned down, and no number is favoured.
    bound = 3 * 2**62
    stream = DrawStream("rejection", "", "p")
    drawn = np.array([stream.below(bound) // 2**60 for _ in range(6000)])
    assert chisquare(np.bincount(drawn, minlength=12)).pvalue > FALSE_ALARM


def test_every_order_is_equally_likely() -> None:
    counts = Counter(tuple(DrawStream(f"{seed}", "", "p").choose(4, "abcd")) for seed in range(12_000))
    assert set(counts) == set(permutations("abcd"))
    assert chisquare(list(counts.values())).pvalue > FALSE_ALARM


def test_seed_public_value_and_purpose_each_change_the_numbers() -> None:
    texts = [("a", "b", "c"), ("x", "b", "c"), ("a", "x", "c"), ("a", "b", "x"), ("ab", "", "c")]
    assert len({DrawStream(*each).below(2**64) for each in texts}) == len(texts)


@settings(deadline=None, max_examples=30)
@given(
    sizes=st.lists(st.integers(3, 9), min_size=1, max_size=6),
    ratio=st.sampled_from([(1, 1), (2, 1), (1, 2), (3, 2)]),
    seed=st.text(st.characters(categories=("L", "N")), min_size=1, max_size=9),
)
def test_the_thirty_lines_of_the_page_draw_the_same_schools(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int], ratio: tuple[int, int], seed: str
) -> None:
    folder = tmp_path_factory.mktemp("draw")
    sizes = [max(size, sum(ratio)) for size in sizes]
    nominations = drawn_nominations(folder, sizes, reserves=1)
    allocation = allocate(plan_allocation(nominations, AllocationOptions(ratio=ratio)), seed=seed, public_value="7 11")
    draw: Callable[..., set[str]] = code_of_the_page()["draw"]
    again = draw(folder / "nominations.csv", seed, "7 11", *ratio)
    assert again == {school for school, arm in allocation.arms.items() if arm == "intervention"}


def test_the_thirty_lines_are_about_thirty() -> None:
    code = PAGE.read_text(encoding="utf-8").partition("```python\n")[2].partition("```")[0]
    assert len([line for line in code.splitlines() if line.strip()]) <= 40
