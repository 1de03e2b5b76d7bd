from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from service.practice.core_codes import seed_core_codes


class PracticeConfig(AppConfig):
    name = "service.practice"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        post_migrate.connect(seed_codes, sender=self)


def seed_codes(sender: AppConfig, **_: Any) -> None:
    """Core codes that a release adds come with it, without a migration of their own."""
    seed_core_codes(sender.get_model("Code"))
