"""The web of a deployment as a real server, and a client that speaks to it over plain HTTP."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

from tests.service.operations.deployment import ROOT, Deployment

GUNICORN = Path(ROOT / ".venv/bin/gunicorn")


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", errors="replace")

    @property
    def token(self) -> str:
        """The token of the first form of the page."""
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.text)
        assert found, f"no form in a page of status {self.status}"
        return found.group(1)


class _Fields(HTMLParser):
    """What a browser would send of the forms of a page that nobody has touched: what is chosen, hidden or written already."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, object] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        name, kind = told.get("name"), told.get("type", "text")
        if tag != "input" or not name or kind in {"submit", "file", "button"}:
            return
        if kind not in {"radio", "checkbox"} or "checked" in told:
            self.found[name] = told.get("value") or ""


def fields_of(page: str) -> dict[str, object]:
    """The inputs of a page as they stand."""
    parser = _Fields()
    parser.feed(page)
    return parser.found


@dataclass
class Visitor:
    """A person without a browser: keeps cookies, sends forms, follows nothing."""

    port: int
    headers: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    timeout: float = 30

    def get(self, path: str) -> Answer:
        return self._ask("GET", path, None, {})

    def post(self, path: str, fields: dict[str, object]) -> Answer:
        """Send a form with the token that the session holds."""
        sent = {**fields, "csrfmiddlewaretoken": self.cookies["csrftoken"]}
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", path, urlencode(sent, doseq=True).encode(), kind)

    def send(self, path: str, body: bytes, content_type: str) -> Answer:
        return self._ask("POST", path, body, {"Content-Type": content_type})

    def sign_in_as(self, name: str) -> None:
        """In a demonstration: choose the person of this name."""
        page = self.get("/demonstration/?everybody=1")
        found = re.search(rf'value="([0-9a-f-]{{36}})"(?:(?!<input).)*?{re.escape(name)}', page.text, re.DOTALL)
        assert found, f"{name} is not among the people"
        assert self.post("/demonstration/", {"person": found.group(1)}).status == 302

    def _ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.timeout)
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        try:
            connection.request(method, path, body, {**self.headers, **headers, "Cookie": cookies})
            response = connection.getresponse()
            answer = Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
            for name, value in response.getheaders():
                if name.lower() == "set-cookie":
                    self.cookies |= {key: morsel.value for key, morsel in SimpleCookie(value).items()}
        finally:
            connection.close()
        return answer


@dataclass
class Web:
    """A running gunicorn with its workers, in a process group of its own."""

    deployment: Deployment
    port: int
    process: subprocess.Popen[str]

    def visitor(self, **headers: str) -> Visitor:
        return Visitor(self.port, {name.replace("_", "-"): value for name, value in headers.items()})

    def kill(self) -> None:
        """As a power cut would: no process gets to say a word."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def serving(deployment: Deployment, *, workers: int = 2) -> Iterator[Web]:
    """Gunicorn as deploy/ starts it, on a port of its own; killed at the end."""
    port = free_port()
    process = deployment.spawn(
        str(GUNICORN), "service.config.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", str(workers), "--threads", "4",
        "--timeout", "60", "--log-level", "critical",
        output=subprocess.DEVNULL,
    )  # fmt: skip
    web = Web(deployment, port, process)
    try:
        wait_until_it_answers(web)
        yield web
    finally:
        if process.poll() is None:
            web.kill()


def wait_until_it_answers(web: Web) -> None:
    for _ in range(200):
        try:
            if web.visitor(Host="localhost").get("/healthz").status:
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"the web does not answer: {web.process.poll()}")
