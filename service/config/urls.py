"""Every address of the service. Each app keeps its own list."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("service.pages.urls")),
    path("audit/", include("service.audit.urls")),
    path("schools/", include("service.schools.urls")),
    path("accounts/", include("service.accounts.urls")),
    path("programme/", include("service.programmes.urls")),
    path("practice/", include("service.practice.urls")),
    path("diary/", include("service.diary.urls")),
    path("enquiries/", include("service.enquiries.urls")),
    path("reviews/", include("service.reviews.urls")),
    path("", include("service.sight.urls")),
    path("records/", include("service.records.urls")),
    path("evidence/", include("service.evidence.urls")),
    path("demonstration/", include("service.demonstration.urls")),
]
