"""The addresses of information governance."""

from __future__ import annotations

from django.urls import path

from service.records.views import disposals, exports, landing, retention, subject_access

REQUEST = "requests/<uuid:request_id>/"

urlpatterns = [
    path("", landing.records, name="records"),
    path("exports/", exports.exports, name="export-list"),
    path("exports/ask", exports.ask, name="export-ask"),
    path("exports/<uuid:export>/", exports.take, name="export-take"),
    path("exports/<uuid:export>/approve", exports.approve, name="export-approve"),
    path("exports/<uuid:export>/decline", exports.decline, name="export-decline"),
    path("retention/<uuid:authority>/", retention.retention, name="retention"),
    path("retention/<uuid:authority>/<str:category>", retention.retention_set, name="retention-set"),
    path("holds/", retention.hold_list, name="hold-list"),
    path("holds/place", retention.hold_place, name="hold-place"),
    path("holds/<uuid:hold>/", retention.hold, name="hold"),
    path("holds/<uuid:hold>/review", retention.hold_review, name="hold-review"),
    path("holds/<uuid:hold>/release", retention.hold_release, name="hold-release"),
    path("due/<uuid:authority>/", disposals.due, name="disposal-due"),
    path("due/<uuid:authority>/propose", disposals.propose, name="disposal-propose"),
    path("disposals/<uuid:disposal>/", disposals.disposal, name="disposal"),
    path("disposals/<uuid:disposal>/confirm", disposals.disposal_confirm, name="disposal-confirm"),
    path("disposals/<uuid:disposal>/withdraw", disposals.disposal_withdraw, name="disposal-withdraw"),
    path("requests/", subject_access.subject_requests, name="subject-request-list"),
    path("requests/open", subject_access.subject_request_open, name="subject-request-open"),
    path(REQUEST, subject_access.subject_request, name="subject-request"),
    path(f"{REQUEST}records", subject_access.subject_request_records, name="subject-request-records"),
    path(
        f"{REQUEST}take-out/<str:kind>/<uuid:subject>/<slug:field>",
        subject_access.subject_request_mark,
        name="subject-request-mark",
    ),
    path("redactions/<uuid:redaction>/put-back", subject_access.subject_request_unmark, name="subject-request-unmark"),
    path(f"{REQUEST}pause", subject_access.subject_request_pause, name="subject-request-pause"),
    path(f"{REQUEST}resume", subject_access.subject_request_resume, name="subject-request-resume"),
    path(f"{REQUEST}extend", subject_access.subject_request_extend, name="subject-request-extend"),
    path(f"{REQUEST}sign", subject_access.subject_request_sign, name="subject-request-sign"),
    path(f"{REQUEST}end", subject_access.subject_request_end, name="subject-request-end"),
    path(f"{REQUEST}pack.<str:form>", subject_access.subject_request_pack, name="subject-request-pack"),
]
