"""Schools after the draw: which labels count for which school, and which schools are one since they merged.

Everything is carried in the terms, before anything is added up: a school that merged in the spring counts by itself until
then, and within the other from then on, with the pupils that each had. Every unit stays in the arm that was drawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from swis.study.protocol import Arm
from swis.study.trial.keys import TRIAL_FILE
from swis.study.trial.protocol import DeclaredChange
from swis.study.trial.rows import TrialSchool
from swis.tables.nearest import did_you_mean
from swis.tables.problem import Problem


@dataclass(frozen=True)
class Unit:
    """One row of the analysis: a randomised school, or several that merged, under the name of the one whose arm it has."""

    name: str
    members: tuple[TrialSchool, ...]

    @property
    def authority(self) -> str:
        return self.lead.authority

    @property
    def arm(self) -> Arm:
        return self.lead.arm

    @property
    def lead(self) -> TrialSchool:
        """The school whose name and arm it has."""
        return next(each for each in self.members if each.school == self.name)

    @property
    def pupils(self) -> int:
        return sum(each.pupils for each in self.members)


@dataclass(frozen=True)
class Units:
    """All units in the order of trial_schools.csv, and for every label of a table the school that it counts for."""

    units: tuple[Unit, ...]
    school_of_label: Mapping[str, str]

    @property
    def unit_of_school(self) -> dict[str, str]:
        """For each randomised school the name of its unit."""
        return {each.school: unit.name for unit in self.units for each in unit.members}


def alone(schools: Sequence[TrialSchool], school_of_label: Mapping[str, str]) -> Units:
    """Every randomised school by itself, as it was drawn, whatever merged later."""
    return Units(tuple(Unit(each.school, (each,)) for each in schools), school_of_label)


def gather_units(schools: Sequence[TrialSchool], changes: Sequence[DeclaredChange]) -> tuple[Units, list[Problem]]:
    """The units, and what is wrong with the declared changes; with problems the units are only what can be made out."""
    known = {each.school: each for each in schools}
    problems = _check_names(changes, known)
    usable = [change for change in changes if change.school in known]
    groups = _groups(usable, known)
    units = []
    for members in groups:
        lead, wrong = _lead(members, [change for change in usable if change.kind == "merged"])
        problems += wrong
        units.append(Unit(lead, members))
    return Units(tuple(units), _labels(usable, units, known)), problems


def _problem(what: str, what_to_do: str) -> Problem:
    return Problem(TRIAL_FILE, what, what_to_do)


def _check_names(changes: Iterable[DeclaredChange], known: Mapping[str, TrialSchool]) -> list[Problem]:
    problems = []
    for change in changes:
        where = f"[[change]] of {change.school}"
        if change.school not in known:
            to_do = f"Write it by its label in the draw.{did_you_mean(change.school, known)}"
            problems.append(_problem(f"{where}: the school is not in trial_schools.csv", to_do))
        if change.kind == "new_urn" and change.into in known:
            what = f"{where}: {change.into} is a school of the trial itself"
            problems.append(_problem(what, "If they are one now, declare it as merged."))
    return problems


def _groups(changes: Sequence[DeclaredChange], known: Mapping[str, TrialSchool]) -> list[tuple[TrialSchool, ...]]:
    """Schools that merged, together; a new label that several merged into joins them too."""
    group_of = {name: name for name in known}
    for change in changes:
        if change.kind == "merged" and change.into is not None:
            old, new = group_of[change.school], group_of.setdefault(change.into, change.into)
            group_of = {name: new if group == old else group for name, group in group_of.items()}
    groups: dict[str, list[TrialSchool]] = {}
    for name, school in known.items():
        groups.setdefault(group_of[name], []).append(school)
    return [tuple(members) for members in groups.values()]


def _lead(members: tuple[TrialSchool, ...], mergers: Sequence[DeclaredChange]) -> tuple[str, list[Problem]]:
    """The school whose name and arm a unit has: declared where its schools were drawn for different arms."""
    names = [each.school for each in members]
    own = [change for change in mergers if change.school in names]
    into = [change.into for change in own if change.into in names]
    first = str(into[-1]) if into else names[0]
    declared = {change.merged_arm_is_that_of for change in own if change.merged_arm_is_that_of is not None}
    if len({each.arm for each in members}) == 1 and not declared:
        return first, []
    if len(declared) == 1 and declared <= set(names):
        return declared.pop() or first, []
    if declared:
        what = f"merged_arm_is_that_of of {' and '.join(names)} does not name one of them"
        return first, [_problem(what, "Name one of the schools that merged, the same in each [[change]].")]
    what = f"{' and '.join(names)} merged and were drawn for different arms"
    to_do = (
        "Declare merged_arm_is_that_of one of them, with the reason, before outcomes are seen; or that they withdrew."
    )
    return first, [_problem(what, to_do)]


def _labels(
    changes: Iterable[DeclaredChange], units: Iterable[Unit], known: Mapping[str, TrialSchool]
) -> dict[str, str]:
    labels = {name: name for name in known}
    unit_of = {each.school: unit.name for unit in units for each in unit.members}
    for change in changes:
        if change.into is not None and change.into not in known:
            labels[change.into] = change.school if change.kind == "new_urn" else unit_of[change.school]
    return labels
