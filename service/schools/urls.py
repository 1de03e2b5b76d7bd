"""The addresses of this app."""

from __future__ import annotations

from django.urls import URLPattern, path

from service.schools import views

urlpatterns: list[URLPattern] = [
    path("", views.school_list, name="school-list"),
    path("new/", views.add_school, name="school-add"),
    path("register/", views.import_register, name="school-register"),
    path("authorities/", views.authority_list, name="authority-list"),
    path("authorities/new/", views.add_authority, name="authority-add"),
    path("authorities/<uuid:authority>/", views.authority, name="authority"),
    path("authorities/<uuid:authority>/name/", views.rename_authority, name="authority-name"),
    path("authorities/<uuid:authority>/terms/", views.set_terms, name="term-dates"),
    path("authorities/<uuid:authority>/closures/new/", views.add_closure, name="closure-add"),
    path("closures/<uuid:closure>/take-back/", views.take_back_closure, name="closure-take-back"),
    path("<uuid:school>/", views.school, name="school"),
    path("<uuid:school>/days/", views.school_days, name="school-days"),
    path("<uuid:school>/correct/", views.correct_school, name="school-correct"),
    path("<uuid:school>/feeders/", views.set_feeders, name="school-feeders"),
]
