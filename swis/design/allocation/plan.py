"""How schools will be allocated: the method with its options, and who is drawn among whom."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from statistics import median
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from swis.design.allocation.measures import MEASURES, complete_measures, standardise, value_of
from swis.design.allocation.nominations import NominatedSchool, Nominations
from swis.design.allocation.pairing import Pairing, pair_schools
from swis.errors import AllocationError, TableError
from swis.tables.nearest import did_you_mean
from swis.tables.problem import name_rows

Method: TypeAlias = Literal["simple", "pairs", "constrained", "minimisation"]
Criterion: TypeAlias = Literal["sum_of_squares", "largest"]
Numbers: TypeAlias = NDArray[np.int64]

METHODS: dict[Method, str] = {
    "simple": "schools shuffled within each stratum",
    "pairs": "the most alike paired within each stratum, one of each pair drawn",
    "constrained": "one drawn from the allocations that balance best",
    "minimisation": "school after school to the arm that balances better, with a chance of the other",
}
CRITERIA: tuple[Criterion, ...] = ("sum_of_squares", "largest")
STRATA = ("authority", "phase")
MOST_CANDIDATES = 200_000
MOST_OF_A_RATIO = 20


@dataclass(frozen=True)
class AllocationOptions:
    """What is settled before the draw, and what a commitment covers. Raises AllocationError for what cannot be.

    `ratio`: intervention to comparison. `covariates`: None stands for every measure that is known of all schools.
    `criterion`, `candidates` and `keep_percent` are of constrained, `preferred_percent` of minimisation.
    """

    method: Method = "simple"
    strata: tuple[str, ...] = ("authority",)
    ratio: tuple[int, int] = (1, 1)
    covariates: tuple[str, ...] | None = None
    criterion: Criterion = "sum_of_squares"
    candidates: int = 10_000
    keep_percent: int = 10
    preferred_percent: int = 80

    def __post_init__(self) -> None:
        _check_name("method", self.method, tuple(METHODS))
        _check_name("criterion", self.criterion, CRITERIA)
        for name in self.strata:
            _check_name("stratum", name, STRATA)
        for name in self.covariates or ():
            _check_name("covariate", name, tuple(MEASURES))
        if "authority" not in self.strata or len(set(self.strata)) < len(self.strata):
            raise AllocationError("Schools are drawn within their authority: strata are authority, or authority,phase.")
        if len(set(self.covariates or ())) < len(self.covariates or ()):
            raise AllocationError("A covariate is named twice. Name each once.")
        self._check_numbers()

    def _check_numbers(self) -> None:
        if not all(1 <= part <= MOST_OF_A_RATIO for part in self.ratio):
            raise AllocationError(f"A ratio is two whole numbers from 1 to {MOST_OF_A_RATIO}, such as 1:1 or 2:1.")
        if self.method in ("pairs", "minimisation") and self.ratio[0] != self.ratio[1]:
            raise AllocationError(
                f"{self.method} draws 1:1 only: with another ratio a school's chance would depend on its figures. "
                "Take simple or constrained."
            )
        if not 100 <= self.candidates <= MOST_CANDIDATES:
            raise AllocationError(f"Candidates are from 100 to {MOST_CANDIDATES:,}.")
        if not 1 <= self.keep_percent <= 100:
            raise AllocationError("The share of allocations to keep is from 1 to 100 per cent.")
        if not 50 <= self.preferred_percent <= 95:
            raise AllocationError(
                "The chance of the better arm is from 50 to 95 per cent. Above that the draw could be foreseen."
            )

    @property
    def canonical(self) -> str:
        """The options as one line of JSON with sorted keys: what a commitment covers."""
        return json.dumps(asdict(self), sort_keys=True, separators=(",", ":"))


def options_from(values: object) -> AllocationOptions:
    """Options from plain values, such as those of a certificate.

    Raises ValueError for a value of another type, AllocationError for what cannot be settled.
    """
    if not isinstance(values, dict) or not all(_is_plain(name, value) for name, value in values.items()):
        raise ValueError("not the options of an allocation")
    lists = {name: tuple(value) for name, value in values.items() if isinstance(value, list)}
    return AllocationOptions(**{**values, **lists})


def _is_plain(name: str, value: object) -> bool:
    if name in ("method", "criterion"):
        return isinstance(value, str)
    if name in ("candidates", "keep_percent", "preferred_percent"):
        return type(value) is int
    if name == "ratio":
        return isinstance(value, list) and len(value) == 2 and all(type(each) is int for each in value)
    listed = isinstance(value, list) and all(isinstance(each, str) for each in value)
    return name in ("strata", "covariates") and (listed or (name == "covariates" and value is None))


@dataclass(frozen=True, eq=False)
class AllocationPlan:
    """Who is drawn among whom, without the seed. Arrays follow `schools`, which are in the order of the draw.

    `stratum` is the place in `strata` of each school. `standardised`, shape (schools, covariates), is in thousandths of a
    standard deviation; `above_middle` says whether a school lies above the median. `pairs` is None but for that method.
    """

    options: AllocationOptions
    nominations: Nominations
    schools: tuple[str, ...]
    strata: tuple[str, ...]
    stratum: Numbers
    covariates: tuple[str, ...]
    standardised: Numbers
    above_middle: NDArray[np.bool_]
    pairing: Pairing | None

    @property
    def members(self) -> tuple[Numbers, ...]:
        """The places of the schools of each stratum, in the order of the draw."""
        return tuple(np.flatnonzero(self.stratum == place) for place in range(len(self.strata)))

    def __repr__(self) -> str:
        first, second = self.options.ratio
        return (
            f"AllocationPlan({self.options.method} {first}:{second}, {len(self.schools)} schools in {len(self.strata)} strata, "
            f"{len(self.covariates)} covariates)"
        )


def plan_allocation(nominations: Nominations, options: AllocationOptions | None = None) -> AllocationPlan:
    """Settle who is drawn among whom.

    Counted: schools that are neither excluded nor in reserve. Raises AllocationError where a stratum is too small for the
    ratio or the method needs covariates and there are none, TableError where a covariate is not known of every school.
    """
    options = options or AllocationOptions()
    drawn = nominations.drawn
    if not drawn:
        raise AllocationError(f"{nominations.file} has no school that may be drawn: all are excluded or in reserve.")
    labels = [stratum_of(school, options) for school in drawn]
    strata = tuple(sorted(set(labels), key=str.encode))
    _check_strata(nominations, labels, options)
    covariates = _covariates(nominations, options)
    values = [[value_of(school, name) or Fraction(0) for school in drawn] for name in covariates]
    shape = (len(drawn), len(covariates))
    standardised = np.array([standardise(column) for column in values], dtype=np.int64).reshape(shape[::-1]).T
    middles = [median(column) for column in values]
    above = [[value > middle for value in column] for column, middle in zip(values, middles, strict=True)]
    stratum = np.array([strata.index(label) for label in labels], dtype=np.int64)
    return AllocationPlan(
        options=options,
        nominations=nominations,
        schools=tuple(school.school for school in drawn),
        strata=strata,
        stratum=stratum,
        covariates=covariates,
        standardised=standardised,
        above_middle=np.array(above, dtype=bool).reshape(shape[::-1]).T,
        pairing=pair_schools(standardised, stratum) if options.method == "pairs" else None,
    )


def stratum_of(school: NominatedSchool, options: AllocationOptions) -> str:
    """The label of a school's stratum: its authority, and its phase if that was asked for."""
    return " | ".join(str(getattr(school, name)) for name in options.strata)


