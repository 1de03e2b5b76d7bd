"""Reading the code lists: what an authority offers, what it calls a code, and what a choice counts as."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db.models import Q

from service.practice.core_codes import CORE, CodeList
from service.practice.models.codes import AuthorityChoices, Code, LocalLabel
from service.schools.models import Authority

Choice = tuple[str, str]


def choices_of(authority: Authority, *list_names: str) -> dict[str, list[Choice]]:
    """The choices that an authority offers, by list: in its order and words, without what it hides.

    A local child stands below its core code. Two questions to the database, however many lists.
    """
    labels = {label.code_id: label for label in LocalLabel.objects.filter(authority=authority)}
    codes = Code.objects.filter(Q(authority=None) | Q(authority=authority), list_name__in=list_names)
    shown = [code for code in codes if not (code.pk in labels and labels[code.pk].hidden)]
    places = {code.pk: _place(code, labels.get(code.pk)) for code in shown}
    offered: dict[str, list[Choice]] = {name: [] for name in list_names}
    for code in sorted(shown, key=lambda code: (*places.get(code.parent_id or code.pk, (0, 0)), *_below(code, places))):
        offered[code.list_name].append((code.code, (code.pk in labels and labels[code.pk].label) or code.name))
    return offered


def codes_of(authority: Authority, *list_names: str) -> list[Code]:
    """The codes that an authority may use, hidden ones too: the core codes and its own; of all lists when none is named."""
    codes = Code.objects.filter(Q(authority=None) | Q(authority=authority)).select_related("parent")
    return list(codes.filter(list_name__in=list_names) if list_names else codes)


def asks_pathway(authority: Authority) -> bool:
    """Whether the log of an authority asks for the pathway of the logic model. It does not until somebody says so."""
    return AuthorityChoices.objects.filter(authority=authority, asks_pathway=True).exists()


def _place(code: Code, label: LocalLabel | None) -> tuple[int, int]:
    """Where a code stands in its list: where the authority put it, or at its own place."""
    return (label.place if label is not None and label.place is not None else code.place, code.pk)


def _below(code: Code, places: dict[int, tuple[int, int]]) -> tuple[int, int, int]:
    """A core code stands before its children."""
    return (0, 0, 0) if code.parent_id is None else (1, *places[code.pk])


def labels_of(authority: Authority, *list_names: str) -> dict[tuple[str, str], str]:
    """What an authority calls each code, hidden ones too, by list and code."""
    local = {label.code_id: label.label for label in LocalLabel.objects.filter(authority=authority)}
    codes = Code.objects.filter(Q(authority=None) | Q(authority=authority), list_name__in=list_names)
    return {(code.list_name, code.code): local.get(code.pk) or code.name for code in codes}


def resolve(authority: Authority, list_name: str, value: str) -> tuple[str, Code | None]:
    """The core code that a choice counts as, and the local code when one was chosen.

    Raises `ValidationError` for a code that neither the core list nor the authority has.
    """
    if value in CORE[list_name]:
        return value, None
    local = Code.objects.filter(authority=authority, list_name=list_name, code=value).select_related("parent").first()
    if local is None:
        raise ValidationError({list_name: f"“{value}” is not in the list “{CodeList(list_name).label}”."})
    return local.core, local


def resolve_many(authority: Authority, list_name: str, values: Iterable[str]) -> list[Code]:
    """The rows of several codes of one list, core or local. Raises `ValidationError` for one that is in neither."""
    wanted = list(dict.fromkeys(values))
    found = Code.objects.filter(Q(authority=None) | Q(authority=authority), list_name=list_name, code__in=wanted)
    by_code = {code.code: code for code in found}
    if missing := [value for value in wanted if value not in by_code]:
        raise ValidationError({list_name: f"“{missing[0]}” is not in the list “{CodeList(list_name).label}”."})
    return [by_code[value] for value in wanted]
