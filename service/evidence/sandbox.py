"""Pages that the library wrote, shown as they are: a document of its own that can run nothing, load nothing and send nothing."""

from __future__ import annotations

from django.http import HttpResponse

POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'unsafe-inline'",  # the page carries its own style, and its figures theirs
        "font-src data:",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "sandbox",  # no script, no form, no window, and an origin that is nobody's
    )
)


def sandboxed(page: bytes) -> HttpResponse:
    """The page under a policy of its own. Set here, the policy of the service does not take its place."""
    response = HttpResponse(page, content_type="text/html; charset=utf-8")
    response["Content-Security-Policy"] = POLICY
    return response
