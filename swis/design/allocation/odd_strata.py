"""How many schools of each stratum get a social worker, where the ratio does not divide them evenly."""

from __future__ import annotations

from collections.abc import Sequence

from swis.design.allocation.stream import DrawStream


def draw_numbers(sizes: Sequence[int], ratio: tuple[int, int], stream: DrawStream) -> tuple[int, ...]:
    """The number of intervention schools of each stratum: the even share rounded down or up.

    Strata with a remainder are shuffled and go round one dial of `sum(ratio)` steps from a drawn start, each by its remainder;
    a stratum that completes a turn is rounded up. So every stratum is rounded up with exactly the chance that gives each of
    its schools the chance of the ratio, and all strata together are off by less than one school (systematic sampling).
    """
    first, steps = ratio[0], sum(ratio)
    numbers = [size * first // steps for size in sizes]
    rests = [size * first % steps for size in sizes]
    odd = [place for place, rest in enumerate(rests) if rest]
    if odd:
        order = stream.choose(len(odd), odd)
        dial = stream.below(steps)
        for place in order:
            dial += rests[place]
            if dial >= steps:
                dial -= steps
                numbers[place] += 1
    return tuple(numbers)
