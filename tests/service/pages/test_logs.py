"""Logs that an operator can read and from which nobody learns about a child."""

from __future__ import annotations

import json
import logging
import sys
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from service.pages.headers import RequestIdMiddleware
from service.pages.logs import JsonFormatter, logging_settings, request_id

PRIVATE = "K7Q2-MARY-JONES"


def written(name: str, message: str, *arguments: object, **named: Any) -> dict[str, Any]:
    record = logging.LogRecord(name, logging.INFO, __file__, 1, message, arguments, named.pop("exc_info", None))
    for key, value in named.items():
        setattr(record, key, value)
    line = JsonFormatter().format(record)
    assert "\n" not in line
    return json.loads(line)


def test_a_line_says_when_where_and_what() -> None:
    line = written("service.sight", "Built the figures of %d schools", 3, count=3)
    assert line["message"] == "Built the figures of 3 schools"
    assert (line["level"], line["logger"], line["count"]) == ("info", "service.sight", 3)
    assert line["time"].endswith("+00:00")


def test_a_query_string_is_left_out() -> None:
    line = written("gunicorn.access", "GET /practice/?q=%s HTTP/1.1", PRIVATE)
    assert line["message"] == "GET /practice/?… HTTP/1.1"


def test_what_django_says_is_written_without_its_values() -> None:
    line = written("django.request", "%s: %s", "Not Found", f"/children/{PRIVATE}", status_code=404)
    assert line["message"] == "Not Found"
    assert PRIVATE not in json.dumps(line)
    line = written("django.security.csrf", "Forbidden (%s): %s", "CSRF token missing.", f"/{PRIVATE}")
    assert PRIVATE not in json.dumps(line)


def test_an_exception_tells_its_kind_and_place_and_not_its_words() -> None:
    def fail() -> None:
        raise ValidationError(f"{PRIVATE} is not a reference")

    try:
        fail()
    except ValidationError:
        line = written("django.request", "%s: %s", "Internal Server Error", "/", exc_info=sys.exc_info())
    assert line["error"] == "django.core.exceptions.ValidationError"
    assert line["at"][-1].endswith(" fail")
    assert line["at"][-1].startswith("tests/service/pages/test_logs.py:")
    assert PRIVATE not in json.dumps(line)


def test_a_value_hung_onto_a_record_stays_out_unless_it_is_known_to_be_harmless() -> None:
    line = written("service.practice", "saved", form={"text": PRIVATE}, request=PRIVATE, duration_ms=12)
    assert line["duration_ms"] == 12
    assert PRIVATE not in json.dumps(line)


def test_a_request_is_one_line_with_the_pattern_of_its_address(caplog: pytest.LogCaptureFixture) -> None:
    seen: list[str] = []

    def answer(request: HttpRequest) -> HttpResponse:
        seen.append(request_id.get())
        return HttpResponse()

    request = RequestFactory().get(f"/children/{PRIVATE}", {"q": PRIVATE}, headers={"X-Request-ID": "proxy-0001"})
    with caplog.at_level(logging.INFO, logger="service.requests"):
        response = RequestIdMiddleware(answer)(request)
    line = JsonFormatter().format(caplog.records[-1])
    assert PRIVATE not in line
    assert json.loads(line)["status_code"] == 200
    assert seen == ["proxy-0001"]
    assert response["X-Request-ID"] == "proxy-0001"
    assert request_id.get() == ""


@pytest.mark.parametrize("given", ["", "short", "a" * 65, 'x"}\n{"forged": 1', "Mary Jones born 2011"])
def test_an_id_that_is_not_one_is_replaced(given: str) -> None:
    request = RequestFactory().get("/")
    request.META["HTTP_X_REQUEST_ID"] = given
    response = RequestIdMiddleware(lambda request: HttpResponse())(request)
    assert len(response["X-Request-ID"]) == 32
    assert response["X-Request-ID"] == request.request_id  # type: ignore[attr-defined]


def test_nothing_goes_out_by_mail_and_no_query_is_logged() -> None:
    settings = logging_settings()
    assert list(settings["handlers"]) == ["standard_error"]
    assert settings["loggers"]["django.db.backends"]["level"] == "WARNING"
    assert settings["loggers"]["django"]["handlers"] == []
