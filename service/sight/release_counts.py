"""Counting the contacts of an authority in a half-term, for a release alone."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from django.db.models import Count
from django.db.models.functions import Coalesce
from django.utils import timezone

from service.accounts.models import User
from service.permissions import Permission
from service.practice.core_codes import CORE
from service.practice.models import Contact
from service.programmes.models import Placement
from service.schools.models import Authority, School
from service.schools.open_days import HalfTerm, half_terms_of
from service.sight.disclose import BY_SCHOOL, NOT_SAID, TOPIC, HalfTermCounts
from service.sight.models import Release

OVERALL = ("role", "raised_by", "outcome")


def count_half_term(authority: Authority, half: HalfTerm) -> HalfTermCounts:
    """The contacts of a half-term as they stand, by core code, restricted records among them.

    Schools: those with a placement in the half-term and those with a contact. A contact without a code of a list, as imported
    logs have them, counts as "not said".
    """
    contacts = Contact.objects.counted().filter(authority=authority, date__range=(half.starts, half.ends))
    by_school = {name: _pairs(contacts, name) for name in BY_SCHOOL}
    overall = {name: _codes(contacts, name) for name in OVERALL}
    return HalfTermCounts(
        authority=authority.code,
        half_term=str(half),
        schools=tuple(sorted(_placed(authority, half) | {urn for urn, _ in by_school[BY_SCHOOL[0]]})),
        by_school=by_school,
        overall=overall,
        topics=_topics(contacts),
        codes={name: (*CORE[name], NOT_SAID) for name in (*BY_SCHOOL, *OVERALL)} | {TOPIC: tuple(CORE[TOPIC])},
    )


def names_of(authority: Authority, urns: tuple[str, ...]) -> dict[str, str]:
    """What the schools are called now."""
    return dict(School.objects.filter(authority=authority, urn__in=urns).values_list("urn", "name"))


def _placed(authority: Authority, half: HalfTerm) -> set[str]:
    held = Placement.objects.within_days(half.starts, half.ends).filter(school__authority=authority)
    return set(held.values_list("school__urn", flat=True))


def _pairs(contacts: Any, name: str) -> Counter[tuple[str, str]]:
    rows = contacts.order_by().values_list("school__urn", name).annotate(number=Count("pk"))
    return Counter({(urn, code or NOT_SAID): number for urn, code, number in rows})


def _codes(contacts: Any, name: str) -> Counter[str]:
    rows = contacts.order_by().values_list(name).annotate(number=Count("pk"))
    return Counter({code or NOT_SAID: number for code, number in rows})


def _topics(contacts: Any) -> Counter[str]:
    """How many contacts name each core topic; two local ones of it count once."""
    core = Coalesce("topics__parent__code", "topics__code")
    rows = contacts.order_by().values_list(core).annotate(number=Count("pk", distinct=True))
    return Counter({code: number for code, number in rows if code is not None})


def half_terms_to_release(authority: Authority) -> list[HalfTerm]:
    """The half-terms of an authority whose figures `release_figures` would take, the latest first.

    Left out are half-terms that are not over, those of which a day was released, and those without a placement or a contact.
    """
    released = list(Release.objects.filter(authority=authority).defer("ledger", "tables"))
    today = timezone.localdate()
    over = [half for half in half_terms_of(authority) if half.ends < today]
    left = [half for half in reversed(over) if not any(_overlaps(half, each) for each in released)]
    held = list(Placement.objects.filter(school__authority=authority).values_list("starts", "ends")) if left else []
    return [half for half in left if _had_work(authority, half, held)]


def _overlaps(half: HalfTerm, release: Release) -> bool:
    same = (release.school_year, release.number) == (half.school_year, half.number)
    return same or (release.starts <= half.ends and release.ends >= half.starts)


def _had_work(authority: Authority, half: HalfTerm, held: list[tuple[date, date | None]]) -> bool:
    """Whether a placement held on a day of the half-term, or a contact was made in it."""
    if any(max(starts, half.starts) <= min(ends or half.ends, half.ends) for starts, ends in held):
        return True
    return Contact.objects.counted().filter(authority=authority, date__range=(half.starts, half.ends)).exists()


def pending_for(user: User) -> list[tuple[Authority, HalfTerm]]:
    """The half-terms that this person may release, by authority."""
    authorities = Authority.objects.visible_to(user, Permission.RELEASE_FIGURES).order_by("name")
    return [(authority, half) for authority in authorities for half in half_terms_to_release(authority)]
