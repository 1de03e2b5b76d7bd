"""The draw once more, written a second time from its description and sharing no code with the first: Python's own integers,
hashes and fractions. `swis verify` holds a certificate against it.
"""

from __future__ import annotations

import hashlib
import itertools
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from statistics import median
from typing import TypeAlias

from swis.design.allocation.certificate import ConstraintDrawn
from swis.design.allocation.nominations import NominatedSchool

LARGEST_PAIRED = 18
"""Schools of a stratum up to which the best pairing is found anew; beyond, the pairs of the certificate are taken."""


Figures: TypeAlias = dict[str, tuple[list[Fraction], list[int]]]
"""Of each school, in the order of the draw, the exact measures, and the same in thousandths of a standard deviation."""
Strata: TypeAlias = dict[str, list[str]]


@dataclass(frozen=True)
class SecondDraw:
    """What the second draw came to, all by the names of schools and strata."""

    schools: tuple[str, ...]
    intervention: frozenset[str]
    numbers: dict[str, int]
    sizes: dict[str, int]
    reserves: Strata
    pairs: frozenset[tuple[str, str]]
    distances: dict[tuple[str, str], int]
    constrained: ConstraintDrawn | None


@dataclass(frozen=True)
class Instructions:
    """What the draw needs to know of a certificate: the options by their names, and the pairs that it states."""

    method: str
    strata: Sequence[str]
    ratio: tuple[int, int]
    covariates: Sequence[str]
    criterion: str
    candidates: int
    keep_percent: int
    preferred_percent: int
    seed: str
    public_value: str
    stated_pairs: frozenset[tuple[str, str]]


