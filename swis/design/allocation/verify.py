"""Checking a certificate without trusting who wrote it: hashes, commitment, the draw itself and the balance, made again."""

from __future__ import annotations

import hashlib
import json
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import isclose, isnan
from pathlib import Path

from swis.design.allocation.certificate import REPLACEMENT, Certificate, read_certificate
from swis.design.allocation.commitment import COMMITMENT_FILE, read_commitment
from swis.design.allocation.measures import MEASURES
from swis.design.allocation.nominations import NominatedSchool, Nominations, read_nominations
from swis.design.allocation.plan import plan_allocation
from swis.design.allocation.second_draw import LARGEST_PAIRED, Instructions, SecondDraw, draw_again
from swis.errors import AllocationError
from swis.tables.nominations import NOMINATIONS
from swis.tables.problem import Problem
from swis.tables.text import read_bytes

BALANCE_TOLERANCE = 1e-9
"""Of the size of a number: the second calculation rounds in another order."""


@dataclass(frozen=True)
class Step:
    """One thing that was checked, whether it holds (None: it could not be checked), and what was seen."""

    name: str
    holds: bool | None
    seen: str


@dataclass(frozen=True)
class Verification:
    """Every step in the order in which it was checked."""

    steps: tuple[Step, ...]

    @property
    def holds(self) -> bool:
        """Whether no step failed."""
        return all(step.holds is not False for step in self.steps)

    def __repr__(self) -> str:
        failed = [step.name for step in self.steps if step.holds is False]
        return f"Verification({len(self.steps)} steps, {'all hold' if not failed else 'fails: ' + ', '.join(failed)})"


def verify_allocation(
    certificate: Path | str, nominations: Path | str | None = None, commitment: Path | str | None = None
) -> Verification:
    """Check a certificate against the nominations and the commitment that were published.

    Without paths, nominations.csv and allocation_commitment.toml are looked for beside the certificate; a commitment that is not
    there is a step that could not be checked. Raises AllocationError or TableError if a file cannot be read at all.
    """
    path = Path(certificate)
    data = read_bytes(path)
    if isinstance(data, Problem):
        raise AllocationError(str(data))
    stated, whole = read_certificate(data, file=path.name)
    source = Path(nominations) if nominations is not None else path.parent / NOMINATIONS.file
    nominated = read_nominations(source)
    beside = path.parent / COMMITMENT_FILE
    published = Path(commitment) if commitment is not None else beside if beside.exists() else None
    said = "as it was written" if whole else "its seal does not fit its content: it was edited"
    steps = [Step("certificate", whole, said), *_check_hashes(stated, source, nominated)]
    steps += _check_commitment(stated, published)
    return Verification((*steps, *_check_draw(stated, nominated), *_check_balance(stated, nominated)))


def _check_hashes(stated: Certificate, source: Path, nominated: Nominations) -> Iterator[Step]:
    canonical = _canonical_hash(nominated)
    same = canonical == stated.canonical_sha256
    yield Step("nominations", same, _say_hash("the content of the nominations", canonical, stated.canonical_sha256))
    raw = hashlib.sha256(source.read_bytes()).hexdigest()
    said = _say_hash("the file of the nominations", raw, stated.nominations_sha256)
    if raw != stated.nominations_sha256 and same:
        # Line endings or the order of rows: nothing that a draw sees, but not the file that was hashed.
        said += "; its content is the same, so it was saved anew"
    yield Step("nominations file", raw == stated.nominations_sha256, said)


def _say_hash(what: str, now: str, stated: str) -> str:
    return f"{what}: {now[:16]}" + ("" if now == stated else f", but the certificate says {stated[:16]}")


def _canonical_hash(nominated: Nominations) -> str:
    digest = hashlib.sha256()
    for each in sorted(nominated.schools, key=lambda one: (one.authority.encode(), one.school.encode())):
        numbers = (each.pupils, each.referrals, each.section_47_enquiries, each.exclusions)
        shares = (each.persistent_absence_percent, each.free_school_meals_percent)
        cells = [each.school, each.authority, each.phase, *("" if n is None else str(n) for n in numbers)]
        cells += ["" if n is None else _decimal(Fraction(n)) for n in shares]
        cells += ["; ".join(each.feeder_primaries), "yes" if each.reserve else "no", each.excluded]
        digest.update((json.dumps(cells, separators=(",", ":")) + "\n").encode())
    return digest.hexdigest()


