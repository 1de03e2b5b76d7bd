"""Pages of a list that is never counted."""

from __future__ import annotations

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from service.pages.pagination import FURTHEST, page_of
from service.schools.models import School
from tests.service.universe import Universe

ROWS = list(range(60))


@pytest.mark.parametrize(
    ("query", "first", "number"),
    [("", 0, 1), ("?page=1", 0, 1), ("?page=2", 25, 2), ("?page=3", 50, 3), ("?page=0", 0, 1), ("?page=-1", 0, 1),
     ("?page=x", 0, 1), ("?page=", 0, 1), ("?page=1.5", 0, 1), ("?page=%D9%A2", 25, 2), ("?page=2&page=3", 50, 3)],
)  # fmt: skip
def test_the_page_asked_for_is_given_and_nonsense_gives_the_first(query: str, first: int, number: int) -> None:
    found = page_of(RequestFactory().get(f"/list{query}"), ROWS)
    assert (found.rows[0], found.number) == (first, number)


def test_the_last_page_has_no_next_and_the_first_no_previous() -> None:
    first, last = (page_of(RequestFactory().get(f"/list?page={number}"), ROWS) for number in (1, 3))
    assert (first.previous_url, first.next_url) == ("", "?page=2")
    assert (last.previous_url, last.next_url, len(last)) == ("?page=2", "", 10)


def test_a_list_that_fills_its_page_has_no_next() -> None:
    assert page_of(RequestFactory().get("/list"), ROWS[:25]).next_url == ""


def test_filters_stay_in_the_addresses() -> None:
    found = page_of(RequestFactory().get("/list?kind=a&kind=b&q=x%26y&page=2"), ROWS)
    assert found.next_url == "?kind=a&kind=b&q=x%26y&page=3"


def test_a_page_beyond_the_end_is_empty_and_leads_back() -> None:
    found = page_of(RequestFactory().get("/list?page=9"), ROWS)
    assert list(found) == []
    assert found.previous_url == "?page=8"


def test_a_list_without_an_end_is_cut_and_says_so() -> None:
    found = page_of(RequestFactory().get("/list?page=99999999"), range(FURTHEST * 25 + 1))
    assert (found.number, found.next_url, found.is_cut) == (FURTHEST, "", True)
    assert "Narrow it with the filters" in render_to_string("pages/pagination.html", {"page": found})


def test_one_query_reads_a_page_and_none_counts_the_rows(universe: Universe) -> None:
    with CaptureQueriesContext(connection) as queries:
        found = page_of(RequestFactory().get("/list"), School.objects.order_by("name"), per_page=2)
    assert len(found) == 2
    assert found.next_url == "?page=2"
    assert [query["sql"].count("COUNT(") for query in queries] == [0]


def test_a_list_of_one_page_shows_no_links() -> None:
    found = page_of(RequestFactory().get("/list"), ROWS[:3])
    assert "<nav" not in render_to_string("pages/pagination.html", {"page": found})
