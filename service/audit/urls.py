"""The addresses of the audit."""

from __future__ import annotations

from django.urls import path

from service.audit import views

urlpatterns = [
    path("", views.entries, name="audit"),
    path("person/<uuid:person>/", views.person, name="audit-person"),
    path("child/<slug:reference>/", views.child, name="audit-child"),
]