def _decimal(number: Fraction) -> str:
    """A number of at most six decimals with no digit too many."""
    whole, rest = divmod(number, 1)
    digits = f"{int(rest * 1_000_000):06d}".rstrip("0")
    return f"{int(whole)}.{digits}" if digits else str(int(whole))


def _check_commitment(stated: Certificate, published: Path | None) -> Iterator[Step]:
    if stated.commitment is None:
        said = "none was made: whoever drew could have tried several seeds"
        yield Step("commitment", None if published is None else False, said)
        return
    text = "\n".join(
        (
            "swis-commitment-1",
            "swis-draw-1",
            stated.seed,
            stated.commitment.public_source,
            stated.options.canonical,
            "",
        )
    )
    digest = hashlib.sha256(text.encode()).hexdigest()
    opens = digest == stated.commitment.sha256
    said = (
        "the seed and the method are those that were committed to"
        if opens
        else "the seed and the method do not open it"
    )
    if stated.commitment.on > stated.drawn_on:
        opens, said = False, f"it is dated {stated.commitment.on.isoformat()}, after the draw"
    yield Step("commitment", opens, said)
    needed = bool(stated.commitment.public_source)
    if needed != bool(stated.public_value):
        yield Step("public value", False, "it must be there if, and only if, the commitment names where it comes from")
    elif needed:
        said = f'compare "{stated.public_value}" with what was published of: {stated.commitment.public_source}'
        yield Step("public value", None, said)
    if published is None:
        yield Step("published commitment", None, f"compare with what was published before: {stated.commitment.sha256}")
        return
    before = read_commitment(published)
    same = before == stated.commitment
    said = f"published on {before.on.isoformat()}, {before.sha256[:16]}" + ("" if same else ": it is another")
    yield Step("published commitment", same, said)


def _check_draw(stated: Certificate, nominated: Nominations) -> Iterator[Step]:
    drawn = {each.school: each.authority for each in nominated.drawn}
    listed = [(each.school, each.authority) for each in stated.schools]
    same = sorted(drawn.items()) == sorted(listed)
    said = f"{len(drawn)} may be drawn, {len(listed)} are in the certificate"
    yield Step("schools in the draw", same, said if same else f"{said}, and they are not the same")
    same = stated.replacement == REPLACEMENT
    yield Step("replacement rule", same, "as this version has it" if same else "not the rule that this version has")
    usable = _usable_measures(nominated.drawn)
    asked = stated.options.covariates if stated.options.covariates is not None else usable
    wanted = asked if stated.options.method != "simple" else ()
    same = stated.scheme == "swis-draw-1" and stated.covariates == wanted and set(wanted) <= set(usable)
    said = f"{stated.scheme}, balanced on {', '.join(stated.covariates) or 'nothing'}"
    yield Step("scheme and covariates", same, said if same else f"{said}: not what the nominations and the method give")
    if not drawn or not set(wanted) <= set(usable) or (stated.options.method != "simple" and not wanted):
        yield Step("arms", False, "nothing can be drawn from these nominations so")
        return
    again = draw_again(nominated.schools, _instructions(stated, wanted))
    yield from _compare(stated, again)
    if stated.options.method == "pairs" or stated.pairs:
        yield _check_pairs(stated, again, nominated)
    if stated.options.method == "constrained" or stated.constrained is not None:
        yield _check_constrained(stated, again)


def _usable_measures(drawn: tuple[NominatedSchool, ...]) -> tuple[str, ...]:
    columns = {name: [_figure(each, name) for each in drawn] for name in MEASURES}
    return tuple(name for name, column in columns.items() if None not in column and len(set(column)) > 1)


def _figure(school: NominatedSchool, measure: str) -> Fraction | None:
    column = measure.removesuffix("_per_100_pupils")
    value = getattr(school, column)
    if value is None or (column != measure and not school.pupils):
        return None
    return Fraction(value) if column == measure else Fraction(value) * 100 / Fraction(school.pupils or 1)


def _instructions(stated: Certificate, covariates: tuple[str, ...]) -> Instructions:
    options = stated.options
    return Instructions(
        method=options.method,
        strata=options.strata,
        ratio=options.ratio,
        covariates=covariates,
        criterion=options.criterion,
        candidates=options.candidates,
        keep_percent=options.keep_percent,
        preferred_percent=options.preferred_percent,
        seed=stated.seed,
        public_value=stated.public_value,
        stated_pairs=frozenset((each.first, each.second) for each in stated.pairs),
    )


