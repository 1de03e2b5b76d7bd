"""How schools came by their arms: reading and checking the certificate, and drawing again by its own method."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from swis.design.allocation.allocate import allocate
from swis.design.allocation.certificate import Certificate, read_certificate
from swis.design.allocation.nominations import read_nominations
from swis.design.allocation.plan import plan_allocation
from swis.design.allocation.redraws import draw_allocations
from swis.design.allocation.verify import verify_allocation
from swis.errors import AllocationError
from swis.estimate.trial.allocations import DrawAllocations
from swis.study.finding import Finding
from swis.study.trial.rows import TrialSchool
from swis.study.trial.trial import DrawnBy
from swis.study.trial.units import Units
from swis.tables.nearest import did_you_mean
from swis.tables.nominations import NOMINATIONS
from swis.tables.problem import Problem
from swis.tables.text import read_bytes
from swis.tables.trial_schools import TRIAL_SCHOOLS

WITHIN_AUTHORITIES = (
    "re-drawn within authorities, as many schools of each as were allocated, "
    "because the method that drew the trial was not given"
)


def read_drawn_by(folder: Path, certificate: str) -> DrawnBy:
    """The certificate with its nominations, checked step by step, and the plan that it was drawn by.

    Raises AllocationError or TableError where one of the two files cannot be read, where the certificate was edited, and where
    the nominations have other schools in the draw, so that nobody could draw again. Other steps that fail do not stop.
    """
    path = folder / certificate
    data = read_bytes(path)
    if isinstance(data, Problem):
        raise AllocationError(str(data))
    stated, whole = read_certificate(data, file=certificate)
    if not whole:
        raise AllocationError(
            f"{certificate} was edited: its seal does not fit its content. Restore it from where it was published."
        )
    nominations = read_nominations(folder / NOMINATIONS.file)
    plan = plan_allocation(nominations, stated.options)
    _check_same_schools(plan.schools, stated)
    return DrawnBy(stated, verify_allocation(path, folder / NOMINATIONS.file), nominations, plan)


def _check_same_schools(nominated: Sequence[str], certificate: Certificate) -> None:
    drawn = {each.school for each in certificate.schools}
    other = sorted(drawn ^ set(nominated))
    if other:
        some = ", ".join(other[:5]) + (f" and {len(other) - 5} more" if len(other) > 5 else "")
        raise AllocationError(
            f"{NOMINATIONS.file} and the certificate do not have the same schools in the draw: {some}. "
            "Restore the nominations that the schools were drawn from."
        )


def check_against_certificate(schools: Sequence[TrialSchool], certificate: Certificate) -> list[Problem]:
    """Schools that were not drawn, drawn schools that are not here, and arms or authorities that are not the drawn ones."""
    drawn = {each.school: each for each in certificate.schools}
    place = {each.replaces or each.school: each for each in schools}
    problems = [*_check_replacements(schools, certificate), *_check_drawn(schools, list(drawn))]
    missing = [name for name in drawn if name not in place]
    if missing:
        what = f"{_many(missing)} drawn and not here"
        problems.append(
            _problem(what, "Add every school that was drawn, with why_not_analysed where it has no outcome.")
        )
    for column in ("arm", "authority"):
        wrong = [each for name, each in place.items() if name in drawn and _differs(each, drawn[name], column)]
        if wrong:
            what = f"{_many([each.school for each in wrong])} not drawn for the {column} that stands here"
            to_do = f"Write the {column} of the certificate; what a school then did goes under received."
            problems.append(_problem(what, to_do, [each.row for each in wrong], column))
    return problems


def _differs(school: TrialSchool, drawn: object, column: str) -> bool:
    return bool(getattr(school, column) != getattr(drawn, column))


def _many(names: Sequence[str]) -> str:
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return f"{', '.join(names[:5])}{more} {'was' if len(names) == 1 else 'were'}"


def _problem(what: str, what_to_do: str, rows: Iterable[int] = (), column: str = "") -> Problem:
    return Problem(TRIAL_SCHOOLS.file, what, what_to_do, tuple(rows), column)


def _check_drawn(schools: Sequence[TrialSchool], drawn: list[str]) -> list[Problem]:
    return [
        _problem(
            f"{each.school} was not drawn",
            "Take it out, or name the drawn school whose arm it took over under replaces."
            f"{did_you_mean(each.school, drawn)}",
            [each.row],
            "school",
        )
        for each in schools
        if each.replaces is None and each.school not in drawn
    ]


def _check_replacements(schools: Sequence[TrialSchool], certificate: Certificate) -> list[Problem]:
    drawn = {each.school for each in certificate.schools}
    reserve = {each.school for each in certificate.stand_ins}
    standing = [each for each in schools if each.replaces is not None]
    unknown = [each.row for each in standing if each.replaces not in drawn]
    outside = [each.row for each in standing if each.school not in reserve]
    problems = []
    if unknown:
        problems.append(_problem("names a school that was not drawn", "Name a drawn school.", unknown, "replaces"))
    if outside:
        to_do = "Only a reserve of the certificate stands in, and only before arms are told."
        problems.append(_problem("a school stands in that was not in reserve", to_do, outside, "replaces"))
    return problems


def findings_of_drawn_by(drawn_by: DrawnBy | None, certificate: str | None) -> list[Finding]:
    """A warning for each step of the certificate that does not hold, a note for each that could not be checked."""
    if drawn_by is None or certificate is None:
        what = "no certificate is named: how schools were drawn was not given"
        to_do = "Allocations are re-drawn within authorities. Name the certificate under [trial]."
        return [Finding("warning", "method_not_given", "trial.toml", what, to_do)]
    findings = []
    for step in drawn_by.verification.steps:
        what = f"{step.name}: {step.seen}"
        if step.holds is False:
            to_do = "The draw cannot be vouched for. See swis verify."
            findings.append(Finding("warning", "certificate_fails", certificate, what, to_do))
        elif step.holds is None:
            to_do = "Nobody could check this from the folder alone."
            findings.append(Finding("note", "certificate_not_checked", certificate, what, to_do))
    notes = drawn_by.nominations.notes
    return findings + [
        Finding("note", "nominations_noted", NOMINATIONS.file, note.removeprefix(f"{NOMINATIONS.file}: "), "See to it.")
        for note in notes
    ]


def redraw(drawn_by: DrawnBy | None, units: Units) -> DrawAllocations | None:
    """Draws by the method of the certificate, columns in the order of the units; None without a certificate.

    A merged unit goes by the school whose arm it has. Under constrained, draws are from the very set that was drawn from.
    """
    if drawn_by is None:
        return None
    plan, certificate = drawn_by.plan, drawn_by.certificate
    again = allocate(plan, seed=certificate.seed, public_value=certificate.public_value)
    columns = _columns(plan.schools, units)

    @cache
    def draw(draws: int, seed: int) -> NDArray[np.bool_]:
        drawn: NDArray[np.bool_] = draw_allocations(plan, draws, seed=seed, constrained=again.constrained)[:, columns]
        return drawn

    return draw


def _columns(schools: Sequence[str], units: Units) -> list[int]:
    place: Mapping[str, int] = {name: number for number, name in enumerate(schools)}
    return [place[unit.lead.replaces or unit.name] for unit in units.units]


def say_redrawn(drawn_by: DrawnBy | None) -> str:
    """By which method allocations are drawn again, in words."""
    if drawn_by is None:
        return WITHIN_AUTHORITIES
    options = drawn_by.certificate.options
    first, second = options.ratio
    strata = " and ".join(options.strata)
    return f"re-drawn by the method that drew the trial: {options.method}, {first}:{second}, within {strata}"
