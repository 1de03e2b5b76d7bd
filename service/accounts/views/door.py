"""What stands at the door for who is not let in."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@login_not_required
@require_safe
def refused(request: HttpRequest) -> HttpResponse:
    """The council's own sign-in knows the person; this service does not."""
    return render(request, "accounts/refused.html")
