"""The progress of a job as people see it, and its end. Written beside the work, so that it outlives whoever does it."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from service.evidence import incoming
from service.evidence.models import Job, JobKind, JobState
from swis.errors import SwisError

Tell = Callable[[str, int, int], None]
OVER = (TaskResultStatus.FAILED, TaskResultStatus.SUCCESSFUL)
EVERY = 1.0  # seconds between two writes of progress
GIVEN_UP = (
    "It was begun several times and never ended: the machine may lack memory. Try a smaller upload, or ask whoever runs the "
    "service."
)


class Cancelled(Exception):
    """Somebody asked that the job be stopped."""


def begin(job: Job) -> None:
    """Note that a job is at work; again after its worker was killed."""
    Job.objects.filter(pk=job.pk).update(
        state=JobState.RUNNING, began_at=timezone.now(), phase="Starting", done=0, steps=0
    )


def teller(job: Job) -> Tell:
    """What the library tells of its progress, written once a second. Raises `Cancelled` when that was asked for."""
    last = 0.0

    def tell(phase: str, done: int, steps: int) -> None:
        nonlocal last
        if time.monotonic() - last < EVERY:
            return
        last = time.monotonic()
        Job.objects.filter(pk=job.pk).update(phase=phase[:120], done=done, steps=steps)
        if Job.objects.filter(pk=job.pk, cancel_asked=True).exists():
            raise Cancelled

    return tell


def end(job: Job, state: JobState, *, trouble: str = "") -> None:
    """Note how a job ended. One that has ended stays as it is."""
    Job.objects.live().filter(pk=job.pk).update(
        state=state, trouble=trouble, ended_at=timezone.now(), phase="", done=0, steps=0
    )


@contextmanager
def ending(job: Job) -> Iterator[None]:
    """Whatever is raised within ends the job in words. Nothing goes further: a traceback could hold a value of a return."""
    try:
        yield
    except Cancelled:
        end(job, JobState.CANCELLED)
    except (SwisError, incoming.Refused) as error:
        end(job, JobState.FAILED, trouble=str(error))
    except Exception as error:
        end(job, JobState.FAILED, trouble=tell_unforeseen(error))


def tell_unforeseen(error: Exception) -> str:
    """The kind of an error and its place, but not its text: that could quote a value of a return."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    return (
        f"The service met something that it did not foresee: {type(error).__name__} in {Path(place.filename).name}, line "
        f"{place.lineno}. This is a fault of the service, not yours. Tell whoever runs it."
    )


def settle_lost() -> int:
    """End the jobs whose task was given up, or is over or gone while they are not; how many were ended.

    Removes every upload that no live job needs. Called when a task begins, when somebody uploads or looks at a job.
    """
    ended = 0
    for job in Job.objects.live().exclude(task=""):
        result = DBTaskResult.objects.filter(id=job.task).first()
        if result is None or result.status in OVER:
            end(job, JobState.FAILED, trouble=GIVEN_UP)
            ended += 1
    builds = Job.objects.filter(kind=JobKind.BUILD, public_id__in=incoming.waiting())
    live = builds.live().values_list("public_id", flat=True)
    incoming.remove_left_work()
    incoming.remove_of(set(builds.values_list("public_id", flat=True)), live=set(live))
    return ended
