"""`manage.py backup FILE`: one archive with everything that the service holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from service.operations.copies import CopyRefused, write_copy


class Command(BaseCommand):
    help = "Write the database and the files into one archive, with their hashes and the seal of the audit."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            copy = write_copy(options["file"])
        except CopyRefused as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{options['file']}: {copy}")
        self.stdout.write(f"Keep this seal elsewhere: {copy.audit_seal}")
