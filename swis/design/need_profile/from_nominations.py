"""Figures of schools from a table like nominations.csv: in place of a panel, or beside one for what a panel does not hold."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np

from swis.design.allocation.nominations import NominatedSchool, Nominations
from swis.design.need_profile.school_figures import Measure, MeasuredSchools, SchoolFigures
from swis.design.need_profile.shrinkage import Array
from swis.errors import TableError

PERSISTENT_ABSENCE = "persistent_absence"
COUNTS = {
    "referrals": "Referrals",
    "section_47_enquiries": "Section 47 enquiries",
    "exclusions": "Exclusions (suspensions and permanent)",
}
CHOSEN_ALREADY = (
    "A table of nominations holds schools that were chosen already. What they differ by is that of the chosen alone, and they "
    "will fall further than is said: use the panel, or a table of all schools."
)
_PERSISTENTLY_ABSENT = Measure(
    PERSISTENT_ABSENCE,
    "Persistently absent pupils",
    "pupils",
    source="the per cent of the table times the pupils: those who missed a tenth of their sessions or more",
)


def figures_from_nominations(nominations: Nominations) -> SchoolFigures:
    """The schools of such a table, with what it counted "in the year before". Counts are among the pupils on the roll.

    Persistent absence is turned into a number of pupils, so that a small school's per cent counts as the few pupils that it
    is. Raises TableError where the table has no count at all.
    """
    schools = nominations.schools
    measured = [_count(schools, code, name) for code, name in COUNTS.items()]
    measured.append(_absence(schools, _numbers([each.pupils for each in schools])))
    there = tuple(each for each in measured if np.isfinite(each.count).any())
    if not there:
        raise TableError(
            f"{nominations.file} has none of {', '.join(COUNTS)}, persistent_absence_percent. Add what is to be ranked by."
        )
    return SchoolFigures(
        schools=tuple(each.school for each in schools),
        names=tuple(each.school for each in schools),
        authority=tuple(each.authority for each in schools),
        phase=tuple(each.phase for each in schools),
        pupils=_numbers([each.pupils for each in schools]),
        free_school_meals=_numbers([each.free_school_meals_percent for each in schools]),
        measured=there,
        feeders=tuple(each.feeder_primaries for each in schools),
        excluded=tuple(each.excluded for each in schools),
        period="the year of the table",
        terms=0,
        notes=(*nominations.notes, CHOSEN_ALREADY),
        hashes={nominations.file: nominations.file_sha256},
    )


def add_nominations(figures: SchoolFigures, beside: Nominations) -> SchoolFigures:
    """The figures of a panel with persistent absence, feeder primaries and reasons for leaving out from a table beside it.

    Counts of the table are not used: the panel has its own. Schools are known by their label. A school that is not in the
    panel is noted, or, where all are unknown, raises TableError.
    """
    rows = {each.school: each for each in beside.schools}
    unknown = [name for name in rows if name not in figures.schools]
    if len(unknown) == len(rows):
        raise TableError(f"{beside.file}, column school: none is in the panel. Name schools as the panel does.")
    mine = [rows.get(label) for label in figures.schools]
    percent = _numbers([None if row is None else row.persistent_absence_percent for row in mine])
    absence = _persistent(percent, figures.pupils)
    notes = [*figures.notes, *beside.notes]
    if unknown:
        notes.append(f"{beside.file}: not in the panel and left out: {', '.join(unknown)}.")
    return replace(
        figures,
        measured=(*figures.measured, absence) if np.isfinite(absence.count).any() else figures.measured,
        feeders=tuple(
            known if row is None or not row.feeder_primaries else row.feeder_primaries
            for known, row in zip(figures.feeders, mine, strict=True)
        ),
        excluded=tuple("" if row is None else row.excluded for row in mine),
        notes=tuple(notes),
        hashes={**figures.hashes, beside.file: beside.file_sha256},
    )


def _count(schools: tuple[NominatedSchool, ...], code: str, name: str) -> MeasuredSchools:
    count = _numbers([getattr(each, code) for each in schools])
    pupils = _numbers([each.pupils for each in schools])
    measure = Measure(code, name, "events")
    return MeasuredSchools(measure, count, pupils, _why_not(count, pupils))


def _absence(schools: tuple[NominatedSchool, ...], pupils: Array) -> MeasuredSchools:
    return _persistent(_numbers([each.persistent_absence_percent for each in schools]), pupils)


def _persistent(percent: Array, pupils: Array) -> MeasuredSchools:
    count = np.round(percent * pupils / 100)
    return MeasuredSchools(_PERSISTENTLY_ABSENT, count, pupils, _why_not(count, pupils))


def _why_not(count: Array, pupils: Array) -> tuple[str, ...]:
    return tuple(
        "not in the table" if not np.isfinite(number) else "" if among > 0 else "no pupils"
        for number, among in zip(count, pupils, strict=True)
    )


def _numbers(values: list[int | None] | list[Decimal | None] | list[int | Decimal | None]) -> Array:
    return np.array([np.nan if value is None else float(value) for value in values])
