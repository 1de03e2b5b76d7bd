from __future__ import annotations

from django.apps import AppConfig


class SightConfig(AppConfig):
    name = "service.sight"
    default_auto_field = "django.db.models.BigAutoField"
