"""How the pages of this app are put together: sections of tables and facts, and forms that act."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from service.pages.pagination import Page
from service.pages.tables import Fact, Link, Table, Tag


@dataclass(frozen=True)
class Section:
    """A part of a page: a heading, and below it text, facts, a table and links."""

    heading: str = ""
    text: str = ""
    facts: Sequence[Fact] = ()
    table: Table | None = None
    links: Sequence[Link] = ()

    @property
    def known_facts(self) -> list[Fact]:
        """The facts without those that nobody has said anything about."""
        return [fact for fact in self.facts if fact.value not in (None, "")]


@dataclass(frozen=True)
class FormPage:
    """The words round a form."""

    title: str
    back: str
    submit: str = "Save"
    text: str = ""
    warning: bool = False


def show_page(
    request: HttpRequest,
    *,
    title: str,
    sections: Sequence[Section],
    back: str = "",
    links: Sequence[Link] = (),
    page: Page[Any] | None = None,
) -> HttpResponse:
    """A page of sections. `links` stand above them: what can be done here."""
    context = {"title": title, "back": back, "links": links, "sections": sections, "page": page}
    return render(request, "programmes/page.html", context)


def answer(
    request: HttpRequest,
    form: forms.Form,
    act: Callable[[dict[str, Any]], Any],
    *,
    page: FormPage,
    said: str | Callable[[Any], str],
    then: str | Callable[[Any], str] = "",
) -> HttpResponse:
    """Show a form; when it is sent and right, act on what it holds, say so and go on to `then` (to `page.back` without it).

    What the action refuses stands in the form, beside the field that it is about.
    """
    kept = getattr(request, "kept_words", None)  # of pages whose words are kept when they come too late
    if request.method == "POST" and form.is_valid():
        try:
            result = act(form.cleaned_data)
        except ValidationError as error:
            put_errors(form, error)
        except IntegrityError:  # two people at the same moment, of whom the database let one pass
            form.add_error(None, "Somebody did this at the same moment. Look at the page again before you repeat it.")
        else:
            messages.success(request, said(result) if callable(said) else said)
            if kept:
                kept.done(sent=True)
            return redirect(then(result) if callable(then) else then or page.back)
    if kept:
        kept.done(sent=False)
        kept.carry(form)
    return render(request, "programmes/form_page.html", {"form": form, "words": page})


def put_errors(form: forms.Form, error: ValidationError) -> None:
    """Put what an action refused into a form; what is about no field of it stands above the fields."""
    told: Mapping[str, list[str]] = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    for name, texts in told.items():
        form.add_error(name if name in form.fields else None, texts)


def url_of(name: str, row: Any) -> str:
    """The address of a row."""
    return reverse(name, kwargs={"public_id": row.public_id})


def link_to(text: str, name: str, row: Any, *, hidden: str = "") -> Link:
    return Link(text, url_of(name, row), hidden=hidden)


STATE_COLOURS = {"done": "green", "late": "red", "due": "blue", "dropped": "grey"}


def state_tag(state: str) -> Tag:
    """How something stands that is due on a day."""
    return Tag(state.capitalize(), STATE_COLOURS[state])
