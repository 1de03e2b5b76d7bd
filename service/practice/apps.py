from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_migrate

from service.practice.core_codes import seed_core_codes


class PracticeConfig(AppConfig):
    name = "service.practice"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from service.practice.kept_forms import tell_of_kept_drafts  # noqa: PLC0415  needs the models to be loaded

        post_migrate.connect(seed_codes, sender=self)
        user_logged_in.connect(tell_of_kept_drafts)


def seed_codes(sender: AppConfig, **_: Any) -> None:
    """Core codes that a release adds come with it, without a migration of their own."""
    seed_core_codes(sender.get_model("Code"))
