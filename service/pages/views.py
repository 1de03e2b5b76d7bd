"""Pages without data that anybody may open: health, statements, and what is shown when something goes wrong."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.module_loading import import_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from service.pages.health import database_problem, migrations_problem


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers. It asks nothing of the database."""
    return JsonResponse({"status": "alive"})


@login_not_required
@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Whether work can be done: 200, or 503 with the name of each part that is not ready. No detail leaves."""
    checks: dict[str, Callable[[], str]] = {"database": database_problem, "migrations": migrations_problem}
    for name, place in getattr(settings, "SWIS_READINESS_CHECKS", {}).items():
        checks[name] = import_string(place)
    parts = {name: "ready" if not check() else "not ready" for name, check in checks.items()}
    ready = all(state == "ready" for state in parts.values())
    return JsonResponse({"status": "ready" if ready else "not ready", **parts}, status=200 if ready else 503)


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/accessibility.html", {"contact": getattr(settings, "SWIS_ACCESSIBILITY_CONTACT", "")})


@login_not_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/privacy.html", {"controller": getattr(settings, "SWIS_DATA_CONTROLLER", "")})


@login_not_required
@require_safe
def cookies(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/cookies.html")


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was open too long, or sent from elsewhere (settings.CSRF_FAILURE_VIEW)."""
    return render(request, "403_csrf.html", status=403)
