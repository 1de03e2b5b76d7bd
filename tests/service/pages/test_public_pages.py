"""Pages that anybody may open: health without data, statements, and what is shown when something goes wrong."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages import constants
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory, override_settings
from django.urls import reverse
from django.views.defaults import bad_request, server_error

from service.pages import views
from tests.service.conftest import SignedIn
from tests.service.universe import Universe


def never_ready() -> str:
    return "nothing was heard of the worker for an hour"


def broken_cursor(*_: object) -> object:
    raise OperationalError("could not connect to server at 10.0.0.7 as swis")


def test_alive_asks_nothing_of_the_database() -> None:
    response = Client().get("/healthz")  # without the database fixture a query would fail
    assert response.json() == {"status": "alive"}


def test_ready_when_database_and_migrations_are(db: None) -> None:
    response = Client().get("/readyz")
    assert response.status_code == 200
    assert response.json() == {"status": "ready", "database": "ready", "migrations": "ready"}


def test_not_ready_when_the_database_is_away_and_no_detail_leaves(db: None) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connection, "cursor", broken_cursor)
        response = Client().get("/readyz")
    assert response.status_code == 503
    assert response.json()["database"] == "not ready"
    assert b"10.0.0.7" not in response.content


def test_not_ready_while_a_migration_waits(db: None) -> None:
    MigrationRecorder(connection).record_unapplied("sessions", "0001_initial")
    response = Client().get("/readyz")
    assert response.status_code == 503
    assert response.json()["migrations"] == "not ready"


@override_settings(SWIS_READINESS_CHECKS={"worker": "tests.service.pages.test_public_pages.never_ready"})
def test_not_ready_when_a_further_part_is_not(db: None) -> None:
    response = Client().get("/readyz")
    assert response.status_code == 503
    assert response.json() == {
        "status": "not ready",
        "database": "ready",
        "migrations": "ready",
        "worker": "not ready",
    }


@pytest.mark.parametrize("address", ["/healthz", "/readyz", "/accessibility", "/privacy", "/cookies"])
def test_what_anybody_may_open_takes_no_post(address: str, db: None) -> None:
    assert Client().post(address).status_code == 405


@pytest.mark.parametrize("address", ["/accessibility", "/privacy", "/cookies"])
def test_a_statement_is_open_to_anybody_and_sets_no_cookie(address: str) -> None:
    response = Client().get(address)
    assert response.status_code == 200
    assert response.content.count(b"<h1") == 1
    assert not response.cookies


@override_settings(SWIS_ACCESSIBILITY_CONTACT="access@northbrook.example", SWIS_DATA_CONTROLLER="Northbrook Council")
def test_the_statements_name_whom_to_ask() -> None:
    assert "access@northbrook.example" in Client().get("/accessibility").content.decode()
    assert "Northbrook Council decides" in Client().get("/privacy").content.decode()


def test_a_page_that_is_not_there_says_what_to_do(universe: Universe, signed_in: SignedIn) -> None:
    response = signed_in(universe.worker).get("/nowhere?q=Mary")
    assert response.status_code == 404
    assert "Page not found" in response.content.decode()
    assert "Mary" not in response.content.decode()
    assert response["X-Request-ID"] in response.content.decode()


def test_a_refusal_says_whom_to_ask(universe: Universe, signed_in: SignedIn) -> None:
    response = signed_in(universe.worker).get("/audit/")
    assert response.status_code == 403
    assert "ask the administrator of your authority" in response.content.decode()


def test_a_form_without_its_token_is_refused_in_words(universe: Universe) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(universe.worker)
    response = client.post(reverse("account_logout"))
    assert response.status_code == 403
    assert "The form could not be accepted" in response.content.decode()


def asked() -> HttpRequest:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    return request


def test_a_fault_is_told_without_a_word_about_it_and_without_the_database() -> None:
    response = server_error(asked())
    assert response.status_code == 500
    assert "there is a problem with the service" in response.content.decode()


def test_a_request_that_cannot_be_read_is_told_in_words() -> None:
    response = bad_request(asked(), ValueError("Mary"))
    assert response.status_code == 400
    assert "pages/swis.css" in response.content.decode()
    assert "Mary" not in response.content.decode()


def test_a_stale_form_is_told_without_the_reason_of_the_check() -> None:
    response = views.csrf_failure(asked(), reason="Origin checking failed - https://x does not match")
    assert "Origin" not in response.content.decode()


@pytest.mark.parametrize(
    ("level", "title", "role"),
    [("success", "Success", "alert"), ("error", "There is a problem", "alert"), ("info", "Important", "region")],
)
def test_a_message_is_announced_by_its_level(level: str, title: str, role: str) -> None:
    class Told:
        level_tag = constants.DEFAULT_TAGS[getattr(constants, level.upper())]

        def __str__(self) -> str:
            return "Contact <recorded>"

    page = render_to_string("pages/messages.html", {"messages": [Told()]})
    assert f'role="{role}"' in page
    assert title in page
    assert "Contact &lt;recorded&gt;" in page


def test_the_title_of_a_page_with_errors_says_so(db: None) -> None:
    with override_settings(ROOT_URLCONF="tests.service.pages.gallery"):
        assert "<title>Gallery – " in Client().get("/gallery").content.decode()
        assert "<title>Error: Gallery – " in Client().post("/gallery").content.decode()
