"""The people who sign in, and the roles that they hold."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register


class AccountsConfig(AppConfig):
    name = "service.accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("service.accounts.signals")


@register(Tags.security, deploy=True)
def letters_lead_here(**_: object) -> list[CheckMessage]:
    """`check --deploy` refuses a service whose letters of the command line and of the night lead nowhere."""
    if settings.SWIS_ADDRESS:
        return []
    return [
        Error(
            "SWIS_ADDRESS is not set: nobody can be invited from the command line, and no digest is sent.",
            hint="Set it to the address of the service, such as https://schools.example.gov.uk.",
            id="swis.E002",
        )
    ]
