"""A task that a worker process runs for a while, so that it can be killed meanwhile."""

from __future__ import annotations

import time
from pathlib import Path

from django.db import transaction
from django_tasks import task

from service.audit.models import Action
from service.audit.record import record


@task()
def write_at_the_end(*, begun: str, seconds: float) -> str:
    """Leave a mark outside the database when it begins, then write in one transaction, slowly."""
    with Path(begun).open("a", encoding="utf-8") as file:
        file.write("begun\n")
    with transaction.atomic():
        record(Action.CREATE, by=None, details={"part": 1})
        time.sleep(seconds)
        record(Action.CREATE, by=None, details={"part": 2})
    return "done"
