"""`manage.py restore FILE`: bring a copy back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from service.operations.copies import CopyRefused, bring_back


class Command(BaseCommand):
    help = "Put a copy in the place of the database and the files. Stop the service first."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--replace", action="store_true", help="although there are data here already")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            copy = bring_back(options["file"], replace=options["replace"])
        except CopyRefused as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"Brought back {copy}.")
