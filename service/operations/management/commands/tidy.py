"""`manage.py tidy`: what is cleared every night."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from service.operations.tidying import tidy


class Command(BaseCommand):
    help = "Clear old drafts, logs never imported, files of exports, ended sessions, and what disposals left in the database."

    def handle(self, *args: Any, **options: Any) -> None:
        for said in tidy():
            self.stdout.write(said)
