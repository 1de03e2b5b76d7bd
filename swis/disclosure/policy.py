"""Which counts are too small to show, as values: the rules of the Department for Education, the NHS and the ONS."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil

from swis.errors import DisclosureError

HIDDEN = "[c]"
"""The symbol in place of a hidden number: confidential, in the shorthand of the Government Statistical Service."""


@dataclass(frozen=True)
class Policy:
    """When a count is hidden, how the rest is shown, and what a reader who knows the rule may still work out.

    Counts from 1 to `largest_small` are hidden, in the body of a table and in its totals.
    """

    name: str
    largest_small: int
    round_to: int = 1
    """Every number that is shown is rounded to this; 1: shown as it is."""
    two_in_a_line: bool = True
    """Whether a line of the table with one hidden number gets a second one before the intervals are checked."""
    small_is_known: bool = False
    """Whether the reader is taken to know which hidden numbers are small and which are hidden to protect them."""
    hide_none_and_all: bool = False
    """Whether zeros, and counts of everyone, are hidden too."""
    round_totals_over: tuple[str, ...] = ()
    """Dimensions whose totals are national or regional and are rounded to `round_totals_to`."""
    round_totals_to: int = 10
    too_narrow: int = 1
    """An interval of a hidden number that is no wider than this gives it away."""

    def __post_init__(self) -> None:
        if self.largest_small < 1:
            raise DisclosureError(f"Policy {self.name}: the largest small count must be 1 or more.")
        for step in (self.round_to, self.round_totals_to):
            if not 1 <= step <= 2 * self.largest_small + 1:
                raise DisclosureError(
                    f"Policy {self.name}: rounding to {step} would turn a count that is shown into 0. "
                    f"Round to between 1 and {2 * self.largest_small + 1}."
                )

    def in_units_of(self, most: float) -> Policy:
        """The rule for counts of which one child can add up to `most`, as 122 days of one term in care.

        The rule is about children. What counts as small, and how near a reader may come, is taken times what one child can
        add, rounded up; a number of days is then hidden where it could be that of few children.
        """
        unit = ceil(most)
        if unit < 1:
            raise DisclosureError(f"Policy {self.name}: one child adds 1 or more to a count, not {most:g}.")
        return replace(self, largest_small=self.largest_small * unit, too_narrow=self.too_narrow * unit)

    def __repr__(self) -> str:
        return f"Policy({self.name}: {self.words})"

    @property
    def words(self) -> str:
        """The rule in words, as a reader of the table is told it."""
        hidden = f"numbers from {0 if self.hide_none_and_all else 1} to {self.largest_small} are hidden"
        everyone = ", and so is a number that is everyone" if self.hide_none_and_all else ""
        rounded = f"; every other number is rounded to the nearest {self.round_to}" if self.round_to > 1 else ""
        over = ""
        if self.round_totals_over:
            names = " and ".join(self.round_totals_over)
            over = f"; totals over {names} are rounded to the nearest {self.round_totals_to}"
        return hidden + everyone + rounded + over

    @property
    def smallest_hidden(self) -> int:
        """The least that a hidden number can be."""
        return 0 if self.hide_none_and_all else 1

    def is_small(self, count: int) -> bool:
        """Whether the rule hides this count for what it is."""
        return self.smallest_hidden <= count <= self.largest_small

    def step(self, summed_over: tuple[str, ...]) -> int:
        """To what a number is rounded that sums over these dimensions."""
        if set(summed_over) & set(self.round_totals_over):
            return max(self.round_to, self.round_totals_to)
        return self.round_to

    def interval_of_shown(self, number: int, *, step: int) -> tuple[int, int]:
        """The counts, both ends included, that are shown as this number when rounded to `step`."""
        if number == 0:
            return 0, 0
        return max(number - step // 2, self.largest_small + 1), number + (step - 1) // 2

    def interval_of_hidden(self, *, small: bool) -> tuple[int, int | None]:
        """What the symbol alone tells of a hidden count; None: no upper limit."""
        if not self.small_is_known:
            return self.smallest_hidden, None
        return (self.smallest_hidden, self.largest_small) if small else (self.largest_small + 1, None)

    def gives_away(self, low: int, high: int | None, *, hidden: bool, promised: int = 0) -> bool:
        """Whether knowing that a count lies from low to high gives it away.

        It does where the interval is no wider than `too_narrow` and a count that the rule hides lies in it. Nothing but what the
        reader sees enters here. If only the truly small were protected, a narrow interval that was let stand would
        itself say that its count is not small. `promised` is the largest count that an earlier rule called small.
        """
        if high is None or high - low > self.too_narrow:
            return False
        if hidden and self.hide_none_and_all:
            return True
        return low <= max(self.largest_small, promised) and high >= self.smallest_hidden


def round_half_up(count: int, *, step: int) -> int:
    """The multiple of `step` nearest to the count; a half goes up."""
    return (2 * count + step) // (2 * step) * step


def dfe(*, hide_none_and_all: bool = False, round_totals_over: tuple[str, ...] = ()) -> Policy:
    """The Department for Education's rule: 1 to 5 hidden, others hidden to protect them, zeros shown as 0.

    `hide_none_and_all` hides zeros and counts of everyone too, for topics in which "none" or "all" says much of a
    person. `round_totals_over` names the dimensions whose totals are national or regional: to the nearest 10.
    Source: Department for Education, Characteristics of children in need, 2020 and 2021, "Confidentiality".
    The interval check is ours: the Department says only that secondary suppression was applied where necessary.
    """
    return Policy("dfe", 5, hide_none_and_all=hide_none_and_all, round_totals_over=round_totals_over)


def nhs() -> Policy:
    """The NHS's rule: 1 to 7 hidden, every other number rounded to the nearest 5.

    Source: NHS Digital, Change to disclosure control methodology for HES and ECDS from September 2018; OpenSAFELY
    documentation, Statistical disclosure control (2024). Nothing beyond the small is hidden as a rule, so the reader
    knows a hidden number to be 1 to 7; the check takes that into account.
    """
    return Policy("nhs", 7, round_to=5, two_in_a_line=False, small_is_known=True)


def ons() -> Policy:
    """The threshold of 10 for research outputs: 1 to 9 hidden, others hidden to protect them.

    Source: Office for National Statistics, Secure Research Service output checking guidance, version 1.1 (2019).
    """
    return Policy("ons", 9)


POLICIES = {"dfe": dfe(), "nhs": nhs(), "ons": ons()}
"""The policies by the name that a person types."""
