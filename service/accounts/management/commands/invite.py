"""`manage.py invite ADDRESS --name NAME --role ROLE`: the first administrator of an installation."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from service.accounts.actions.invitations import invite_administrator
from service.permissions import SCHOOL_ROLES, Role
from service.schools.models import Authority

ROLES = [role.name.lower().replace("_", "-") for role in Role if role not in SCHOOL_ROLES]


class Command(BaseCommand):
    help = (
        "Invite a person by e-mail without being signed in: the first administrator. Invite the others in the service."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address", help="the work e-mail address")
        parser.add_argument("--name", required=True)
        parser.add_argument("--role", choices=ROLES, default="administrator")
        parser.add_argument(
            "--authority", default="", metavar="CODE", help="three digits; without it in every authority"
        )

    def handle(self, *args: Any, address: str, name: str, role: str, authority: str, **options: Any) -> None:
        if not settings.SWIS_ADDRESS:
            raise CommandError(
                "Set SWIS_ADDRESS to the address of the service, such as https://schools.example.gov.uk, "
                "so that the link in the letter leads there."
            )
        where = Authority.objects.filter(code=authority).first()
        if authority and where is None:
            raise CommandError(
                f"There is no authority with the code {authority}. Leave --authority out, or add it first."
            )
        chosen = Role[role.upper().replace("-", "_")]
        try:
            person = invite_administrator(email=address, name=name, role=chosen, authority=where)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        self.stdout.write(
            f"{person.name} is invited as {chosen.value}. The link was sent to {person.email}; it works for seven days."
        )
