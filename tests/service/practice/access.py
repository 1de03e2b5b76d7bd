"""Who may have the pages of this app."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from service.permissions import Role
from service.practice.actions.children import add_child
from service.practice.actions.drafts import save_draft
from service.practice.actions.involvement import open_involvement
from service.practice.actions.log_imports import take_in_log
from service.practice.actions.restrictions import break_glass, declare_conflict, grant_access, restrict_child
from service.practice.models import ChildReference, Code, Draft, LogFile, RestrictedAccess, Restriction
from service.practice.tickets import issue_ticket
from tests.service.access import Access
from tests.service.practice.drawing import draw_contact
from tests.service.universe import TODAY, Universe

WORKERS = frozenset({Role.SOCIAL_WORKER, Role.TEAM_MANAGER})
MANAGER = frozenset({Role.TEAM_MANAGER})
REVIEWERS = frozenset({Role.TEAM_MANAGER, Role.INFORMATION_GOVERNANCE})
WRITERS = WORKERS | {Role.PROGRAMME_LEAD}
ADMINISTRATOR = frozenset({Role.ADMINISTRATOR})


def a_child(universe: Universe) -> ChildReference:
    return add_child(by=universe.worker, school=universe.alder, year_group="9")


def a_restriction(universe: Universe) -> Restriction:
    return restrict_child(
        by=universe.manager, child=a_child(universe), category="own or relative", reason="A relative of staff",
        review_by=TODAY + timedelta(days=30),
    )  # fmt: skip


def some_access(universe: Universe) -> RestrictedAccess:
    return grant_access(by=universe.manager, restriction=a_restriction(universe), user=universe.worker, until=TODAY)


def an_opening(universe: Universe) -> Any:
    reference = a_restriction(universe).child.reference
    return break_glass(by=universe.worker, reference=reference, reason="The child is missing tonight")


def an_involvement(universe: Universe) -> Any:
    return open_involvement(
        by=universe.worker,
        child=a_child(universe),
        worker=universe.worker,
        level="advice",
        reason="school asked",
        on=TODAY,
    )


def a_draft(universe: Universe) -> Draft:
    draft = save_draft(by=universe.worker, ticket=issue_ticket(universe.worker, "contact"), content={"account": ["A"]})
    assert draft is not None
    return draft


def a_log(universe: Universe) -> LogFile:
    content = b"Date,School,Type of work,Account\n01/10/2026,Alder Academy,Advice,About attendance\n"
    return take_in_log(
        by=universe.manager, authority=universe.northbrook, shape="lambeth", name="log.csv", content=content
    )


def of(make: Any) -> Any:
    return lambda universe: {"public_id": make(universe).public_id}


def a_contact(universe: Universe) -> Any:
    return draw_contact(universe.worker, universe.alder, outcome="referral")


def a_conflict(universe: Universe) -> Any:
    return declare_conflict(by=universe.worker, child=a_child(universe))


def in_northbrook(**more: Any) -> Any:
    return lambda universe: {"public_id": universe.northbrook.public_id, **more}


def a_code(universe: Universe) -> dict[str, Any]:
    code = Code.objects.get(list_name="topic", code="neglect")
    return {"public_id": universe.northbrook.public_id, "code_id": code.public_id}


ACCESS: dict[str, Access] = {
    "contact-list": Access(WORKERS),
    "contact-search": Access(WORKERS, method="post", page=False),
    "contact-export": Access(WORKERS, kwargs=lambda universe: {"kind": "csv"}, page=False),
    "contact-record": Access(WORKERS),
    "contact-brief": Access(WORKERS, method="post", page=False),
    "contact": Access(WORKERS, "school", of(a_contact)),
    "contact-saved": Access(WORKERS, "school", of(a_contact)),
    "contact-correct": Access(WORKERS, "school", of(a_contact)),
    "contact-withdraw": Access(WORKERS, "school", of(a_contact)),
    "contact-referral": Access(WORKERS, "school", of(a_contact)),
    "draft-list": Access(WRITERS),
    "draft-discard": Access(WRITERS),
    "draft-read": Access(WRITERS),
    "draft-left": Access(MANAGER),
    "draft-take-over": Access(MANAGER),
    "draft-save": Access(WORKERS, method="post", page=False),
    "child-list": Access(WORKERS),
    "child-add": Access(WORKERS),
    "child": Access(WORKERS, "school", of(a_child)),
    "child-move": Access(WORKERS, "school", of(a_child)),
    "child-known": Access(WORKERS, "school", of(a_child)),
    "child-identifier": Access(MANAGER, "authority", of(a_child)),
    "child-restrict": Access(MANAGER, "authority", of(a_child)),
    "conflict-declare": Access(WORKERS, "school", of(a_child)),
    "involvement-open": Access(WORKERS, "school", of(a_child)),
    "restriction-list": Access(MANAGER),
    "restriction": Access(MANAGER, "authority", of(a_restriction)),
    "restriction-review": Access(MANAGER, "authority", of(a_restriction)),
    "restriction-lift": Access(MANAGER, "authority", of(a_restriction)),
    "access-grant": Access(MANAGER, "authority", of(a_restriction)),
    "access-end": Access(MANAGER, "authority", of(some_access), method="post", page=False),
    "conflict-settle": Access(MANAGER, "authority", of(a_conflict)),
    "opening-list": Access(REVIEWERS),
    "glass-break": Access(WORKERS),
    "opening-review": Access(REVIEWERS, "authority", of(an_opening)),
    "involvement-step": Access(WORKERS, "school", of(an_involvement)),
    "involvement-hand-over": Access(WORKERS, "school", of(an_involvement)),
    "involvement-close": Access(WORKERS, "school", of(an_involvement)),
    "caseload": Access(WORKERS),
    "other-work": Access(WORKERS),
    "code-lists": Access(ADMINISTRATOR),
    "code-pathway": Access(ADMINISTRATOR, "authority", in_northbrook()),
    "code-list": Access(ADMINISTRATOR, "authority", in_northbrook(list_name="topic")),
    "code-add": Access(ADMINISTRATOR, "authority", in_northbrook(list_name="topic")),
    "code-label": Access(ADMINISTRATOR, "authority", a_code),
    "import-list": Access(MANAGER),
    "import-upload": Access(MANAGER),
    "import-columns": Access(MANAGER, "authority", of(a_log)),
    "import-words": Access(MANAGER, "authority", of(a_log)),
    "import-check": Access(MANAGER, "authority", of(a_log)),
    "import-problems": Access(MANAGER, "authority", of(a_log), page=False),
    "import-discard": Access(MANAGER, "authority", of(a_log)),
}
