"""The room of pages, as Django knows it."""

from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "service.pages"
    label = "pages"
    verbose_name = "Pages"
