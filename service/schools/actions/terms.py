"""Term dates and closure days of an authority."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from service.audit.models import Action
from service.audit.record import record
from service.permissions import Permission, require
from service.schools.models import Authority, ClosureDay, School, Term

NAMES = ("autumn", "spring", "summer")


@dataclass(frozen=True)
class TermDates:
    """A term from its first to its last school day, with the first and last weekday of the half-term holiday."""

    starts: date
    half_term_starts: date
    half_term_ends: date
    ends: date


@transaction.atomic
def set_school_year(*, by: Any, authority: Authority, school_year: str, terms: Sequence[TermDates]) -> list[Term]:
    """Enter or correct the three terms of a school year. What was changed, and from when to when, is in the audit.

    Raises `ValidationError` when there are not three terms, they overlap, or they lie outside the school year.
    """
    require(by, Permission.MANAGE_SCHOOLS, authority=authority)
    _check_year(school_year, terms)
    kept, changed = [], {}
    for number, dates in enumerate(terms, start=1):
        term = Term.objects.select_for_update(of=("self",)).filter(
            authority=authority, school_year=school_year, number=number
        ).first() or Term(authority=authority, school_year=school_year, number=number)  # fmt: skip
        for name, day in asdict(dates).items():
            if getattr(term, name) != day:
                before = getattr(term, name)
                changed[f"{NAMES[number - 1]} {name}"] = [before.isoformat() if before else None, day.isoformat()]
                setattr(term, name, day)
        term.save()
        kept.append(term)
    if changed:
        record(Action.CHANGE, by=by, subject=kept[0], details={"school_year": school_year, "changed": changed})
    return kept


@transaction.atomic
def close_on(*, by: Any, authority: Authority, day: date, reason: str, school: School | None = None) -> ClosureDay:
    """Say that the schools of an authority, or one school, are closed on a weekday in term."""
    require(by, Permission.MANAGE_SCHOOLS, authority=authority)
    if school is not None and school.authority_id != authority.pk:
        raise ValidationError({"school": f"{school} is a school of another authority."})
    if day.weekday() > 4:
        raise ValidationError({"day": "Schools are closed on Saturdays and Sundays anyway."})
    if ClosureDay.objects.filter(authority=authority, school=school, day=day).exists():
        raise ValidationError({"day": "This day is entered already."})
    if not reason.strip():
        raise ValidationError({"reason": "Say why: a bank holiday or a training day."})
    closure = ClosureDay.objects.create(authority=authority, school=school, day=day, reason=reason.strip())
    record(Action.CREATE, by=by, subject=closure, school=school, details={"day": day.isoformat()})
    return closure


@transaction.atomic
def take_back_closure(*, by: Any, closure: ClosureDay) -> None:
    """Take a closure day back that was entered by mistake. The audit keeps the day."""
    require(by, Permission.MANAGE_SCHOOLS, authority=closure.authority)
    details = {"day": closure.day.isoformat(), "closed": closure.reason}
    record(Action.DISPOSE, by=by, subject=closure, school=closure.school, details=details)
    closure.delete()


def _check_year(school_year: str, terms: Sequence[TermDates]) -> None:
    found = re.fullmatch(r"(\d{4})-(\d{2})", school_year)
    if not found or (int(found[1]) + 1) % 100 != int(found[2]):
        raise ValidationError({"school_year": "A school year is written like 2026-27."})
    if len(terms) != 3:
        raise ValidationError("A school year has three terms.")
    first = int(found[1])
    days = [day for dates in terms for day in asdict(dates).values()]
    if days[0] < date(first, 8, 1) or days[-1] > date(first + 1, 8, 31):
        raise ValidationError(f"The terms of {school_year} lie between August {first} and August {first + 1}.")
    for number, dates in enumerate(terms):
        _check_term(NAMES[number], number + 1, dates)
        if number and terms[number - 1].ends >= dates.starts:
            raise ValidationError(
                {f"starts_{number + 1}": f"The {NAMES[number]} term begins before the one before ends."}
            )


def _check_term(name: str, number: int, dates: TermDates) -> None:
    if not dates.starts < dates.half_term_starts <= dates.half_term_ends < dates.ends:
        message = f"The half-term holiday must lie inside the {name} term."
        raise ValidationError({f"half_term_starts_{number}": message})
