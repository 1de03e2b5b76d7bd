"""Restricted records: closing, granting, opening with a reason, the review of that, and conflicts of interest."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from service.accounts.models import User
from service.accounts.request import SignedInRequest
from service.audit.models import Action
from service.audit.record import record
from service.pages.pagination import page_of
from service.pages.tables import Column, Fact, Link, Table, Tag
from service.permissions import Permission, needs
from service.practice.actions.restrictions import (
    break_glass,
    declare_conflict,
    end_access,
    grant_access,
    lift_restriction,
    people_to_prolong,
    restrict_child,
    review_opening,
    review_restriction,
    settle_conflict,
)
from service.practice.core_codes import CORE, CodeList
from service.practice.forms.children import (
    BreakGlassForm,
    ConflictForm,
    GrantForm,
    LiftForm,
    RestrictionForm,
    ReviewOpeningForm,
    ReviewRestrictionForm,
    SettleForm,
)
from service.practice.models import BreakGlass, ChildReference, ConflictOfInterest, RestrictedAccess, Restriction
from service.practice.models.children import conflicts_of
from service.practice.people import people_with
from service.practice.views.acting import attempt, done, form_page, keeps_words
from service.practice.views.children import child_address
from service.schools.models import School


@needs(Permission.MANAGE_RESTRICTION)
@require_http_methods(["GET", "HEAD", "POST"])
@keeps_words
def child_restrict(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    child = ChildReference.objects.fetch_for(request, Permission.MANAGE_RESTRICTION, public_id=public_id)
    form = RestrictionForm(request.POST or None, people=people_choices(child.school, but=request.user))
    if form.is_valid():
        told = dict(form.cleaned_data)
        access = list(people_with(Permission.VIEW_CHILD, school=child.school).filter(public_id__in=told.pop("access")))
        made = attempt(form, lambda: restrict_child(by=request.user, child=child, access=access, **told))
        if made is not None:
            messages.success(request, "The record is restricted")
            return redirect("restriction", public_id=made.public_id)
    return form_page(
        request, form, title="Restrict this record", submit="Restrict record", warning=True, back=child_address(child)
    )


def people_choices(school: School, *, but: User) -> list[tuple[str, str]]:
    """The people whose work may bring them to a child of the school, but for who chooses: nobody grants to themselves."""
    people = people_with(Permission.VIEW_CHILD, school=school).exclude(pk=but.pk)
    return [(str(person.public_id), person.name) for person in people]


@needs(Permission.MANAGE_RESTRICTION)
@require_safe
def restriction_list(request: SignedInRequest) -> HttpResponse:
    """Restrictions that stand, the next review first, and conflicts of interest that are not settled."""
    today = timezone.localdate()
    rows = Restriction.objects.visible_to(request.user).filter(lifted_at=None).select_related("child__school")
    page = page_of(request, rows.order_by("review_by", "id"))
    table = Table(
        "Restricted records",
        (Column("Child"), Column("School"), Column("Why"), Column("Review by")),
        tuple(
            (
                Link(each.child.reference, reverse("restriction", kwargs={"public_id": each.public_id})),
                each.child.school.name,
                CORE[CodeList.RESTRICTION].get(each.category, each.category),
                Tag("Review is due", "red") if each.review_by <= today else each.review_by,
            )
            for each in page
        ),
        empty="No record is restricted.",
    )
    conflicts = _conflicts(request)
    details = {"what": "restrictions", "hits": len(page), "conflicts": len(conflicts.rows)}
    record(Action.READ, by=request.user, details=details)
    context = {"page": page, "table": table, "conflicts": conflicts}
    return render(request, "practice/restriction_list.html", context)


def _conflicts(request: SignedInRequest) -> Table:
    """Conflicts that others declared, but for children over whom the reader has one too."""
    rows = ConflictOfInterest.objects.visible_to(request.user).filter(settled_at=None)
    rows = rows.exclude(child__in=conflicts_of(request.user))
    told = tuple(
        (
            each.child.reference,
            each.worker.name,
            each.declared_at,
            each.note,
            Link("Settle", reverse("conflict-settle", kwargs={"public_id": each.public_id}), each.child.reference),
        )
        for each in rows.select_related("child", "worker")[:100]
    )
    columns = (Column("Child"), Column("Worker"), Column("Declared"), Column("Note"), Column(""))
    return Table("Conflicts of interest", columns, told, empty="None is declared.")


@needs(Permission.MANAGE_RESTRICTION)
@require_safe
def restriction(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """One restriction with the people who have access. It opens nothing of the record itself."""
    found = Restriction.objects.fetch_for(request, public_id=public_id)
    record(Action.READ, by=request.user, subject=found, child=found.child)
    facts = [
        Fact("School", found.child.school.name),
        Fact("Why", CORE[CodeList.RESTRICTION].get(found.category, found.category)),
        Fact("Reason", found.reason),
        Fact("Restricted", f"{timezone.localtime(found.placed_at):%d/%m/%Y} by {found.placed_by.name}"),
        Fact("Review by", found.review_by),
    ]
    if found.review_notes:
        facts.append(Fact("Reviewed", found.review_notes))
    if found.lifted_at is not None and found.lifted_by is not None:
        facts.append(
            Fact(
                "Lifted",
                f"{timezone.localtime(found.lifted_at):%d/%m/%Y} by {found.lifted_by.name}: {found.lift_reason}",
            )
        )
    context = {
        "restriction": found,
        "facts": facts,
        "access": _access(request, found),
        "stands": found.lifted_at is None,
    }
    return render(request, "practice/restriction.html", context)


def _access(request: SignedInRequest, restriction: Restriction) -> list[dict[str, Any]]:
    rows = (
        RestrictedAccess.objects.visible_to(request.user)
        .filter(child=restriction.child)
        .filter(ends__gt=timezone.now())
    )
    return [
        {"name": each.user.name, "ends": each.ends, "url": reverse("access-end", kwargs={"public_id": each.public_id})}
        for each in rows.select_related("user")
    ]


@needs(Permission.MANAGE_RESTRICTION)
@require_http_methods(["GET", "HEAD", "POST"])
@keeps_words
def restriction_review(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    found = Restriction.objects.fetch_for(request, public_id=public_id)
    people = {str(each.public_id): each for each in people_to_prolong(by=request.user, restriction=found)}
    form = ReviewRestrictionForm(request.POST or None, people=[(key, each.name) for key, each in people.items()])
    if form.is_valid():
        told = dict(form.cleaned_data)
        prolong = [people[key] for key in told.pop("prolong", [])]
        if done(form, lambda: review_restriction(by=request.user, restriction=found, prolong=prolong, **told)):
            messages.success(request, "Review recorded")
            return redirect("restriction", public_id=public_id)
    record(Action.READ, by=request.user, subject=found, child=found.child, details={"access": len(people)})
    return form_page(request, form, title="Review the restriction", submit="Keep it restricted", back=_address(found))


@needs(Permission.MANAGE_RESTRICTION)
@require_http_methods(["GET", "HEAD", "POST"])
@keeps_words
def restriction_lift(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    found = Restriction.objects.fetch_for(request, public_id=public_id)
    form = LiftForm(request.POST or None)
    if done(form, lambda: lift_restriction(by=request.user, restriction=found, **form.cleaned_data)):
        messages.success(request, "The restriction is lifted")
        return redirect("restriction-list")
    text = "Everybody whose work it is can then see the record again."
    return form_page(
        request, form, title="Lift the restriction?", text=text, submit="Lift it", warning=True, back=_address(found)
    )


@needs(Permission.MANAGE_RESTRICTION)
@require_http_methods(["GET", "HEAD", "POST"])
def access_grant(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    found = Restriction.objects.fetch_for(request, public_id=public_id)
    people = people_choices(found.child.school, but=request.user)
    form = GrantForm(request.POST or None, people=people, initial={"until": found.review_by})
    if form.is_valid():
        user = people_with(Permission.VIEW_CHILD, school=found.child.school).get(public_id=form.cleaned_data["user"])
        until = form.cleaned_data["until"]
        if done(form, lambda: grant_access(by=request.user, restriction=found, user=user, until=until)):
            messages.success(request, "Access given")
            return redirect("restriction", public_id=public_id)
    return form_page(
        request, form, title="Give access to a restricted record", submit="Give access", back=_address(found)
    )


@needs(Permission.MANAGE_RESTRICTION)
@require_POST
def access_end(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    access = RestrictedAccess.objects.fetch_for(request, public_id=public_id)
    try:
        end_access(by=request.user, access=access)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, "Access ended")
    return redirect("restriction-list")


def _address(restriction: Restriction) -> str:
    return reverse("restriction", kwargs={"public_id": restriction.public_id})


@needs(Permission.BREAK_GLASS)
@require_http_methods(["GET", "HEAD", "POST"])
@keeps_words
def glass_break(request: SignedInRequest) -> HttpResponse:
    """Open a restricted record by its reference, with a reason, for a day."""
    form = BreakGlassForm(request.POST or None)
    if form.is_valid():
        opening = attempt(form, lambda: break_glass(by=request.user, **form.cleaned_data))
        if opening is not None:
            messages.warning(request, "The record is open to you for 24 hours. Your reason will be reviewed.")
            return redirect("child", public_id=opening.child.public_id)
    text = (
        "Only when a child may come to harm if you cannot see the record now. It is open to you for 24 hours. "
        "Your manager reviews each opening with its reason."
    )
    return form_page(
        request, form, title="Open a restricted record", text=text, submit="Open record", warning=True,
        back=reverse("child-list"),
    )  # fmt: skip


@needs(Permission.REVIEW_BREAK_GLASS)
@require_safe
def opening_list(request: SignedInRequest) -> HttpResponse:
    """Openings that wait for a review, the oldest of them first, and then those that were reviewed."""
    rows = BreakGlass.objects.visible_to(request.user).select_related("child__school", "by")
    page = page_of(request, rows.order_by(F("reviewed_at").desc(nulls_first=True), "opened_at", "id"))
    columns = (Column("Opened"), Column("Child"), Column("School"), Column("By"), Column("Review"))
    table = Table("Openings of restricted records", columns, tuple(_opening_row(each) for each in page), empty="None.")
    record(Action.READ, by=request.user, details={"what": "openings", "hits": len(page)})
    return render(request, "practice/opening_list.html", {"page": page, "table": table})


def _opening_row(opening: BreakGlass) -> tuple[Any, ...]:
    return (
        Link(
            f"{timezone.localtime(opening.opened_at):%d/%m/%Y %H:%M}",
            reverse("opening-review", kwargs={"public_id": opening.public_id}),
            opening.child.reference,
        ),
        opening.child.reference,
        opening.child.school.name,
        opening.by.name,
        opening.get_finding_display() or Tag("Waits for review", "red"),
    )


@needs(Permission.REVIEW_BREAK_GLASS)
@require_http_methods(["GET", "HEAD", "POST"])
def opening_review(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    opening = BreakGlass.objects.fetch_for(request, public_id=public_id)
    form = ReviewOpeningForm(request.POST or None)
    if done(form, lambda: review_opening(by=request.user, opening=opening, **form.cleaned_data)):
        messages.success(request, "Review recorded")
        return redirect("opening-list")
    record(Action.READ, by=request.user, subject=opening, child=opening.child)
    facts = [
        Fact("Child", opening.child.reference),
        Fact("Opened by", opening.by.name),
        Fact("Opened", opening.opened_at),
        Fact("Open until", opening.ends),
        Fact("Reason", opening.reason),
    ]
    if opening.reviewed_by is not None:
        facts += [
            Fact("Review", f"{opening.get_finding_display()}, {opening.reviewed_by.name}"),
            Fact("Note", opening.review_note),
        ]
    waits = opening.reviewed_at is None and opening.by_id != request.user.pk
    context = {"opening": opening, "facts": facts, "form": form if waits else None, "back": reverse("opening-list")}
    return render(request, "practice/opening_review.html", context)


@needs(Permission.VIEW_CHILD)
@require_http_methods(["GET", "HEAD", "POST"])
@keeps_words
def conflict_declare(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    child = ChildReference.objects.fetch_for(request, public_id=public_id)
    form = ConflictForm(request.POST or None)
    if done(form, lambda: declare_conflict(by=request.user, child=child, **form.cleaned_data)):
        messages.success(request, "Your conflict of interest is recorded, and the record is closed to you")
        return redirect("child-list")
    text = "Is the child a relative, or somebody close to you? Then the record closes to you at once, and your manager is told."
    return form_page(
        request, form, title="Declare a conflict of interest", text=text, submit="Declare", back=child_address(child)
    )


@needs(Permission.MANAGE_RESTRICTION)
@require_http_methods(["GET", "HEAD", "POST"])
@keeps_words
def conflict_settle(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    conflict = ConflictOfInterest.objects.fetch_for(request, public_id=public_id)
    if conflict.worker_id == request.user.pk:
        raise PermissionDenied("Somebody else settles what you declared.")
    form = SettleForm(request.POST or None)
    if done(form, lambda: settle_conflict(by=request.user, conflict=conflict, **form.cleaned_data)):
        messages.success(request, "Conflict of interest settled")
        return redirect("restriction-list")
    back = reverse("restriction-list")
    return form_page(request, form, title="Settle a conflict of interest", submit="Settle", back=back)
