from __future__ import annotations

from django.apps import AppConfig
from django.db.backends.signals import connection_created

from service.records.overwriting import overwrite_deleted


class RecordsConfig(AppConfig):
    name = "service.records"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        connection_created.connect(overwrite_deleted)
