from __future__ import annotations

from django.apps import AppConfig


class EnquiriesConfig(AppConfig):
    name = "service.enquiries"
    default_auto_field = "django.db.models.BigAutoField"
