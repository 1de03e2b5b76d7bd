"""Logs as JSON, one object a line, that hold no query string, no form value, no name and no text of an exception."""

from __future__ import annotations

import json
import logging
import re
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from http.client import responses
from pathlib import Path
from types import TracebackType
from typing import Any

request_id: ContextVar[str] = ContextVar("request_id", default="")

QUERY = re.compile(r"\?\S*")
ADDED = ("method", "route", "status_code", "duration_ms", "event", "task", "count")
ROOT = Path(__file__).resolve().parents[2]


def exception_places(error: BaseException, trace: TracebackType | None) -> dict[str, Any]:
    """The type of an exception and where it arose. Its text may quote a value, so it is left out."""
    frames = traceback.extract_tb(trace)
    places = [f"{frame.filename.removeprefix(f'{ROOT}/')}:{frame.lineno} {frame.name}" for frame in frames]
    return {"error": f"{type(error).__module__}.{type(error).__qualname__}", "at": places[-12:]}


def http_reason(status_code: int) -> str:
    return responses.get(status_code, "Response")


class JsonFormatter(logging.Formatter):
    """Django's own messages are written without their arguments, which hold paths and values; others without query strings."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": self.message_of(record),
        }
        if identifier := getattr(record, "request_id", "") or request_id.get():
            line["request_id"] = identifier
        line |= {
            name: getattr(record, name) for name in ADDED if isinstance(getattr(record, name, None), str | int | float)
        }
        if record.exc_info and record.exc_info[1]:
            line |= exception_places(record.exc_info[1], record.exc_info[2])
        return json.dumps(line, ensure_ascii=False)

    def message_of(self, record: logging.LogRecord) -> str:
        if record.name == "django.request":
            return http_reason(getattr(record, "status_code", 500))
        if record.name.split(".")[0] == "django":
            return str(record.msg)
        return QUERY.sub("?…", record.getMessage())


def logging_settings(level: str = "INFO") -> dict[str, Any]:
    """LOGGING: everything to standard error, nothing by e-mail, no request lines of the development server."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "service.pages.logs.JsonFormatter"}},
        "handlers": {"standard_error": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["standard_error"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
            "django.db.backends": {"level": "WARNING"},
        },
    }