def _check_strata(nominations: Nominations, labels: Sequence[str], options: AllocationOptions) -> None:
    first, second = options.ratio
    problems = []
    for label, number in sorted(Counter(labels).items()):
        share, rest = divmod(number * first, first + second)
        if share == 0 or share + bool(rest) == number:
            rows = [school.row for school, own in zip(nominations.drawn, labels, strict=True) if own == label]
            problems.append(
                f"{nominations.file}: {label} has {number} school{'' if number == 1 else 's'} in the draw "
                f"({name_rows(sorted(rows))}): at {first}:{second} an arm could be empty there."
            )
    if problems:
        raise AllocationError(
            "\n".join(problems) + "\nNominate more, exclude the authority with a reason, or choose another ratio."
        )


def _covariates(nominations: Nominations, options: AllocationOptions) -> tuple[str, ...]:
    drawn = nominations.drawn
    complete = complete_measures(drawn)
    if options.covariates is None:
        if not complete and options.method != "simple":
            raise AllocationError(
                f"{nominations.file} has no figure that is known of every school in the draw and differs between them; "
                f"{options.method} has nothing to balance. Complete a column, or take simple."
            )
        return complete if options.method != "simple" else ()
    if not options.covariates and options.method != "simple":
        raise AllocationError(f"{options.method} needs a covariate. Choose from: {', '.join(MEASURES)}.")
    for name in options.covariates:
        rows = sorted(school.row for school in drawn if value_of(school, name) is None)
        if rows:
            raise TableError(
                f"{nominations.file}: {name} is not known of {len(rows)} of {len(drawn)} schools ({name_rows(rows)}). "
                "Complete it, or leave the covariate out."
            )
        if name not in complete:
            raise TableError(f"{nominations.file}: {name} is the same for every school. Leave the covariate out.")
    return options.covariates if options.method != "simple" else ()


def _check_name(what: str, name: str, known: Sequence[str]) -> None:
    if name not in known:
        raise AllocationError(f"There is no {what} {name!r}; there are: {', '.join(known)}.{did_you_mean(name, known)}")
