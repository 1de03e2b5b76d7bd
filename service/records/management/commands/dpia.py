"""`manage.py dpia`: the data protection impact assessment, as far as the models can fill it in."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from service.records.dpia import write_dpia


class Command(BaseCommand):
    help = "Print a template of the data protection impact assessment, filled in from the models and the permissions."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(write_dpia(), ending="")
