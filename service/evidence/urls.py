"""The addresses of this app."""

from __future__ import annotations

from django.urls import URLPattern, path

from service.evidence.views import landing, panels, reports, returns, studies

urlpatterns: list[URLPattern] = [
    path("", landing.evidence, name="evidence"),
    path("all/<slug:what>/", landing.evidence_list, name="evidence-list"),
    path("returns/upload/", returns.upload, name="returns-upload"),
    path("jobs/<uuid:job>/", returns.job, name="evidence-job"),
    path("jobs/<uuid:job>/cancel/", returns.cancel, name="evidence-job-cancel"),
    path("panels/<uuid:panel>/", panels.panel, name="panel"),
    path("panels/<uuid:panel>/quality/", panels.quality, name="panel-quality"),
    path("panels/<uuid:panel>/download/", panels.download, name="panel-download"),
    path("panels/<uuid:panel>/publish/", panels.publish, name="panel-publish"),
    path("figures/<uuid:release>/", panels.figures, name="panel-figures"),
    path("figures/<uuid:release>/download/", panels.download_figures, name="panel-figures-download"),
    path("studies/begin/<uuid:authority>/", studies.begin, name="study-begin"),
    path("studies/begin-trial/<uuid:allocation>/", studies.begin_trial, name="trial-begin"),
    path("studies/<uuid:study>/", studies.study, name="study"),
    path("studies/<uuid:study>/plan/", studies.edit, name="study-plan"),
    path("studies/<uuid:study>/lock/", studies.lock, name="study-lock"),
    path("studies/<uuid:study>/newer/", studies.newer, name="study-newer"),
    path("studies/<uuid:study>/folder/", studies.download, name="study-folder"),
    path("studies/<uuid:study>/run/", studies.run, name="study-run"),
    path("reports/<uuid:evaluation>/", reports.evaluation, name="evaluation"),
    path("reports/<uuid:evaluation>/report.<str:kind>", reports.report, name="evaluation-report"),
    path("reports/<uuid:evaluation>/folder/", reports.folder, name="evaluation-folder"),
    path("reports/<uuid:evaluation>/release/", reports.release, name="evaluation-release"),
    path("reports/<uuid:evaluation>/withdraw/", reports.withdraw, name="evaluation-withdraw"),
]
