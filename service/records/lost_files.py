"""Uploaded files that no row names: what a process left that was killed between the database and the disk."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import FileField
from django.utils import timezone

from service.records.holdings import our_models

UPLOADING_FOR = timedelta(days=1)  # a file is written before its row


def clear_lost_files() -> int:
    """Remove the files of a day and more that no row names, those of disposed rows among them; gives back how many."""
    lost = [
        (field, name)
        for model in our_models()
        for field in model._meta.concrete_fields
        if isinstance(field, FileField)
        for name in _files_of(field)
        if not model._base_manager.filter(**{field.name: name}).exists()
    ]
    for field, name in lost:
        field.storage.delete(name)
    return len(lost)


def _files_of(field: FileField) -> Iterator[str]:
    folder = str(field.upload_to).rstrip("/")
    try:
        names = field.storage.listdir(folder)[1]
    except FileNotFoundError:
        return
    before = timezone.now() - UPLOADING_FOR
    yield from (f"{folder}/{name}" for name in names if field.storage.get_modified_time(f"{folder}/{name}") < before)
