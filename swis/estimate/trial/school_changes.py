"""Schools that closed, merged, took a new number or withdrew after the draw: declared, and carried into the table by rule.

Every school stays in the arm it was drawn for. A new number renames. Schools of one arm that merge are added up. Schools of both
arms that merge cannot be told apart afterwards: the merged school is kept in one arm only if that was declared, with the reason.
A closed or withdrawn school keeps the outcome it returned, or is missing with its reason. Nothing is left out silently.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from swis.errors import NotEstimable
from swis.estimate.trial.trial_table import NUMBERS, LeftOut, TrialTable

Kind = Literal["new number", "merged", "closed", "withdrew"]

ADDED = ("count", "exposure", "pupils", "baseline_count", "baseline_pupils")


@dataclass(frozen=True)
class SchoolChange:
    """What became of a school. `into` is its new number, or the school it merged into, which is in the table under its own name.

    `merged_arm_is_that_of` decides a merger across arms: the school whose arm the merged one keeps.
    """

    school: str
    kind: Kind
    reason: str
    into: str | None = None
    merged_arm_is_that_of: str | None = None


@dataclass(frozen=True, eq=False)
class ChangedTable:
    """The table after the changes, and one sentence for each change."""

    table: TrialTable
    told: tuple[str, ...]


def carry_changes(table: TrialTable, changes: Sequence[SchoolChange]) -> ChangedTable:
    """Apply declared changes in order. Raises NotEstimable for a school that is not there, or a merger that is not decided."""
    told = []
    for change in changes:
        if change.school not in table.schools:
            raise NotEstimable(
                f"{table.outcome}: {change.school} is declared as {change.kind} and is not in the table."
            )
        if change.kind in ("new number", "merged") and not change.into:
            raise NotEstimable(f"{table.outcome}: {change.school} is declared as {change.kind}; say into what.")
        if change.kind == "new number":
            table = _rename(table, change)
        elif change.kind == "merged":
            table = _merge(table, change)
        else:
            table = replace(
                table, missing_because={**table.missing_because, change.school: f"{change.kind}: {change.reason}"}
            )
        told.append(f"{change.school} {change.kind}{f' into {change.into}' if change.into else ''}: {change.reason}")
    return ChangedTable(table, tuple(told))


def _rename(table: TrialTable, change: SchoolChange) -> TrialTable:
    if change.into in table.schools:
        raise NotEstimable(
            f"{table.outcome}: {change.into} is in the table already; declare {change.school} as merged into it."
        )
    because = {str(change.into) if name == change.school else name: why for name, why in table.missing_because.items()}
    schools = tuple(str(change.into) if name == change.school else name for name in table.schools)
    return replace(table, schools=schools, missing_because=because)


def _merge(table: TrialTable, change: SchoolChange) -> TrialTable:
    if change.into not in table.schools:
        raise NotEstimable(
            f"{table.outcome}: {change.school} is declared as merged into {change.into}, which is not in the table."
        )
    gone = [row for row, name in enumerate(table.schools) if name == change.school]
    stays = [row for row, name in enumerate(table.schools) if name == change.into]
    periods = table.follow_up or ("",) * len(table.schools)
    if [periods[row] for row in gone] != [periods[row] for row in stays]:
        raise NotEstimable(
            f"{table.outcome}: {change.school} and {change.into} do not have the same follow-ups; give the merged rows."
        )
    if table.authorities[gone[0]] != table.authorities[stays[0]]:
        raise NotEstimable(f"{table.outcome}: {change.school} and {change.into} lie in different authorities.")
    arm = _arm(table, change, gone[0], stays[0])
    columns = {name: getattr(table, name).copy() for name in NUMBERS if getattr(table, name) is not None}
    if table.free_school_meals is not None:
        size = table.exposure if table.pupils is None else table.pupils
        both = size[gone] * table.free_school_meals[gone] + size[stays] * table.free_school_meals[stays]
        columns["free_school_meals"][stays] = both / (size[gone] + size[stays])
    for name in ADDED:
        if name in columns:
            columns[name][stays] += columns[name][gone]
    changed = table.intervention.copy()
    changed[stays] = arm
    because = dict(table.missing_because)
    if np.isnan(columns["count"][stays]).any():
        because.setdefault(str(change.into), because.get(change.school, change.reason))
    kept = np.ones(len(table.schools), dtype=bool)
    kept[gone] = False
    merged = replace(table, intervention=changed, missing_because=because, **columns).keep_rows(kept, reason="merged")
    lost = tuple(each for each in merged.left_out if each.school != change.school)
    return replace(merged, left_out=(*lost, LeftOut(change.school, f"merged into {change.into}, counted there")))


def _arm(table: TrialTable, change: SchoolChange, gone: int, stays: int) -> bool:
    arms = {change.school: bool(table.intervention[gone]), str(change.into): bool(table.intervention[stays])}
    if len(set(arms.values())) == 1:
        return arms[change.school]
    if change.merged_arm_is_that_of not in arms:
        raise NotEstimable(
            f"{table.outcome}: {change.school} and {change.into} were drawn for different arms. Declare "
            f"merged_arm_is_that_of one of "
            "the two, with the reason, before outcomes are seen; or declare both as withdrawn."
        )
    return arms[change.merged_arm_is_that_of]
