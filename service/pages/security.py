"""The Content-Security-Policy: everything from this service, nothing inline, framed by nobody."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from csp.constants import NONE, SELF


def content_security_policy(*, sign_in_providers: Sequence[str] = ()) -> dict[str, Any]:
    """For settings.CONTENT_SECURITY_POLICY. `sign_in_providers` are origins to which the sign-in form may redirect."""
    return {
        "DIRECTIVES": {
            "default-src": [NONE],
            "script-src": [SELF],
            "style-src": [SELF],
            "img-src": [SELF],
            "font-src": [NONE],
            "connect-src": [SELF],
            "manifest-src": [SELF],
            "object-src": [NONE],
            "base-uri": [NONE],
            "frame-ancestors": [NONE],
            "form-action": [SELF, *sign_in_providers],
        }
    }


CONTENT_SECURITY_POLICY = content_security_policy()
