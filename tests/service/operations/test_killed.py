"""Processes are killed in the middle of their work. What was acknowledged is there, and nothing is half there."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path

import pytest

from tests.service.operations.deployment import Deployment, deployed
from tests.service.operations.web import Visitor, Web, fields_of, serving

pytestmark = pytest.mark.slow

PEOPLE = 4
FILL = """
from datetime import date, timedelta
from django.utils import timezone
from service.accounts.models import Membership, User
from service.permissions import Role
from service.schools.models import Authority, School
authority = Authority.objects.create(code="801", name="Northbrook")
school = School.objects.create(authority=authority, urn="900001", name="Alder Academy", phase="secondary", pupils=1100)
since = timezone.localdate() - timedelta(days=30)
def person(name, role, school=None):
    user = User.objects.create_user(f"{name.lower().replace(' ', '.')}@example.org", name=name)
    Membership.objects.create(user=user, role=role, authority=authority, school=school, starts=since)
for number in range(%d):
    person(f"Lead {number}", Role.SAFEGUARDING_LEAD, school)
person("Programme Lead", Role.PROGRAMME_LEAD)
person("Team Manager", Role.TEAM_MANAGER)
"""
LOOK = """
import json
from service.audit.models import Entry
from service.enquiries.models import Enquiry
print(json.dumps({"questions": list(Enquiry.objects.values_list("question", flat=True)),
    "audited": Entry.objects.filter(action="create", subject_kind="enquiries.enquiry").count()}))
"""


@pytest.fixture(scope="module")
def staffed(tmp_path_factory: pytest.TempPathFactory, prepared: Deployment) -> Iterator[Deployment]:
    with deployed(tmp_path_factory.mktemp("staffed"), like=prepared) as deployment:
        deployment.python(FILL % PEOPLE)
        yield deployment


@pytest.fixture
def filled(tmp_path: Path, staffed: Deployment) -> Iterator[Deployment]:
    """One for each test: a kill may harm it."""
    with deployed(tmp_path / "data", like=staffed) as deployment:
        yield deployment


def ask_without_end(web: Web, name: str, acknowledged: list[str]) -> None:
    """Ask one question after another until the service is gone, and note each that it said it had."""
    visitor = web.visitor()
    try:
        visitor.sign_in_as(name)
        while True:
            question = f"question {len(acknowledged)} of {name.lower()}: may we talk about attendance?"
            page = fields_of(visitor.get("/enquiries/ask").text)
            answers = {"urgency": "this week", "topic": "attendance", "question": question}
            sent = visitor.post("/enquiries/ask", page | answers)
            assert sent.status == 302, f"the question was not taken: {sent.status}"
            acknowledged.append(question)
    except (OSError, HTTPException):
        return


def test_what_was_acknowledged_before_the_service_was_killed_is_there(filled: Deployment) -> None:
    acknowledged: list[list[str]] = [[] for _ in range(PEOPLE)]
    with serving(filled) as web:
        people = [
            threading.Thread(target=ask_without_end, args=(web, f"Lead {number}", acknowledged[number]))
            for number in range(PEOPLE)
        ]
        for each in people:
            each.start()
        wait_for(lambda: all(len(each) >= 5 for each in acknowledged))
        web.kill()
        for each in people:
            each.join(timeout=40)
    said = [question for each in acknowledged for question in each]
    kept = json.loads(filled.python(LOOK))
    assert set(said) <= set(kept["questions"])
    # At most the one that each was sending may be there without having been acknowledged; none is there twice.
    assert len(kept["questions"]) == len(set(kept["questions"])) <= len(said) + PEOPLE
    assert kept["audited"] == len(kept["questions"])
    assert "The audit holds" in filled.run("verify_audit")
    with serving(filled) as web:
        visitor = web.visitor()
        visitor.sign_in_as("Lead 0")
        assert visitor.get("/enquiries/").status == 200


def test_an_upload_that_was_cut_off_by_a_kill_leaves_nothing(filled: Deployment) -> None:
    with serving(filled) as web:
        visitor = web.visitor()
        visitor.sign_in_as("Team Manager")
        page = visitor.get("/practice/imports/upload")
        assert page.status == 200
        with half_an_upload(visitor, "/practice/imports/upload", token=page.token):
            time.sleep(0.5)
            web.kill()
    assert not [path for path in filled.data.rglob("*") if path.is_file() and b"PLANTED" in path.read_bytes()]
    assert "The audit holds" in filled.run("verify_audit")
    assert (
        filled.python("from service.practice.models import LogImport; print(LogImport.objects.count())").strip() == "0"
    )


@contextmanager
def half_an_upload(visitor: Visitor, path: str, *, token: str) -> Iterator[None]:
    """Send the head and the first megabytes of a form with a file, and hold the line."""
    edge = "edge"
    part = f'--{edge}\r\nContent-Disposition: form-data; name="{{}}"'
    head = part.format("csrfmiddlewaretoken") + f"\r\n\r\n{token}\r\n" + part.format("file")
    head += '; filename="log.csv"\r\nContent-Type: text/csv\r\n\r\n'
    body = head.encode() + b"PLANTED,\n" * 300_000
    cookies = "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())
    with socket.create_connection(("127.0.0.1", visitor.port), timeout=20) as line:
        line.sendall(
            f"POST {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookies}\r\nContent-Length: {2 * len(body)}\r\n"
            f"Content-Type: multipart/form-data; boundary={edge}\r\n\r\n".encode()
        )
        line.sendall(body)
        yield


def test_a_task_of_a_killed_worker_is_begun_again_and_done_once(filled: Deployment, tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    filled.python(
        "from tests.service.operations.slow_task import write_at_the_end; "
        f"write_at_the_end.enqueue(begun={str(begun)!r}, seconds=4)"
    )
    first = filled.spawn(sys.executable, "manage.py", "work", output=subprocess.DEVNULL)
    wait_for(begun.exists)
    time.sleep(0.5)
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    assert written(filled) == 0
    filled.python(
        "from datetime import timedelta; from service.operations.models import WorkerBeat; "
        "from django.utils import timezone; WorkerBeat.objects.update(at=timezone.now() - timedelta(minutes=2))"
    )
    assert "Took up 1 tasks" in filled.run("work", "--once")
    assert begun.read_text(encoding="utf-8").split() == ["begun", "begun"]
    assert written(filled) == 2
    assert "The audit holds" in filled.run("verify_audit")


def written(deployment: Deployment) -> int:
    look = "from service.audit.models import Entry; print(Entry.objects.filter(details__has_key='part').count())"
    return int(deployment.python(look))


def wait_for(happened: Callable[[], bool], *, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.05)
