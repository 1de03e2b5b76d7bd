from __future__ import annotations

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register


class DemonstrationConfig(AppConfig):
    name = "service.demonstration"


@register(Tags.security, deploy=True)
def no_demonstration_in_production(**_: object) -> list[CheckMessage]:
    """`check --deploy` refuses a service in which anybody may sign in as anybody."""
    if not settings.DEMONSTRATION:
        return []
    return [
        Error(
            "SWIS_DEMONSTRATION is set: anybody may sign in as anybody.",
            hint="Take it out of the environment.",
            id="swis.E001",
        )
    ]
