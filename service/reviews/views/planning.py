"""Planning, moving and cancelling a review, and who is asked to it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from service.accounts.request import SignedInRequest
from service.permissions import Permission, needs
from service.programmes.views.layout import FormPage, answer, url_of
from service.reviews.actions.planning import ask_attendee, cancel_review, move_review, plan_review, take_off_attendee
from service.reviews.forms.planning import AttendeeForm, CancelForm, MoveForm, PlanForm
from service.reviews.models import Attendee, Kind, Review
from service.reviews.views.kept import answer_keeping

form_view = require_http_methods(["GET", "HEAD", "POST"])


@form_view
@needs(Permission.PLAN_REVIEW)
def review_plan(request: SignedInRequest) -> HttpResponse:
    """Plan a half-termly review or a Team Around the School meeting (`?school=` chooses the school)."""
    begun: dict[str, Any] = {"school": request.GET.get("school", ""), "kind": Kind.HALF_TERMLY}
    return answer(
        request,
        PlanForm(request.POST or None, user=request.user, initial=begun),
        lambda data: plan_review(by=request.user, **data),
        page=FormPage("Plan a review or a meeting", reverse("review-list"), submit="Plan it"),
        said="Planned",
        then=lambda made: url_of("review", made),
    )


@form_view
@needs(Permission.PLAN_REVIEW)
def review_move(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    found = _fetch(request, public_id, Permission.PLAN_REVIEW)
    return answer_keeping(
        request,
        MoveForm(request.POST or None, review=found),
        lambda data: move_review(by=request.user, review=found, **data),
        subject=found,
        page=FormPage("Change the day, place or chair", url_of("review", found), text=str(found)),
        said="Changed",
    )


@form_view
@needs(Permission.PLAN_REVIEW)
def review_cancel(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    found = _fetch(request, public_id, Permission.PLAN_REVIEW)
    return answer_keeping(
        request,
        CancelForm(request.POST or None),
        lambda data: cancel_review(by=request.user, review=found, **data),
        subject=found,
        page=FormPage("Cancel the review", url_of("review", found), submit="Cancel it", text=str(found), warning=True),
        said="Cancelled",
    )


@form_view
@needs(Permission.PREPARE_REVIEW)
def review_attendee_add(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    found = _fetch(request, public_id, Permission.PREPARE_REVIEW)
    return answer_keeping(
        request,
        AttendeeForm(request.POST or None),
        lambda data: ask_attendee(by=request.user, review=found, **data),
        subject=found,
        page=FormPage("Who is asked to come?", url_of("review", found), submit="Add", text=str(found)),
        said="Added",
    )


@form_view
@needs(Permission.PREPARE_REVIEW)
def review_attendee_take_off(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    found: Attendee = Attendee.objects.fetch_for(request, Permission.PREPARE_REVIEW, public_id=public_id)
    back = url_of("review", found.review)
    if request.method == "POST":
        try:
            take_off_attendee(by=request.user, attendee=found)
            messages.success(request, "Taken off the list")
        except ValidationError as error:
            messages.error(request, error.messages[0])
        return redirect(back)
    context = {"title": f"Take {found.name} off the list?", "text": str(found), "submit": "Take off", "cancel": back}
    return render(request, "pages/confirm.html", context)


def _fetch(request: SignedInRequest, public_id: UUID, permission: Permission) -> Review:
    found: Review = Review.objects.fetch_for(request, permission, public_id=public_id)
    return found
