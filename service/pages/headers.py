"""What goes out with every response: a request id, and the headers that keep pages out of caches, frames and other sites."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable
from ipaddress import ip_address
from uuid import uuid4

from django.http import HttpRequest, HttpResponseBase
from whitenoise.middleware import WhiteNoiseFileResponse  # type: ignore[import-untyped]

from service.pages.logs import request_id

logger = logging.getLogger("service.requests")

GIVEN = re.compile(r"[A-Za-z0-9-]{8,36}")  # no longer than the audit keeps it
FEATURES = (
    "accelerometer",
    "autoplay",
    "browsing-topics",
    "camera",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "gamepad",
    "geolocation",
    "gyroscope",
    "hid",
    "idle-detection",
    "local-fonts",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "screen-wake-lock",
    "serial",
    "storage-access",
    "usb",
    "xr-spatial-tracking",
)
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in FEATURES),
}

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class RequestIdMiddleware:
    """Gives each request an id (a proxy's X-Request-ID is kept), puts it into the logs and writes one line a request."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get("X-Request-ID", "")
        identifier = given if GIVEN.fullmatch(given) else uuid4().hex
        request.request_id = identifier  # type: ignore[attr-defined]
        token = request_id.set(identifier)
        started = time.perf_counter()
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = identifier
            self.log(request, response, duration_ms=round((time.perf_counter() - started) * 1000))
        finally:
            request_id.reset(token)
        return response

    def log(self, request: HttpRequest, response: HttpResponseBase, *, duration_ms: int) -> None:
        # The pattern of the address, not the address: it names no record, and holds no query.
        route = request.resolver_match.route if request.resolver_match else "no view"
        details = {
            "method": request.method,
            "route": route,
            "status_code": response.status_code,
            "duration_ms": duration_ms,
        }
        logger.info("request", extra=details)


class ForwardedAddressMiddleware:
    """Behind a proxy, the address of who asks is the last that the proxy named: the audit and the limits of sign-in go by it.

    In use only where SWIS_BEHIND_PROXY says so; elsewhere anybody could claim an address in this header.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        named = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
        request.META["REMOTE_ADDR"] = named if _is_address(named) else ""
        return self.get_response(request)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


class HeadersMiddleware:
    """No page is kept by a browser or a proxy, signed in or not; no browser feature is used; other sites get nothing.

    Stands before whatever may answer by itself: the redirect to HTTPS, a refused host. Files of the service's own look alone
    are kept, as WhiteNoise says.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        for name, value in HEADERS.items():
            if name != "Cache-Control" or not isinstance(response, WhiteNoiseFileResponse):
                response[name] = value
        return response
