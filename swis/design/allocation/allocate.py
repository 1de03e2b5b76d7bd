"""Drawing an allocation that anybody can draw again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from swis.design.allocation.balance import ArmBalance, measure_arms
from swis.design.allocation.constrained import ConstrainedSet, constrain
from swis.design.allocation.minimisation import minimise
from swis.design.allocation.odd_strata import draw_numbers
from swis.design.allocation.pairing import Pairing
from swis.design.allocation.plan import AllocationPlan, stratum_of
from swis.design.allocation.stream import DrawStream
from swis.errors import AllocationError

LONGEST_SEED = 200


@dataclass(frozen=True)
class StandIn:
    """A school in reserve: the `place`-th to stand in for a school of its stratum that withdraws before arms are told."""

    school: str
    stratum: str
    place: int


@dataclass(frozen=True, eq=False)
class Allocation:
    """An allocation as drawn. `intervention` follows `plan.schools`; `numbers` are the intervention schools of each stratum.

    `constrained` is None but for that method.
    """

    plan: AllocationPlan
    seed: str
    public_value: str
    numbers: tuple[int, ...]
    intervention: NDArray[np.bool_]
    stand_ins: tuple[StandIn, ...]
    balance: tuple[ArmBalance, ...]
    constrained: ConstrainedSet | None

    @property
    def arms(self) -> dict[str, str]:
        """The arm of every school in the draw: intervention or comparison."""
        names = ("comparison", "intervention")
        return {school: names[int(arm)] for school, arm in zip(self.plan.schools, self.intervention, strict=True)}

    def __repr__(self) -> str:
        number = int(self.intervention.sum())
        return (
            f"Allocation({self.plan.options.method}: {number} intervention, {self.intervention.size - number} comparison, "
            f"{len(self.plan.strata)} strata, {len(self.stand_ins)} in reserve)"
        )


def allocate(plan: AllocationPlan, *, seed: str, public_value: str = "") -> Allocation:
    """Draw one allocation. The same plan, seed and public value give the same allocation on every machine and in every version.

    `seed` is any printable text; a secret one of 64 hexadecimal digits where it was committed to. `public_value` is what
    a public event gave that nobody could foresee, if the commitment names one. Arms within a stratum hold exactly their
    number of schools, and under every method at 1:1, and under simple at any ratio, every school has the same chance.

    Raises AllocationError for a seed or public value that is empty where it must not be, too long or not printable.
    """
    _check_text("seed", seed)
    if public_value:
        _check_text("public value", public_value)

    def stream(purpose: str) -> DrawStream:
        return DrawStream(seed, public_value, purpose)

    sizes = [members.size for members in plan.members]
    numbers = draw_numbers(sizes, plan.options.ratio, stream("odd strata"))
    kept = constrain(plan, numbers, stream("candidates")) if plan.options.method == "constrained" else None
    intervention = np.zeros(len(plan.schools), dtype=bool)
    if kept is not None:
        intervention |= kept.kept[stream("kept").below(len(kept.kept))]
    elif plan.options.method == "minimisation":
        intervention[minimise(plan, numbers, order=stream("order"), coins=stream("coins"))] = True
    elif plan.pairing is not None:
        intervention[_draw_pairs(plan, plan.pairing, numbers, stream("pairs"))] = True
    else:
        for label, members, number in zip(plan.strata, plan.members, numbers, strict=True):
            intervention[stream(f"schools of {label}").choose(number, members.tolist())] = True
    return Allocation(
        plan=plan,
        seed=seed,
        public_value=public_value,
        numbers=numbers,
        intervention=intervention,
        stand_ins=_draw_stand_ins(plan, seed, public_value),
        balance=measure_arms(plan.nominations, intervention),
        constrained=kept,
    )


def _check_text(what: str, text: str) -> None:
    if not text or not text.isprintable() or text != text.strip() or len(text) > LONGEST_SEED:
        raise AllocationError(
            f"The {what} must be one line of printable text, of 1 to {LONGEST_SEED} characters, without spaces at its ends."
        )


def _draw_pairs(plan: AllocationPlan, pairing: Pairing, numbers: tuple[int, ...], stream: DrawStream) -> list[int]:
    """One of each pair; the school that is left over in an odd stratum gets a social worker if the stratum is rounded up."""
    chosen = [pair[stream.below(2)] for pair in pairing.pairs]
    sizes = [members.size for members in plan.members]
    places = [int(plan.stratum[single]) for single in pairing.singles]
    return chosen + [
        single for single, place in zip(pairing.singles, places, strict=True) if 2 * numbers[place] > sizes[place]
    ]


def _draw_stand_ins(plan: AllocationPlan, seed: str, public_value: str) -> tuple[StandIn, ...]:
    waiting: dict[str, list[str]] = {}
    for school in plan.nominations.reserves:
        waiting.setdefault(stratum_of(school, plan.options), []).append(school.school)
    return tuple(
        StandIn(school, label, place)
        for label, schools in sorted(waiting.items(), key=lambda item: item[0].encode())
        for place, school in enumerate(
            DrawStream(seed, public_value, f"reserves of {label}").choose(len(schools), schools), start=1
        )
    )