def _compare(stated: Certificate, again: SecondDraw) -> Iterator[Step]:
    numbers = {each.name: each.intervention for each in stated.strata}
    sizes = {each.name: each.schools for each in stated.strata}
    said = f"{sum(again.numbers.values())} of {sum(again.sizes.values())} schools (strata: {len(again.numbers)})"
    same = list(numbers.items()) == list(again.numbers.items()) and sizes == again.sizes
    yield Step(
        "numbers in each stratum", same, said if same else f"drawn again: {said}; the certificate says otherwise"
    )
    drawn = {name: "intervention" if name in again.intervention else "comparison" for name in again.schools}
    other = [each.school for each in stated.schools if drawn.get(each.school) != each.arm]
    same = not other and len(stated.schools) == len(drawn)
    said = "every school has the arm that the seed gives it"
    yield Step("arms", same, said if same else f"drawn again, the arms differ: {_some(other) or 'a school is missing'}")
    order = [(name, label, at) for label, names in again.reserves.items() for at, name in enumerate(names, start=1)]
    listed = [(each.school, each.stratum, each.place) for each in stated.stand_ins]
    same = sorted(order) == sorted(listed)
    said = f"{len(order)} in reserve, in the order that the seed gives"
    yield Step("order of the reserve", same, said if same else "drawn again, the order differs")


def _some(names: list[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def _check_pairs(stated: Certificate, again: SecondDraw, nominated: Nominations) -> Step:
    found = {pair: again.distances.get(pair, -1) for pair in again.pairs}
    listed = [((each.first, each.second), each.distance) for each in stated.pairs]
    if stated.options.method != "pairs" or sorted(found.items()) != sorted(listed):
        return Step("pairs", False, "they are not the pairs with the least sum of distances, or a distance differs")
    if max(again.sizes.values()) <= LARGEST_PAIRED:
        return Step("pairs", True, f"{len(listed)} pairs with the least sum of distances, found by going through all")
    plan = plan_allocation(nominated, stated.options)
    least = sum(plan.pairing.distances) if plan.pairing is not None else -1
    said = f"{len(listed)} pairs; that their sum is least was checked with the solver that paired them"
    return Step("pairs", least == sum(found.values()), said)


def _check_constrained(stated: Certificate, again: SecondDraw) -> Step:
    listed = stated.constrained
    if listed is None or stated.options.method != "constrained":
        return Step("constrained set", False, "the method and what the certificate says of the set do not go together")
    same = listed == again.constrained
    said = (
        f"{again.constrained.kept:,} kept of {again.constrained.distinct:,} different allocations"
        if again.constrained
        else ""
    )
    return Step("constrained set", same, said if same else f"drawn again: {said}; the certificate says otherwise")


def _check_balance(stated: Certificate, nominated: Nominations) -> Iterator[Step]:
    arm = {each.school: each.arm for each in stated.schools}
    rows = []
    for name in MEASURES:
        known = [(arm.get(each.school), _figure(each, name)) for each in nominated.drawn]
        ours = [float(value) for which, value in known if value is not None and which == "intervention"]
        theirs = [float(value) for which, value in known if value is not None and which == "comparison"]
        if ours and theirs:
            first, second = statistics.fmean(ours), statistics.fmean(theirs)
            spread = statistics.stdev([*ours, *theirs])
            rows.append((name, len(ours) + len(theirs), first, second, (first - second) / spread if spread else None))
    listed = [
        (each.measure, each.known, each.intervention_mean, each.comparison_mean, each.standardised_difference)
        for each in stated.balance
    ]
    same = len(rows) == len(listed) and all(_same_row(one, other) for one, other in zip(rows, listed, strict=True))
    said = f"{len(rows)} measures" if rows else "no measure is known in both arms"
    if rows:
        largest = max((abs(row[4]) for row in rows if row[4] is not None), default=0.0)
        said += f", the largest standardised difference is {largest:.2f}"
    yield Step("balance", same, said if same else f"worked out again: {said}; the certificate says otherwise")


def _same_row(ours: tuple[str, int, float, float, float | None], stated: tuple[str, int, float, float, float]) -> bool:
    if ours[:2] != stated[:2] or (ours[4] is None) != isnan(stated[4]):
        return False
    pairs = zip(ours[2:4], stated[2:4], strict=True)
    close = all(isclose(one, other, rel_tol=BALANCE_TOLERANCE, abs_tol=BALANCE_TOLERANCE) for one, other in pairs)
    return close and (ours[4] is None or isclose(ours[4], stated[4], rel_tol=1e-7, abs_tol=BALANCE_TOLERANCE))
