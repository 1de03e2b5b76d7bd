"""The first page after signing in."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from service.accounts.request import SignedInRequest
from service.pages.tables import Link
from service.sight.home import LATE, day_ahead, deeds_of, doors_of, roles_in_words, waiting_table
from service.sight.waiting import waiting_for


@require_safe
def home(request: SignedInRequest) -> HttpResponse:
    """What a person does next. Whoever is signed in has it; it shows what each permission opens and nothing else."""
    today = timezone.localdate()
    rows = tuple(
        (Link(each.what, each.url, hidden=each.where), each.where, each.due, LATE if each.late else None)
        for each in waiting_for(request.user, today)
    )
    context = {
        "roles": roles_in_words(request.user),
        "deeds": deeds_of(request.user),
        "ahead": day_ahead(request.user, today),
        "waiting": waiting_table(rows),
        "doors": doors_of(request.user),
    }
    return render(request, "sight/home.html", context)
