"""How letters leave: through the council's mail server, from the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

SMTP = "django.core.mail.backends.smtp.EmailBackend"
CONSOLE = "django.core.mail.backends.console.EmailBackend"
SECURITY = ("starttls", "tls", "none")


def backend(environment: Mapping[str, str]) -> str:
    """The mail server where one is named; otherwise letters are printed, which only a demonstration wants."""
    return environment.get("SWIS_EMAIL_BACKEND") or (SMTP if environment.get("SWIS_EMAIL_HOST") else CONSOLE)


def security(environment: Mapping[str, str]) -> str:
    """How the way to the mail server is closed to others: "starttls" unless told otherwise."""
    chosen = environment.get("SWIS_EMAIL_SECURITY", SECURITY[0])
    if chosen not in SECURITY:
        raise ImproperlyConfigured(f"SWIS_EMAIL_SECURITY is one of {', '.join(SECURITY)}.")
    return chosen


def password(environment: Mapping[str, str]) -> str:
    """From SWIS_EMAIL_PASSWORD, or the file that SWIS_EMAIL_PASSWORD_FILE names."""
    file = environment.get("SWIS_EMAIL_PASSWORD_FILE")
    return Path(file).read_text(encoding="utf-8").strip() if file else environment.get("SWIS_EMAIL_PASSWORD", "")


EMAIL_BACKEND = backend(os.environ)
EMAIL_HOST = os.environ.get("SWIS_EMAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("SWIS_EMAIL_PORT", "587"))
EMAIL_HOST_USER = os.environ.get("SWIS_EMAIL_USER", "")
EMAIL_HOST_PASSWORD = password(os.environ)
EMAIL_USE_TLS = security(os.environ) == "starttls"
EMAIL_USE_SSL = security(os.environ) == "tls"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = os.environ.get("SWIS_EMAIL_FROM", "swis@localhost")
