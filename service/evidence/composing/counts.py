"""The counts of a study by school and term, made from its panels by the library."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from service.evidence.composing.arms import StudySchool
from service.evidence.composing.tables import write_arms
from service.evidence.models import Study
from service.evidence.panel_work import private_folder
from service.schools.models import School
from swis.panel.arms import names_of
from swis.panel.panel import Panel
from swis.panel.study_tables import StudyChoices, write_study_tables
from swis.tables.arms import ARMS
from swis.tables.school_terms import SCHOOL_TERMS


@dataclass(frozen=True)
class StudyCounts:
    """school_terms.csv (empty while the panels have no term from the start on) and what the library says of it."""

    school_terms: bytes
    notes: tuple[str, ...]


def labels_in(panel: Panel, schools: Sequence[StudySchool]) -> dict[str, str]:
    """The label in the panel of each school that it has, by URN; found by any number that the school has had."""
    names = names_of(panel.schools)
    found = {
        each.school.urn: next((names[urn] for urn in _numbers(each.school) if urn in names), "") for each in schools
    }
    return {urn: label for urn, label in found.items() if label}


def _numbers(school: School) -> list[str]:
    numbers, before = [school.urn], school.follows
    while before is not None and before.urn not in numbers:
        numbers.append(before.urn)
        before = before.follows
    return numbers


def count_terms(
    study: Study, panel: Panel, schools: Sequence[StudySchool], labels: Mapping[str, str], *, terms: set[str]
) -> StudyCounts:
    """The counts of the study's schools in its terms. Raises SwisError where the panel cannot serve the choices."""
    if study.starts not in panel.term_names:
        return StudyCounts(
            b"", (f"The panels have no term from {study.starts} on: there are no counts to compare yet.",)
        )
    choices = StudyChoices(study.starts, study.exposure, tuple(study.outcomes), randomised=study.is_trial)
    with private_folder() as name:
        folder = Path(name)
        (folder / ARMS.file).write_bytes(write_arms(schools, labels))
        tables = write_study_tables(panel, folder / "study", arms=folder / ARMS.file, choices=choices)
        text = (folder / "study" / SCHOOL_TERMS.file).read_text(encoding="utf-8")
    of_label = {labels[each.school.urn]: each.label for each in schools if each.school.urn in labels}
    renamed = of_label if study.is_trial else {label: label for label in of_label}
    return StudyCounts(_keep(text, renamed, terms), tables.notes)


def _keep(text: str, labels: Mapping[str, str], terms: set[str]) -> bytes:
    """The rows of the terms of the study, under the labels that schools bear in its folder."""
    rows = csv.DictReader(io.StringIO(text))
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=SCHOOL_TERMS.column_names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(row | {"school": labels[row["school"]]} for row in rows if row["term"] in terms)
    return out.getvalue().encode("utf-8")
