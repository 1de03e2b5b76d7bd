"""`manage.py demonstrate`: fill an empty service with a believable programme."""

from __future__ import annotations

import time
from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from service.accounts.models import User
from service.demonstration.draw import draw_programme


class Command(BaseCommand):
    help = "Make two authorities with sixteen schools and two terms of work up to today, through the actions that people use."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--if-empty", action="store_true", help="do nothing where there is somebody already")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMONSTRATION:
            raise CommandError("This is no demonstration: SWIS_DEMONSTRATION is not set. Nothing was done.")
        if User.objects.exists():
            if options["if_empty"]:
                return
            raise CommandError("There is somebody here already. A demonstration begins in an empty database.")
        self.stdout.write("Drawing a programme of two authorities and two terms (about a minute) ...")
        began = time.monotonic()
        drawn = draw_programme(seed=options["seed"], say=self._say)
        self.stdout.write(
            f"\nTwo terms since {drawn.first_day}: {drawn.done:,} things done, in {time.monotonic() - began:.0f} seconds."
        )

    def _say(self, day: date, done: int) -> None:
        self.stdout.write(f"\r  {day}  {done:6,}", ending="")
        self.stdout.flush()
