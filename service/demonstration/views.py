"""Signing in as one of the people of the demonstration."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from service.demonstration.forms import ChoosePerson
from service.demonstration.people import sign_in_as


@login_not_required
def choose_person(request: HttpRequest) -> HttpResponse:
    """The people of the programme, one for each role, to sign in as without a password."""
    if not settings.DEMONSTRATION:
        raise Http404("This is not a demonstration.")
    everybody = "everybody" in request.GET
    form = ChoosePerson(request.POST or None, everybody=everybody)
    if form.is_bound and form.is_valid():
        sign_in_as(request, form.cleaned_data["person"])
        return redirect("/")
    return render(request, "demonstration/choose_person.html", {"form": form, "everybody": everybody})
