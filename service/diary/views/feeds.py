"""The calendar that one's own calendar program reads."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from service.accounts.request import SignedInRequest
from service.diary.actions import feeds
from service.diary.feeds import calendar_of, feed_of_token
from service.diary.models import CalendarFeed
from service.permissions import Permission, needs


@needs(Permission.VIEW_DIARY)
@require_safe
def calendar_feed(request: SignedInRequest) -> HttpResponse:
    """Whether one has a calendar feed, and since when."""
    feed = CalendarFeed.objects.visible_to(request.user).filter(revoked_at=None).first()
    return render(request, "diary/calendar_feed.html", {"feed": feed})


@needs(Permission.VIEW_DIARY)
@require_POST
def calendar_feed_make(request: SignedInRequest) -> HttpResponse:
    """Make the feed and show its address, this once."""
    token = feeds.make_feed(by=request.user)
    address = request.build_absolute_uri(reverse("calendar", args=[token]))
    return render(request, "diary/calendar_feed_made.html", {"address": address})


@needs(Permission.VIEW_DIARY)
def calendar_feed_revoke(request: SignedInRequest) -> HttpResponse:
    """Revoke the feed, after a question."""
    if request.method == "POST":
        try:
            feeds.revoke_feed(by=request.user)
            messages.success(request, "Calendar address revoked")
        except ValidationError as error:
            messages.error(request, error.messages[0])
        return redirect("calendar-feed")
    context = {
        "title": "Revoke your calendar address?",
        "text": "Calendar programs that read it get nothing from now on. You can make another one.",
        "submit": "Revoke address",
        "warning": True,
        "cancel": reverse("calendar-feed"),
    }
    return render(request, "pages/confirm.html", context)


@login_not_required
@require_safe
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    """A person's calendar, opened by its token alone. An unknown, revoked or inactive one is not found."""
    feed = feed_of_token(token)
    if feed is None:
        raise Http404("There is no such calendar.")
    if not feeds.note_reading(feed=feed):
        response = HttpResponse(
            "This calendar is read too often. Try again in an hour.", status=429, content_type="text/plain"
        )
        response["Retry-After"] = str(int(feeds.WINDOW.total_seconds()))
        return response
    return HttpResponse(calendar_of(feed.user), content_type="text/calendar; charset=utf-8")
