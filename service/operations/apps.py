from __future__ import annotations

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register


class OperationsConfig(AppConfig):
    name = "service.operations"
    default_auto_field = "django.db.models.BigAutoField"


@register(Tags.security, deploy=True)
def letters_leave(**_: object) -> list[CheckMessage]:
    """`check --deploy` warns where invitations, which open a door, would be printed into the log."""
    if not settings.EMAIL_BACKEND.endswith("console.EmailBackend"):
        return []
    return [
        Warning(
            "Letters are printed, not sent: an invitation would stand in the log with its key.",
            hint="Set SWIS_EMAIL_HOST.",
            id="swis.W001",
        )
    ]
