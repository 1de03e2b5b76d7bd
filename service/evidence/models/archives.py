"""A folder that the library wrote, kept as one zip in the database: with its row in one transaction, and in every copy."""

from __future__ import annotations

from django.db import models

from service.permissions import classify


class Archive(models.Model):
    """The bytes of a zip. It has no scope of its own: it is reached through the row that it belongs to."""

    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField(help_text="Bytes.")
    content = models.BinaryField()

    privacy = classify(operational="id sha256 size content")

    def __str__(self) -> str:
        return f"{self.sha256[:12]}, {self.size:,} bytes"
