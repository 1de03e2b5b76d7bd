"""The one thing that operations keep: when each worker of background tasks was last alive."""

from __future__ import annotations

from django.db import models

from service.permissions import classify


class WorkerBeat(models.Model):
    """A process that works through background tasks says every few seconds that it is alive."""

    worker = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField()

    privacy = classify(operational="id worker at")

    def __str__(self) -> str:
        return self.worker
