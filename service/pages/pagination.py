"""A long list in pages, without counting it: one row more than a page is read to know whether there is a next one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import QuerySet
from django.http import HttpRequest

Row = TypeVar("Row")

FURTHEST = 400  # the database walks past every earlier row, so a list ends here and a filter does better


@dataclass(frozen=True)
class Page(Generic[Row]):
    """The rows of one page, and the addresses of its neighbours; an empty address means that there is none."""

    rows: list[Row]
    number: int
    previous_url: str
    next_url: str
    is_cut: bool = False

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def page_number(text: str) -> int:
    """The number asked for; 1 when it is not one, the last possible when it is beyond."""
    return min(max(int(text), 1), FURTHEST) if text.isdecimal() and len(text) < 9 else 1


def page_of(request: HttpRequest, rows: QuerySet[Any, Row] | Sequence[Row], per_page: int = 25) -> Page[Row]:
    """The page that the query string asks for (`?page=2`). Other parts of the query string stay in the addresses.

    `rows` must be ordered and already be limited to what the person may see.
    """
    number = page_number(request.GET.get("page", "1"))
    start = (number - 1) * per_page
    read = list(rows[start : start + per_page + 1])
    more = len(read) > per_page
    return Page(
        rows=read[:per_page],
        number=number,
        previous_url=page_url(request, number - 1) if number > 1 else "",
        next_url=page_url(request, number + 1) if more and number < FURTHEST else "",
        is_cut=more and number == FURTHEST,
    )


def page_url(request: HttpRequest, number: int) -> str:
    query = request.GET.copy()
    query["page"] = str(number)
    return f"?{query.urlencode()}"
