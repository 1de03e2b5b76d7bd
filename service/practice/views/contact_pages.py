"""What the pages of the log share: the schools, the people and the words that a person is offered."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

from django.utils import timezone

from service.accounts.models import User
from service.accounts.request import SignedInRequest
from service.permissions import Permission, scope_of
from service.practice.codes import Choice, asks_pathway, choices_of
from service.practice.core_codes import LOG_LISTS, CodeList
from service.practice.forms.contacts import FIRST_TOPICS, MOST_CHILDREN
from service.practice.models import ChildReference, Contact
from service.practice.people import workers_in, workers_of_late
from service.schools.models import Authority, School


def schools_for(user: User, permission: Permission = Permission.RECORD_CONTACT) -> list[School]:
    """The schools for which a person holds a permission, by name."""
    return list(School.objects.visible_to(user, permission).select_related("authority").order_by("name", "urn"))


def offered(user: User, authority: Authority, schools: list[School]) -> dict[str, Any]:
    """What a contact form offers to this person, for schools of one authority."""
    choices = choices_of(authority, *LOG_LISTS)
    choices[CodeList.TOPIC] = used_first(choices[CodeList.TOPIC], user)
    if not asks_pathway(authority):
        choices[CodeList.PATHWAY] = []
    return {
        "schools": [(str(school.public_id), school.name) for school in schools],
        "workers": workers_for(user, authority),
        "choices": choices,
        "children": children_for(user, schools),
    }


def workers_for(user: User, authority: Authority) -> list[Choice]:
    """On whose behalf a person may record: of the authority's workers, for who manages them; else of nobody.

    Those who have left since the last half-term began stand after those of today.
    """
    if not scope_of(user, Permission.RECORD_CONTACT).reaches(authority=authority):
        return []
    today = list(workers_in(authority))
    left = [worker for worker in workers_of_late(authority) if worker not in today]
    return [(str(worker.public_id), worker.name) for worker in today] + [
        (str(worker.public_id), f"{worker.name} (has left)") for worker in left
    ]


def children_for(user: User, schools: list[School]) -> list[ChildReference] | None:
    """The children of the schools; None when they are too many to choose from a list."""
    rows = ChildReference.objects.visible_to(user, Permission.RECORD_CONTACT).filter(school__in=schools)
    children = list(rows.order_by("reference")[: MOST_CHILDREN + 1])
    return children if len(children) <= MOST_CHILDREN else None


def used_first(topics: list[Choice], user: User) -> list[Choice]:
    """The topics, those that the person chose most often in the last two months first. Codes only; never a text."""
    since = timezone.localdate() - timedelta(days=61)
    mine = Contact.objects.visible_to(user, Permission.RECORD_CONTACT).filter(worker=user, date__gte=since)
    used = Counter(mine.order_by("-date").values_list("topics__code", flat=True)[:300])
    first = {code for code, _ in used.most_common(FIRST_TOPICS) if code}
    return [each for each in topics if each[0] in first] + [each for each in topics if each[0] not in first]


def chosen_school(request: SignedInRequest, schools: list[School]) -> School | None:
    """The school that a form names, of those given."""
    wanted = request.POST.get("school", "")
    return next((school for school in schools if str(school.public_id) == wanted), None)
