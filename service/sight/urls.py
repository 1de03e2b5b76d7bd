"""The addresses of this app."""

from __future__ import annotations

from django.urls import URLPattern, path

from service.sight.views import dashboards, figures, home, schools

FILE = "<slug:exhibit>.<slug:kind>"
YEAR = "figures/<uuid:authority>/<slug:year>"

urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("own/", dashboards.own_dashboard, name="own-dashboard"),
    path("team/", dashboards.team_dashboard, name="team-dashboard"),
    path(f"team/{FILE}", dashboards.team_figure, name="team-figure"),
    path("summary/", schools.school_summary, name="school-summary"),
    path("summary/<uuid:school>/", schools.school_summary_of, name="school-summary-of"),
    path("figures/", figures.published_figures, name="published-figures"),
    path("figures/release/", figures.figures_release, name="figures-release"),
    path(f"{YEAR}/", figures.figures, name="figures"),
    path(f"{YEAR}/{FILE}", figures.figures_download, name="figures-download"),
]
