"""A task that a killed worker was running is taken up by another."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from service.operations.models import WorkerBeat
from service.operations.tasks import MOST_ATTEMPTS, beat, take_up_lost_tasks, worker_problem


@task()
def count_up(to: int) -> int:
    return sum(range(to))


def running_at(worker: str, *, attempts: int = 1) -> DBTaskResult:
    row = DBTaskResult.objects.get(id=count_up.enqueue(3).id)
    for _ in range(attempts):
        row.claim(worker)
    return row


@pytest.mark.django_db
def test_a_task_of_a_living_worker_is_left_alone() -> None:
    beat("here")
    row = running_at("here")
    assert take_up_lost_tasks() == 0
    row.refresh_from_db()
    assert row.status == TaskResultStatus.RUNNING


@pytest.mark.django_db
@pytest.mark.parametrize("known", [True, False])
def test_a_task_of_a_silent_worker_waits_again(known: bool) -> None:
    if known:
        WorkerBeat.objects.create(worker="gone", at=timezone.now() - timedelta(minutes=2))
    row = running_at("gone")
    assert take_up_lost_tasks() == 1
    row.refresh_from_db()
    assert row.status == TaskResultStatus.READY


@pytest.mark.django_db
def test_a_task_that_kills_its_worker_again_and_again_is_given_up() -> None:
    row = running_at("gone", attempts=MOST_ATTEMPTS)
    take_up_lost_tasks()
    row.refresh_from_db()
    assert row.status == TaskResultStatus.FAILED


@pytest.mark.django_db
def test_readiness_tells_that_no_worker_is_alive() -> None:
    assert worker_problem()
    beat("here")
    assert not worker_problem()
