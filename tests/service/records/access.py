"""Who may have the pages of information governance."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from service.permissions import Role
from service.practice.models import ChildReference
from service.records.models import Category, Disposal, Export, LegalHold, Redaction, RetentionRule, SubjectRequest
from tests.service.access import Access
from tests.service.practice.drawing import draw_child
from tests.service.universe import TODAY, Universe

REFERENCE = "MKTV-8642"
OFFICERS = frozenset({Role.INFORMATION_GOVERNANCE})
ANSWERERS = frozenset({Role.TEAM_MANAGER})


def draw_export(universe: Universe) -> Export:
    return Export.objects.first() or Export.objects.create(
        authority=universe.northbrook, asked_by=universe.governance, reason="The yearly copy"
    )


def at_export(universe: Universe) -> dict[str, Any]:
    return {"export": draw_export(universe).public_id}


def draw_hold(universe: Universe) -> LegalHold:
    return LegalHold.objects.first() or LegalHold.objects.create(
        authority=universe.northbrook, school=universe.alder, reason="A claim", placed_by=universe.governance,
        review_by=TODAY + timedelta(days=30),
    )  # fmt: skip


def draw_disposal(universe: Universe) -> Disposal:
    if waiting := Disposal.objects.first():
        return waiting
    rule = RetentionRule.objects.create(
        authority=universe.northbrook, category=Category.CONTACTS, trigger="last contact", years=6, reason="Ours",
        set_by=universe.governance,
    )  # fmt: skip
    return Disposal.objects.create(
        authority=universe.northbrook,
        category=Category.CONTACTS,
        rule=rule,
        proposed_by=universe.governance,
        proposed=3,
    )


def draw_request(universe: Universe) -> SubjectRequest:
    child = ChildReference.objects.filter(reference=REFERENCE).first() or draw_child(
        universe.worker, universe.alder, reference=REFERENCE
    )
    return SubjectRequest.objects.first() or SubjectRequest.objects.create(
        child=child, requester="parent", received_on=TODAY,
        opened_by=universe.manager,
    )  # fmt: skip


def draw_mark(universe: Universe) -> Redaction:
    request = draw_request(universe)
    return Redaction.objects.first() or Redaction.objects.create(
        request=request, kind="practice.childreference", subject=request.child.public_id, field="year_group",
        why="third party", marked_by=universe.manager,
    )  # fmt: skip


def at_request(universe: Universe) -> dict[str, Any]:
    return {"request_id": draw_request(universe).public_id}


def at_field(universe: Universe) -> dict[str, Any]:
    request = draw_request(universe)
    return {
        "request_id": request.public_id,
        "kind": "practice.childreference",
        "subject": request.child.public_id,
        "field": "year_group",
    }


def of_authority(**more: Any) -> Callable[[Universe], dict[str, Any]]:
    return lambda universe: {"authority": universe.northbrook.public_id, **more}


def for_officers(kwargs: Callable[[Universe], dict[str, Any]], **more: Any) -> Access:
    return Access(OFFICERS, reach="authority", kwargs=kwargs, **more)


def for_answerers(kwargs: Callable[[Universe], dict[str, Any]] = at_request, **more: Any) -> Access:
    return Access(ANSWERERS, reach="authority", kwargs=kwargs, **more)


def at_hold(universe: Universe) -> dict[str, Any]:
    return {"hold": draw_hold(universe).public_id}


def at_disposal(universe: Universe) -> dict[str, Any]:
    return {"disposal": draw_disposal(universe).public_id}


ACCESS: dict[str, Access] = {
    "records": Access(OFFICERS | ANSWERERS),
    "export-list": Access(OFFICERS),
    "export-ask": Access(OFFICERS, method="post", page=False),
    "export-take": for_officers(at_export, page=False),
    "export-approve": for_officers(at_export),
    "export-decline": for_officers(at_export),
    "retention": for_officers(of_authority()),
    "retention-set": for_officers(of_authority(category="contacts")),
    "hold-list": Access(OFFICERS),
    "hold-place": Access(OFFICERS),
    "hold": for_officers(at_hold),
    "hold-review": for_officers(at_hold),
    "hold-release": for_officers(at_hold),
    "disposal-due": for_officers(of_authority()),
    "disposal-propose": for_officers(of_authority(), method="post", page=False),
    "disposal": for_officers(at_disposal),
    "disposal-confirm": for_officers(at_disposal),
    "disposal-withdraw": for_officers(at_disposal),
    "subject-request-list": Access(ANSWERERS),
    "subject-request-open": Access(ANSWERERS),
    "subject-request": for_answerers(),
    "subject-request-records": for_answerers(),
    "subject-request-mark": for_answerers(at_field),
    "subject-request-unmark": for_answerers(
        lambda universe: {"redaction": draw_mark(universe).public_id}, method="post", page=False
    ),
    "subject-request-pause": for_answerers(),
    "subject-request-resume": for_answerers(),
    "subject-request-extend": for_answerers(),
    "subject-request-sign": for_answerers(),
    "subject-request-end": for_answerers(),
    "subject-request-pack": for_answerers(lambda universe: {**at_request(universe), "form": "pdf"}, page=False),
}
