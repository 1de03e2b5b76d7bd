"""Between the request and the audit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponseBase

from service.audit.models import Action
from service.audit.record import current_request, record


class AuditMiddleware:
    """Holds the request for the audit, and records every refusal: 403s, and 404s that hid a row which exists."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        token = current_request.set(request)
        try:
            response = self.get_response(request)
            self.record_refusal(request, response)
        finally:
            current_request.reset(token)
        return response

    def record_refusal(self, request: HttpRequest, response: HttpResponseBase) -> None:
        hidden: Any = getattr(request, "refused_row", None)
        if response.status_code == 403 or hidden is not None:
            view = getattr(request.resolver_match, "view_name", "") or ""
            child = hidden if hasattr(hidden, "reference") else getattr(hidden, "child", None)
            details = {"view": view, "method": request.method}
            record(Action.DENIED, by=request.user, subject=hidden, child=child, details=details)