def below(seed: str, public_value: str, purpose: str) -> Callable[[int], int]:
    """The generator of the draw, as a function of the bound."""

    def words() -> Iterable[int]:
        for counter in itertools.count():
            text = f"swis-draw-1\n{seed}\n{public_value}\n{purpose}\n{counter}"
            block = hashlib.sha256(text.encode("utf-8")).hexdigest()
            yield from (int(block[start : start + 16], 16) for start in (0, 16, 32, 48))

    source = iter(words())

    def number(bound: int) -> int:
        return next(word for word in source if word < (2**64 // bound) * bound) % bound

    return number


def take(number: int, things: Sequence[str], draw: Callable[[int], int]) -> list[str]:
    """That many of the things, by Fisher and Yates: each from what is left, whose first then fills the gap."""
    left, taken = list(things), []
    for _ in range(number):
        at = draw(len(left))
        taken.append(left[at])
        left[at] = left[0]
        left.pop(0)
    return taken


def draw_again(schools: Sequence[NominatedSchool], told: Instructions) -> SecondDraw:
    """Draw from the nominated schools by the instructions."""
    strata: Strata = {}
    reserves: Strata = {}
    every = [each for each in schools if not each.excluded]
    every.sort(key=lambda one: (one.authority.encode("utf-8"), one.school.encode("utf-8")))
    for each in every:
        label = " | ".join(getattr(each, name) for name in told.strata)
        (reserves if each.reserve else strata).setdefault(label, []).append(each.school)
    strata = {label: strata[label] for label in sorted(strata, key=lambda text: text.encode("utf-8"))}

    def stream(purpose: str) -> Callable[[int], int]:
        return below(told.seed, told.public_value, purpose)

    numbers = _numbers(strata, told.ratio, stream("odd strata"))
    figures = _figures([each for each in every if not each.reserve], told.covariates)
    pairs: frozenset[tuple[str, str]] = frozenset()
    constrained = None
    if told.method == "simple":
        streams = {label: stream(f"schools of {label}") for label in strata}
        chosen = {name for label, names in strata.items() for name in take(numbers[label], names, streams[label])}
    elif told.method == "pairs":
        pairs, chosen = _pairs(strata, numbers, figures, told.stated_pairs, stream("pairs"))
    elif told.method == "constrained":
        chosen, constrained = _constrained(strata, numbers, figures, told, stream)
    else:
        chosen = _minimised(strata, numbers, figures, told, stream)
    return SecondDraw(
        schools=tuple(figures),
        intervention=frozenset(chosen),
        numbers=numbers,
        sizes={label: len(names) for label, names in strata.items()},
        reserves={label: take(len(names), names, stream(f"reserves of {label}")) for label, names in reserves.items()},
        pairs=pairs,
        distances={pair: _apart(figures, *pair) for pair in pairs},
        constrained=constrained,
    )


def _numbers(strata: Strata, ratio: tuple[int, int], draw: Callable[[int], int]) -> dict[str, int]:
    exact = {label: Fraction(len(names) * ratio[0], sum(ratio)) for label, names in strata.items()}
    numbers = {label: math.floor(share) for label, share in exact.items()}
    uneven = [label for label in strata if exact[label].denominator > 1]
    if uneven:
        order = take(len(uneven), uneven, draw)
        reached = Fraction(draw(sum(ratio)), sum(ratio))
        for label in order:
            before, reached = reached, reached + exact[label] - numbers[label]
            numbers[label] += math.floor(reached) - math.floor(before)
    return numbers


def _figures(schools: Sequence[NominatedSchool], covariates: Sequence[str]) -> Figures:
    """Of each school the exact measures, and the same in thousandths of a standard deviation from the mean."""
    columns: list[list[Fraction]] = []
    for covariate in covariates:
        column = covariate.removesuffix("_per_100_pupils")
        values = [Fraction(getattr(each, column)) for each in schools]
        if column != covariate:
            values = [100 * value / Fraction(each.pupils or 1) for value, each in zip(values, schools, strict=True)]
        columns.append(values)
    scaled = [_scaled(column) for column in columns]
    return {
        each.school: ([column[at] for column in columns], [column[at] for column in scaled])
        for at, each in enumerate(schools)
    }


def _scaled(column: list[Fraction]) -> list[int]:
    number, total = len(column), sum(column)
    squares = sum(value * value for value in column) - total * total / number
    results = []
    for value in column:
        away = value - total / number
        # The square of the result is exact, so that rounding is settled without a root.
        square = away * away * (number - 1) * 1_000_000 / squares
        whole = math.isqrt(math.floor(square))
        middle = Fraction(2 * whole + 1, 2) ** 2
        size = whole + (square > middle or (square == middle and whole % 2 == 1))
        results.append(size if away > 0 else -size)
    return results


def _apart(figures: Figures, one: str, other: str) -> int:
    return math.isqrt(sum((a - b) ** 2 for a, b in zip(figures[one][1], figures[other][1], strict=True)))


def _pairs(
    strata: Strata,
    numbers: dict[str, int],
    figures: Figures,
    stated: frozenset[tuple[str, str]],
    draw: Callable[[int], int],
) -> tuple[frozenset[tuple[str, str]], set[str]]:
    pairs: list[tuple[str, str]] = []
    chosen: set[str] = set()
    for label, names in strata.items():
        if len(names) <= LARGEST_PAIRED:
            own = best_pairs(names, lambda one, other: _apart(figures, one, other))
        else:
            own = [(one, other) for one, other in itertools.combinations(names, 2) if (one, other) in stated]
        alone = set(names) - {name for pair in own for name in pair}
        pairs += own
        if 2 * numbers[label] > len(names):
            chosen |= alone
    chosen |= {pair[draw(2)] for pair in pairs}
    return frozenset(pairs), chosen


def best_pairs(names: Sequence[str], apart: Callable[[str, str], int]) -> list[tuple[str, str]]:
    """The pairs whose distances add up to least, by going through every set of schools; earliest partners where several do."""
    number = len(names) + len(names) % 2
    table = [[apart(names[i], names[j]) if i < j < len(names) else 0 for j in range(number)] for i in range(number)]

    @cache
    def least(free: int) -> tuple[int, int]:
        """The least sum over the places in `free`, a set of bits, and the partner of its first place."""
        if not free:
            return 0, 0
        first = (free & -free).bit_length() - 1
        rest = free ^ (1 << first)
        partners = (j for j in range(first + 1, number) if rest >> j & 1)
        return min((table[first][j] + least(rest ^ (1 << j))[0], j) for j in partners)

    free, pairs = (1 << number) - 1, []
    while free:
        first, partner = (free & -free).bit_length() - 1, least(free)[1]
        free ^= (1 << first) | (1 << partner)
        if partner < len(names):
            pairs.append((names[first], names[partner]))
    return pairs


def _constrained(
    strata: Strata,
    numbers: dict[str, int],
    figures: Figures,
    told: Instructions,
    stream: Callable[[str], Callable[[int], int]],
) -> tuple[set[str], ConstraintDrawn]:
    number = math.prod(math.comb(len(names), numbers[label]) for label, names in strata.items())
    if number <= 50_000:
        choices = [itertools.combinations(names, numbers[label]) for label, names in strata.items()]
        candidates = [frozenset(itertools.chain(*parts)) for parts in itertools.product(*choices)]
    else:
        draw = stream("candidates")
        candidates = [
            frozenset(name for label, names in strata.items() for name in take(numbers[label], names, draw))
            for _ in range(told.candidates)
        ]
    scores = {each: _score(each, figures, told.criterion) for each in dict.fromkeys(candidates)}
    worst = sorted(scores.values())[math.ceil(Fraction(len(scores) * told.keep_percent, 100)) - 1]
    kept = [each for each, score in scores.items() if score <= worst]
    together, chances = _shares(kept, strata, numbers, list(figures))
    described = ConstraintDrawn(
        enumerated=number <= 50_000,
        looked_at=len(candidates),
        distinct=len(scores),
        kept=len(kept),
        worst_score=str(worst),
        least_same_arm=float(min(together)),
        most_same_arm=float(max(together)),
        always_together=together.count(Fraction(1)),
        never_together=together.count(Fraction(0)),
        least_chance=float(min(chances)),
        most_chance=float(max(chances)),
    )
    return set(kept[stream("kept")(len(kept))]), described


def _shares(
    kept: Sequence[frozenset[str]], strata: Strata, numbers: dict[str, int], names: list[str]
) -> tuple[list[Fraction], list[Fraction]]:
    """Of each pair of schools that need not be apart the share of allocations with both in one arm; each school's chance."""
    # The allocations in which a school has a social worker, as the bits of one number.
    has = {name: sum(1 << at for at, each in enumerate(kept) if name in each) for name in names}
    apart = {frozenset(own) for label, own in strata.items() if len(own) == 2 and numbers[label] == 1}
    together = [
        1 - Fraction((has[one] ^ has[other]).bit_count(), len(kept))
        for one, other in itertools.combinations(names, 2)
        if frozenset((one, other)) not in apart
    ]
    return together, [Fraction(each.bit_count(), len(kept)) for each in has.values()]


def _score(chosen: frozenset[str], figures: Figures, criterion: str) -> int:
    """The difference of the arms' means of each covariate, times the sizes of both arms; squares added up, or the largest."""
    inside = [sum(column) for column in zip(*(figures[name][1] for name in chosen), strict=True)]
    every = [sum(column) for column in zip(*(scaled for _, scaled in figures.values()), strict=True)]
    size, rest = len(chosen), len(figures) - len(chosen)
    gaps = [abs(rest * own - size * (total - own)) for own, total in zip(inside, every, strict=True)]
    return max(gaps) if criterion == "largest" else sum(gap * gap for gap in gaps)


def _minimised(
    strata: Strata,
    numbers: dict[str, int],
    figures: Figures,
    told: Instructions,
    stream: Callable[[str], Callable[[int], int]],
) -> set[str]:
    home = {name: label for label, names in strata.items() for name in names}
    middles = [median(column) for column in zip(*(exact for exact, _ in figures.values()), strict=True)]
    factors = {
        name: (home[name], *(value > middle for value, middle in zip(exact, middles, strict=True)))
        for name, (exact, _) in figures.items()
    }
    arms: dict[bool, list[str]] = {True: [], False: []}
    coins = stream("coins")
    for name in take(len(figures), list(figures), stream("order")):
        sums = {arm: _imbalance(factors, arms, name, arm) for arm in (True, False)}
        room = numbers[home[name]] - sum(home[other] == home[name] for other in arms[True])
        rest = len(strata[home[name]]) - numbers[home[name]] - sum(home[other] == home[name] for other in arms[False])
        if not room or not rest:
            arm = room > 0
        elif sums[True] == sums[False]:
            arm = coins(room + rest) < room
        else:
            better = sums[True] < sums[False]
            arm = better if coins(100) < told.preferred_percent else not better
        arms[arm].append(name)
    return set(arms[True])


def _imbalance(factors: dict[str, tuple[str | bool, ...]], arms: dict[bool, list[str]], name: str, arm: bool) -> int:
    """The differences between the arms at the school's own levels, added up, if the school were in that arm."""
    total = 0
    for place, level in enumerate(factors[name]):
        counts = {each: sum(factors[other][place] == level for other in arms[each]) for each in (True, False)}
        counts[arm] += 1
        total += abs(counts[True] - counts[False])
    return total
