"""The addresses of information governance."""

from __future__ import annotations

from django.urls import path

from service.records.views import exports

urlpatterns = [
    path("exports/", exports.exports, name="export-list"),
    path("exports/ask", exports.ask, name="export-ask"),
    path("exports/<uuid:export>/", exports.take, name="export-take"),
]
