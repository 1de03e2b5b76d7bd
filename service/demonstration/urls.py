"""The one address of the demonstration."""

from __future__ import annotations

from django.urls import path

from service.demonstration import views

urlpatterns = [path("", views.choose_person, name="choose-person")]
