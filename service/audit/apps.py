from __future__ import annotations

from django.apps import AppConfig
from django.db.backends.signals import connection_created

from service.audit.append_only import close_replace_door


class AuditConfig(AppConfig):
    name = "service.audit"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        connection_created.connect(close_replace_door)
