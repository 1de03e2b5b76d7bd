"""`manage.py work`: work through background tasks."""

from __future__ import annotations

import os
import socket
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from service.evidence.progress import settle_lost
from service.operations.tasks import Beating, beat, take_up_lost_tasks


class Command(BaseCommand):
    help = "Work through background tasks until told to stop. Takes up what a killed worker left."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="stop when no task is waiting")

    def handle(self, *args: Any, **options: Any) -> None:
        worker = f"{socket.gethostname()[:40]}-{os.getpid()}"
        beat(worker)
        taken_up = take_up_lost_tasks()
        settle_lost()
        if taken_up:
            self.stdout.write(f"Took up {taken_up} tasks that a stopped worker had left.")
        beating = Beating(worker)
        beating.start()
        try:
            call_command(
                "db_worker",
                queue_name="*",
                worker_id=worker,
                batch=options["once"],
                reload=False,
                interval=0.5,
                startup_delay=False,
            )
        finally:
            beating.over.set()
