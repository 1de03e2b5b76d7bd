"""`manage.py verify_audit`: whether the audit is as it was written."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from service.audit.verify import verify_audit


class Command(BaseCommand):
    help = "Walk the audit's chain; exit 1 when an entry was changed, taken out or cut off. Prints the seal to keep elsewhere."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seal", default="", help="a seal printed earlier, to notice entries cut off since")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            verification = verify_audit(options["seal"])
        except ValueError as error:
            raise CommandError(str(error)) from None
        if not verification.holds:
            raise CommandError(str(verification), returncode=1)
        self.stdout.write(str(verification))
