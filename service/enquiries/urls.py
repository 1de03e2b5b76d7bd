"""The addresses of this app."""

from __future__ import annotations

from django.urls import URLPattern, path

from service.enquiries import views

urlpatterns: list[URLPattern] = [
    path("", views.enquiry_list, name="enquiry-list"),
    path("late", views.enquiry_late, name="enquiry-late"),
    path("ask", views.enquiry_ask, name="enquiry-ask"),
    path("kept/discard", views.kept_text_discard, name="kept-text-discard"),
    path("digest", views.digest_choice, name="digest-choice"),
    path("<uuid:enquiry>", views.enquiry, name="enquiry"),
    path("<uuid:enquiry>/answer", views.enquiry_answer, name="enquiry-answer"),
    path("<uuid:enquiry>/reopen", views.enquiry_reopen, name="enquiry-reopen"),
    path("<uuid:enquiry>/close", views.enquiry_close, name="enquiry-close"),
    path("<uuid:enquiry>/withdraw", views.enquiry_withdraw, name="enquiry-withdraw"),
]
