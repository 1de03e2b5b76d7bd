"""Rows of an uploaded nominations.csv: what is wrong with each, and the facts of those that can be taken."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError

from service.programmes.nominations_file import FIGURES, PERCENTAGES, ReadNominations, find_school, is_formula
from service.schools.models import Authority, Phase, School

LONGEST_REASON = 200
LARGEST_NUMBER = 10_000_000


def check_row(
    read: ReadNominations, row: dict[str, Any], *, authority: Authority, schools: list[School], taken: set[int]
) -> bool:
    """Whether a row can be taken; what is wrong with it is added to the problems."""
    before, number = len(read.problems), row["row"]
    school = find_school(row["school"], schools)
    if school is None:
        read.refuse(number, "school", f"No school of {authority} has this name or URN, or several have it.")
    elif school.pk in taken:
        read.refuse(number, "school", "The school is in the round, or in the file, already.")
    else:
        taken.add(school.pk)
    if row.get("authority") and row["authority"].casefold() != authority.name.casefold():
        read.refuse(number, "authority", f"The round is of {authority}.")
    for name in FIGURES:
        if row.get(name) and _number(name, row[name]) is None:
            read.refuse(number, name, "Not a number that can be: whole and not negative, or a percentage up to 100.")
    if row.get("reserve", "").casefold() not in ("", "yes", "no"):
        read.refuse(number, "reserve", "Write yes or no.")
    if len(row.get("excluded", "")) > LONGEST_REASON or is_formula(row.get("excluded", "")):
        read.refuse(number, "excluded", f"At most {LONGEST_REASON} characters, and a word at the beginning.")
    _check_feeders(read, row, schools)
    return len(read.problems) == before


def _check_feeders(read: ReadNominations, row: dict[str, Any], schools: list[School]) -> None:
    for text in _split(row.get("feeder_primaries", "")):
        feeder = find_school(text, schools)
        if feeder is None:
            read.refuse(
                row["row"], "feeder_primaries", "A feeder primary is not known by this name, or by no single one."
            )
        elif feeder.phase not in (Phase.PRIMARY, Phase.ALL_THROUGH):
            read.refuse(row["row"], "feeder_primaries", "A feeder primary is no primary school.")


def facts_of(row: dict[str, Any], schools: list[School]) -> dict[str, Any]:
    return {
        **{name: _number(name, row[name]) for name in FIGURES if row.get(name)},
        "reserve": row.get("reserve", "").casefold() == "yes",
        "excluded": row.get("excluded", ""),
        "feeder_primaries": [need_school(text, schools) for text in _split(row.get("feeder_primaries", ""))],
    }


def need_school(text: str, schools: list[School]) -> School:
    school = find_school(text, schools)
    if school is None:
        raise ValidationError("A school of the file is no longer known by its name. Upload the file again.")
    return school


def _split(names: str) -> list[str]:
    return [name.strip() for name in names.split(";") if name.strip()]


def _number(name: str, text: str) -> int | Decimal | None:
    try:
        value = Decimal(text.replace(",", ""))
    except InvalidOperation:
        return None
    if not value.is_finite() or value < 0 or value > LARGEST_NUMBER:
        return None
    if name in PERCENTAGES:
        return value.quantize(Decimal("0.1")) if value <= 100 else None
    return int(value) if value == value.to_integral_value() and (name != "pupils" or value > 0) else None
