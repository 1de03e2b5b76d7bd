"""From a profile to nominations.csv: the first schools of each authority, those in reserve, and those left out with reasons."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from swis.design.need_profile.from_nominations import COUNTS, PERSISTENT_ABSENCE
from swis.design.need_profile.profile import GroupProfile, NeedProfile
from swis.design.need_profile.school_figures import SchoolFigures
from swis.errors import NotEstimable, OutputError, SettingError
from swis.tables.nominations import NOMINATIONS

_PRIVATE_FILE = 0o600


@dataclass(frozen=True)
class Nominated:
    """What was written: schools put forward, in reserve and left out with their reasons, by label; notes in words."""

    path: Path
    nominated: tuple[str, ...]
    reserves: tuple[str, ...]
    excluded: tuple[str, ...]
    notes: tuple[str, ...]

    def __repr__(self) -> str:
        return (
            f"Nominated({self.path.name}: {len(self.nominated)} nominated, {len(self.reserves)} in reserve, "
            f"{len(self.excluded)} excluded)"
        )


def nominate_schools(profile: NeedProfile, path: Path, *, number: int, reserves: int = 0) -> Nominated:
    """Write nominations.csv with the first schools of each group, by the probability of being among the first `number`.

    The profile is of one phase, and its `top` is `number`, so that what is nominated is what was told. Counts are written as
    they are: the file is for the team, closed to others. A file that is there is not written over.
    Raises SettingError for a profile of another kind, NotEstimable where a group cannot be ordered or is too small, OutputError.
    """
    phases = {group.phase for group in profile.groups}
    if len(phases) > 1:
        raise SettingError(
            f"Nominations are of one phase, and there are {', '.join(sorted(phases))}. Name one, with --phase."
        )
    if number < 1 or reserves < 0 or profile.choices.top != number:
        raise SettingError("Nominations are of 1 school or more, and of as many as the profile was made for.")
    chosen: list[str] = []
    reserved: list[str] = []
    for group in profile.groups:
        _check_group(group, number + reserves)
        chosen += group.schools[:number]
        reserved += group.schools[number : number + reserves]
    figures = profile.figures
    excluded = [label for label, why in zip(figures.schools, figures.excluded, strict=True) if why]
    named = {*chosen, *reserved, *excluded}
    rows = [
        _row(figures, place, reserve=label in reserved) for place, label in enumerate(figures.schools) if label in named
    ]
    _write(path, rows)
    return Nominated(path, tuple(chosen), tuple(reserved), tuple(excluded), _notes(profile, number, reserves))


def _check_group(group: GroupProfile, wanted: int) -> None:
    where = f"{group.phase} schools of {group.authority}"
    if group.ranks is None:
        raise NotEstimable(f"The {where} cannot be ordered: {group.not_estimable['']}")
    if wanted > len(group.schools):
        raise NotEstimable(f"{wanted} {where} were asked for, and {len(group.schools)} can be ordered. Ask for fewer.")


def _notes(profile: NeedProfile, number: int, reserves: int) -> tuple[str, ...]:
    notes = []
    for group in profile.groups:
        if group.ranks is None:
            continue
        rival = [
            label
            for label, share in zip(group.schools[number:], group.ranks.in_top[number:], strict=True)
            if share > 1 / 3
        ]
        if rival:
            notes.append(
                f"{group.authority}: {', '.join(rival)}: not nominated, and among the first {number} in more than a third "
                "of draws. Chance may have decided."
            )
    return tuple(notes)


def _row(figures: SchoolFigures, place: int, *, reserve: bool) -> dict[str, str]:
    row = {
        "school": figures.schools[place],
        "authority": figures.authority[place],
        "phase": figures.phase[place],
        "pupils": _whole(figures.pupils[place]),
        "free_school_meals_percent": _number(figures.free_school_meals[place]),
        "feeder_primaries": "; ".join(figures.feeders[place]),
        "reserve": "yes" if reserve else "",
        "excluded": figures.excluded[place],
    }
    for measured in figures.measured:
        count = float(measured.count[place])
        if measured.measure.code in COUNTS:
            row[measured.measure.code] = _whole(count)
        if measured.measure.code == PERSISTENT_ABSENCE:
            row["persistent_absence_percent"] = _number(100 * count / float(measured.exposure[place]))
    return row


def _whole(value: float) -> str:
    return str(round(value)) if np.isfinite(value) else ""


def _number(value: float) -> str:
    return f"{round(float(value), 2):g}" if np.isfinite(value) else ""


def _write(path: Path, rows: list[dict[str, str]]) -> None:
    if path.exists():
        raise OutputError(f"{path} is there already and is not written over. Name another file with --into.")
    out = io.StringIO()
    writer = csv.DictWriter(out, NOMINATIONS.column_names, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=_PRIVATE_FILE)
        path.write_text(out.getvalue(), encoding="utf-8", newline="\n")
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}. Name another file with --into.") from None
