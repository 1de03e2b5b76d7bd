"""The addresses of this app."""

from __future__ import annotations

from django.urls import URLPattern, path

from service.sight.views import home

urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
]
