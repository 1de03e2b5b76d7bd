"""What a school sees of the work that was done for it."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from service.accounts.request import SignedInRequest
from service.pages.pagination import page_of
from service.pages.tables import Column, Link, Table
from service.permissions import Permission, needs
from service.schools.models import School
from service.sight.lens import halves_until
from service.sight.school_work import days_in, days_table, presence_facts, sessions_table, work_of


@needs(Permission.VIEW_SCHOOL_SUMMARY)
@require_safe
def school_summary(request: SignedInRequest) -> HttpResponse:
    """The schools whose summary one may see; with one alone, that summary."""
    schools = School.objects.visible_to(request.user, Permission.VIEW_SCHOOL_SUMMARY).order_by("name", "urn")
    page = page_of(request, schools)
    if len(page.rows) == 1 and page.number == 1:
        return redirect("school-summary-of", school=page.rows[0].public_id)
    rows = tuple((Link(each.name, reverse("school-summary-of", args=[each.public_id])),) for each in page.rows)
    table = Table("Schools", (Column("School"),), rows, empty="There is no school whose summary you may see.")
    return render(request, "sight/schools.html", {"page": page, "table": table})


@needs(Permission.VIEW_SCHOOL_SUMMARY)
@require_safe
def school_summary_of(request: SignedInRequest, school: UUID) -> HttpResponse:
    """Presence and sessions of this half-term, and the work of those that were released. No child, no text."""
    found: School = School.objects.fetch_for(request, Permission.VIEW_SCHOOL_SUMMARY, public_id=school)
    today = timezone.localdate()
    halves = halves_until(found.authority, wanted="", today=today)
    context: dict[str, object] = {"school": found, "half": None, "work": work_of(request.user, found)}
    if halves:
        days = days_in(request.user, found, halves[-1], today=today)
        context |= {
            "half": halves[-1],
            "facts": presence_facts(days),
            "days": days_table(days),
            "sessions": sessions_table(request.user, found, halves[-1]),
        }
    return render(request, "sight/school.html", context)
