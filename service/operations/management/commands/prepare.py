"""`manage.py prepare`: everything that must be done once before the service starts, and after each new version."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Bring the database to this version, make the table of the cache, and gather style sheets and scripts."

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", interactive=False, verbosity=options["verbosity"])
        call_command("createcachetable", verbosity=options["verbosity"])
        if not settings.DEMONSTRATION:
            call_command("collectstatic", interactive=False, verbosity=0)
        self.stdout.write("Ready to serve.")
