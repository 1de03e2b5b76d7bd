"""Filtering and searching the log. One function looks into the text; who may see the rows is settled before."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, fields
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from service.practice.core_codes import CORE, CodeList
from service.practice.models import Code, Contact
from service.practice.referrals import without_word

MOST_HITS = 1000
LONGEST_SEARCH = 100


@dataclass(frozen=True)
class Filters:
    """What a list of contacts is narrowed by. Empty ones narrow nothing."""

    school: str = ""  # public id
    worker: str = ""  # public id
    child: str = ""  # reference
    kind_of_work: str = ""
    role: str = ""
    topic: str = ""
    outcome: str = ""
    first: datetime.date | None = None
    last: datetime.date | None = None
    unanswered: bool = False

    @property
    def used(self) -> list[str]:
        """The names of the filters that narrow, for the audit."""
        return sorted(each.name for each in fields(self) if getattr(self, each.name))


def filtered(rows: QuerySet[Contact], filters: Filters) -> QuerySet[Contact]:
    """The contacts that pass every filter, the latest first. A core code finds its children too."""
    wanted: dict[str, Any] = {
        "school__public_id": filters.school,
        "worker__public_id": filters.worker,
        "child__reference": filters.child,
        "date__gte": filters.first,
        "date__lte": filters.last,
    }
    rows = rows.filter(**{path: value for path, value in wanted.items() if value})
    for name in (CodeList.KIND_OF_WORK, CodeList.ROLE, CodeList.OUTCOME):
        if code := getattr(filters, name.value):
            rows = rows.filter(**{name.value: code}) if code in CORE[name] else _with_own_code(rows, name, code)
    if filters.unanswered:
        rows = without_word(rows, today=timezone.localdate())
    if filters.topic:
        counted = Q(code=filters.topic) | Q(parent__code=filters.topic)
        topics = Code.objects.filter(counted, list_name=CodeList.TOPIC)
        rows = rows.filter(pk__in=Contact.topics.through._default_manager.filter(code__in=topics).values("contact"))
    return rows.order_by("-date", "-id")


def _with_own_code(rows: QuerySet[Contact], list_name: CodeList, code: str) -> QuerySet[Contact]:
    """Those for which an authority's own child of a core code was chosen."""
    own = Code.objects.filter(list_name=list_name, code=code)
    return rows.filter(pk__in=Contact.local_codes.through._default_manager.filter(code__in=own).values("contact"))


def search_text(rows: QuerySet[Contact], words: str) -> QuerySet[Contact]:
    """The contacts whose text holds every one of the words, in any order and case, in part or whole."""
    for word in words[:LONGEST_SEARCH].split():
        rows = rows.filter(
            Q(account__icontains=word) | Q(sharing_reason__icontains=word) | Q(shared_with__icontains=word)
        )
    return rows


def count_hits(rows: QuerySet[Contact]) -> int:
    """How many contacts were found, counted as far as one more than a thousand."""
    return len(rows.order_by().values_list("pk", flat=True)[: MOST_HITS + 1])
