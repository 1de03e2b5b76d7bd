"""Every component on one page, with addresses of its own, for the browser and for tests of templates."""

from __future__ import annotations

import datetime
from pathlib import Path
from types import SimpleNamespace

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import engines
from django.urls import include, path

from service.pages.fields import GovukDateField
from service.pages.figures import Figure, Series
from service.pages.pagination import page_of
from service.pages.tables import Column, Fact, Link, Suppressed, Table, Tag
from service.pages.widgets import HintedCheckboxes, HintedRadios, NativeDate, NativeTime

KINDS = [("advice", "Advice to staff"), ("direct", "Direct work with a child or young person"), ("meeting", "Meeting")]
TERMS = ("Autumn 2024", "Spring 2025", "Summer 2025", "Autumn 2025", "Spring 2026", "Summer 2026")


class GalleryForm(forms.Form):
    """One field of each kind."""

    title = forms.CharField(label="Short title", help_text="For example, advice on attendance", max_length=80)
    account = forms.CharField(label="What was done", widget=forms.Textarea, max_length=200, required=False)
    kind = forms.ChoiceField(
        label="Kind of work", choices=KINDS, widget=forms.RadioSelect(attrs={"class": "swis-tiles"})
    )
    length = forms.ChoiceField(
        label="How long did it take?",
        choices=[("5", "Under 5 minutes"), ("30", "5 to 30 minutes")],
        widget=HintedRadios(hints={"5": "In the corridor"}, attrs={"class": "govuk-radios--small"}),
    )
    about = forms.MultipleChoiceField(
        label="What was it about?", choices=KINDS, widget=HintedCheckboxes(hints={"direct": "Face to face"})
    )
    year_group = forms.ChoiceField(label="Year group", choices=[("", "Choose"), ("7", "Year 7"), ("8", "Year 8")])
    day = GovukDateField(label="Date of the contact", help_text="For example, 27 3 2026")
    quick_day = forms.DateField(label="Day", widget=NativeDate)
    time = forms.TimeField(label="Time", widget=NativeTime, required=False)
    minutes = forms.IntegerField(label="Minutes", min_value=1)
    log = forms.FileField(label="Log of the pilot")
    secret = forms.CharField(label="Password", widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))
    agreed = forms.BooleanField(label="The school knows of this")
    key = forms.CharField(widget=forms.HiddenInput, initial="draft")


def gallery_context(request: HttpRequest) -> dict[str, object]:
    columns = (Column("School"), Column("Contacts", numeric=True), Column("Last contact"), Column("State"))
    return {
        "user": SimpleNamespace(
            is_authenticated=True, get_full_name="Ada Okonkwo-Featherstonehaugh", get_username="ada"
        ),
        "navigation": [
            {"label": label, "url": f"/{label.lower()}", "current": label == "Diary"}
            for label in ("Contacts", "Enquiries", "Diary", "Children", "Reviews", "Summary", "Team", "Figures")
        ],
        "service_name": "Social Workers in Schools",
        "demonstration": True,
        "links": [Link("Schools", "/schools"), Link("Abbey Road School", "/schools/1")],
        "facts": [
            Fact("Worker", "Ada Okonkwo", action=Link("Change", "/change")),
            Fact("Placed since", datetime.date(2026, 9, 1)),
            Fact("State", Tag("Open", "green")),
        ],
        "table": Table(
            "Contacts this term",
            columns,
            (
                (Link("Abbey Road School", "/a"), 1204, datetime.date(2026, 6, 3), Tag("Open", "green")),
                (Link("Saint Bartholomew’s Church of England Primary School", "/b"), Suppressed(), None, Tag("Closed")),
            ),
            note="Counted by the day of the contact.",
        ),
        "wide_table": Table(
            "Contacts by term",
            (Column("School"), *(Column(term, numeric=True) for term in TERMS)),
            (("Abbey Road School", 12, 15, 9, 20, 31, 18), ("Park School", 3, Suppressed(), 4, 6, 8, 2)),
            wide=True,
        ),
        "empty_table": Table("Reviews due", (Column("School"),), (), empty="No review is due this half term."),
        "page": page_of(request, list(range(60))),
        "figures": gallery_figures(),
    }


def gallery_figures() -> list[Figure]:
    schools = ("Abbey Road School", "Saint Bartholomew’s Church of England Primary School", "Park School")
    three = (
        Series("Advice to staff", (12, 30, 4)),
        Series("Direct work with a child", (8, Suppressed(), 0)),
        Series("Meetings", (3, 5, None)),
    )
    return [
        Figure("Contacts by kind", schools, three, unit="contacts", label_heading="School"),
        Figure("Mix of work", schools, three, kind="stacked", unit="hours", label_heading="School"),
        Figure(
            "Enquiries over time",
            TERMS,
            (Series("Alder", (3, 5, 9, 4, 12, 11)), Series("Beech", (1, Suppressed(), 2, 6, None, 7))),
            kind="line",
            unit="enquiries",
            label_heading="Term",
        ),
        Figure(
            "One line a school",
            TERMS,
            tuple(Series(f"School {n}", (n, 5, n * 2, 4, n, 11)) for n in range(6)),
            kind="line",
        ),
        Figure("Six kinds", ("All schools",), tuple(Series(f"Kind {n}", (n + 2,)) for n in range(6)), kind="stacked"),
    ]


@login_not_required
def gallery(request: HttpRequest) -> HttpResponse:
    """GET shows the form empty, POST with its errors."""
    form = GalleryForm(request.POST, request.FILES) if request.method == "POST" else GalleryForm()
    for level in (messages.SUCCESS, messages.ERROR, messages.INFO):
        messages.add_message(request, level, "Contact recorded.")
    source = (Path(__file__).parent / "templates" / "gallery.html").read_text(encoding="utf-8")
    context = gallery_context(request) | {"form": form}
    return HttpResponse(engines["django"].from_string(source).render(context, request))


@login_not_required
def confirmation(request: HttpRequest) -> HttpResponse:
    """A confirmation; with `?form` it asks for something first."""
    asked: dict[str, object] = {
        "title": "End the placement?",
        "text": "The worker loses sight of the school today.",
        "warning": True,
    }
    if "form" in request.GET:
        asked["form"] = GalleryForm(request.POST) if request.method == "POST" else GalleryForm()
    return render(request, "pages/confirm.html", asked | {"submit": "End placement", "cancel": "/gallery"})


urlpatterns = [
    path("", include("service.pages.urls")),
    path("gallery", gallery, name="gallery"),
    path("sign-out", confirmation, name="account_logout"),
    path("confirmation", confirmation, name="confirmation"),
]
