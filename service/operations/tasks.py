"""Background tasks that outlive the process that runs them."""

from __future__ import annotations

import threading
from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from service.evidence.progress import settle_lost
from service.operations.models import WorkerBeat

BEAT = timedelta(seconds=10)
SILENCE = timedelta(seconds=60)  # after which a worker counts as gone
MOST_ATTEMPTS = 3


def beat(worker: str) -> None:
    """Say that a worker is alive."""
    WorkerBeat.objects.update_or_create(worker=worker, defaults={"at": timezone.now()})


def alive() -> set[str]:
    """The workers that said so within the last minute."""
    return set(WorkerBeat.objects.filter(at__gt=timezone.now() - SILENCE).values_list("worker", flat=True))


@transaction.atomic
def take_up_lost_tasks() -> int:
    """Put back in the queue what a worker was running when it was killed; gives back how many.

    A task that was begun three times and never ended is marked as failed, so that one bad file cannot stop all others. A task
    must therefore be safe to begin again: it writes its result in one transaction.
    """
    lost = [
        task for task in DBTaskResult.objects.running().select_for_update() if not alive() & set(task.worker_ids[-1:])
    ]
    for task in lost:
        if len(task.worker_ids) >= MOST_ATTEMPTS:
            task.set_failed(InterruptedError(f"The task was begun {len(task.worker_ids)} times and never ended."))
        else:
            task.status = TaskResultStatus.READY
            task.save(update_fields=["status"])
    return len(lost)


class Beating(threading.Thread):
    """Beats, and takes up lost tasks, beside a worker until it is told to stop."""

    def __init__(self, worker: str) -> None:
        super().__init__(daemon=True)
        self.worker = worker
        self.over = threading.Event()

    def run(self) -> None:
        while not self.over.wait(BEAT.total_seconds()):
            beat(self.worker)
            take_up_lost_tasks()
            settle_lost()
        connection.close()


def worker_problem() -> str:
    """For readiness: whether some worker is alive."""
    return "" if alive() else "no worker of background tasks is alive"
