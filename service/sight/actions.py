"""Releasing the figures of a half-term."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from service.accounts.models import User
from service.audit.models import Action
from service.audit.record import record
from service.permissions import Permission, require
from service.schools.models import Authority, School
from service.schools.open_days import HalfTerm, half_terms_of
from service.sight.disclose import DisclosedHalfTerm, disclose
from service.sight.models import Release, SchoolRelease
from service.sight.release_counts import count_half_term, names_of


@transaction.atomic
def release_figures(*, by: User, authority: Authority, half: HalfTerm) -> Release:
    """Release the figures of a half-term that is over: once, for all who may see them.

    What is corrected in the log afterwards stays out of the figures: two versions of one table would tell of the correction.
    Raises `ValidationError` where the half-term is not over, was released before, or no school had a part in it.
    """
    require(by, Permission.RELEASE_FIGURES, authority=authority)
    Authority.objects.select_for_update().get(pk=authority.pk)
    if half not in half_terms_of(authority):
        raise ValidationError({"half": "Select a half-term of the authority."})
    if half.ends >= timezone.localdate():
        raise ValidationError({"half": f"{half} is not over. Its figures can be released from the day after it ends."})
    earlier = Release.objects.filter(authority=authority)
    if earlier.filter(school_year=half.school_year, number=half.number).exists():
        raise ValidationError({"half": f"The figures of {half} were released, and are released once."})
    if other := earlier.filter(starts__lte=half.ends, ends__gte=half.starts).first():
        raise ValidationError({"half": f"Its days were released in part with {other}: the term dates were changed."})
    counts = count_half_term(authority, half)
    if not counts.schools:
        raise ValidationError({"half": f"No school had a placement or a contact in {half}."})
    disclosed = disclose(counts, ledgers=list(earlier.values_list("ledger", flat=True)))
    release = _keep(by, authority, half, disclosed, names_of(authority, counts.schools))
    told = {"half_term": str(half), "tables": len(disclosed.tables), "schools": len(counts.schools)}
    record(Action.PUBLISH, by=by, subject=release, details=told)
    return release


def _keep(
    by: User, authority: Authority, half: HalfTerm, disclosed: DisclosedHalfTerm, names: dict[str, str]
) -> Release:
    release = Release.objects.create(
        authority=authority,
        school_year=half.school_year,
        number=half.number,
        starts=half.starts,
        ends=half.ends,
        tables=[table.content for table in disclosed.tables],
        names=names,
        ledger=disclosed.ledger,
        released_by=by,
    )
    schools = {school.urn: school for school in School.objects.filter(authority=authority, urn__in=disclosed.by_school)}
    SchoolRelease.objects.bulk_create(
        SchoolRelease(release=release, school=schools[urn], tables=[table.content for table in tables])
        for urn, tables in disclosed.by_school.items()
    )
    return release
