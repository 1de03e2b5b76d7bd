"""`manage.py fill`: a great many rows, to see how the service bears them."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from service.accounts.models import User
from service.demonstration.filling import Size, fill


class Command(BaseCommand):
    help = "Fill an empty demonstration with authorities, schools and contacts in bulk, behind the actions. For load alone."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--authorities", type=int, default=21)
        parser.add_argument("--schools", type=int, default=300)
        parser.add_argument("--contacts", type=int, default=1_000_000)
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args: Any, **options: Any) -> None:
        size = Size(options["authorities"], options["schools"], options["contacts"])
        if not settings.DEMONSTRATION:
            raise CommandError("This is no demonstration: SWIS_DEMONSTRATION is not set. Nothing was done.")
        if User.objects.exists():
            raise CommandError("There is somebody here already. Fill an empty database.")
        if not 1 <= size.authorities <= 99 or not size.authorities <= size.schools <= 99_999 or size.contacts < 1:
            raise CommandError("Ask for 1 to 99 authorities, at least as many schools, and at least one contact.")
        began = time.monotonic()
        fill(size, seed=options["seed"], say=self.stdout.write)
        self.stdout.write(f"Filled in {time.monotonic() - began:.0f} seconds.")
