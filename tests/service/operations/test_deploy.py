"""What a council is given to deploy the service holds together, and the service behind a proxy does what the documents say."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.core.management import get_commands
from django.http import HttpResponse
from django.test import RequestFactory

from service.config.mail import CONSOLE, SMTP, backend, security
from service.pages.headers import ForwardedAddressMiddleware
from tests.service.operations.deployment import ROOT, Deployment, deployed
from tests.service.operations.web import Visitor, serving

DEPLOY = ROOT / "deploy"
DOCUMENT = (ROOT / "docs/service/deploy.md").read_text(encoding="utf-8")
NAME = re.compile(r"SWIS_[A-Z_]+")
UNITS = sorted((DEPLOY / "systemd").iterdir())


def names_read_by_the_settings() -> set[str]:
    """Every name that stands in the settings as a word of its own, and NAME_FILE for each secret."""
    read: set[str] = set()
    for path in (ROOT / "service/config").glob("*.py"):
        if path.name == "settings_for_tests.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and NAME.fullmatch(node.value):
                read.add(node.value)
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "_secret" and len(node.keywords):
                read.add(f"{ast.literal_eval(node.args[0])}_FILE")
    return read


def test_every_name_of_the_environment_is_in_the_document_and_no_other() -> None:
    table = {
        name
        for line in DOCUMENT.splitlines()
        if line.startswith("| `SWIS_")
        for name in NAME.findall(line.split("|")[1])
    }
    assert table == names_read_by_the_settings()


def test_the_example_of_an_environment_uses_names_that_are_read() -> None:
    lines = (DEPLOY / "environment.example").read_text(encoding="utf-8").splitlines()
    named = {line.partition("=")[0] for line in lines if line and not line.startswith("#")}
    assert named <= names_read_by_the_settings()
    assert "SWIS_DEMONSTRATION" not in named


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_a_unit_starts_only_what_there_is(unit: Path) -> None:
    text = unit.read_text(encoding="utf-8")
    assert set(re.findall(r"manage\.py (\w+)", text)) <= set(get_commands())
    for path in re.findall(r"/opt/swis/([\w./-]+)", text):
        assert path.startswith(".venv/") or (ROOT / path).exists(), path
    names = {path.name for path in UNITS}
    for named in re.findall(r"^(?:Unit|OnFailure|Requires)=(swis-[^\s@]+@?)", text, re.MULTILINE):
        assert any(name.startswith(named) for name in names), named
    if unit.suffix == ".timer" and "Unit=" not in text:
        assert unit.with_suffix(".service") in UNITS


@pytest.mark.parametrize("command", sorted(set(re.findall(r"swis-manage (?:--owner )?([a-z_]+)", DOCUMENT))))
def test_a_command_in_the_document_is_there(command: str) -> None:
    assert command in {*get_commands(), "check"}


@pytest.mark.parametrize("script", ["nightly-backup", "swis-manage"])
def test_a_script_can_be_run_and_read_by_a_shell(script: str) -> None:
    assert (DEPLOY / script).stat().st_mode & 0o111
    subprocess.run(["sh", "-n", str(DEPLOY / script)], check=True)


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    with deployed(tmp_path_factory.mktemp("production"), production=True) as deployment:
        deployment.run("prepare", "--verbosity", "0")
        yield deployment


@pytest.mark.slow
def test_check_deploy_finds_nothing_in_a_production(production: Deployment) -> None:
    said = production.run("check", "--deploy", "--fail-level", "WARNING")
    assert "no issues" in said


@pytest.mark.slow
def test_behind_a_proxy_the_service_takes_scheme_and_address_from_it_alone(production: Deployment) -> None:
    with serving(production) as web:
        plain = web.visitor(Host="schools.example.gov.uk").get("/accounts/sign-in/")
        assert (plain.status, plain.headers["location"]) == (301, "https://schools.example.gov.uk/accounts/sign-in/")
        assert web.visitor(Host="elsewhere.example.org", X_Forwarded_Proto="https").get("/healthz").status == 400
        person = web.visitor(
            Host="schools.example.gov.uk", X_Forwarded_Proto="https", X_Forwarded_For="10.9.9.9, 192.0.2.7",
            Referer="https://schools.example.gov.uk/accounts/sign-in/",
        )  # fmt: skip
        page = person.get("/accounts/sign-in/")
        assert page.status == 200
        assert page.headers["strict-transport-security"].startswith("max-age=31536000")
        _every_style_sheet_and_script_is_served(person, page.text)
        # Cookies marked Secure are sent: the proxy's side of the wire is ours.
        person.post("/accounts/sign-in/", {"login": "nobody@example.org", "password": "not a password at all"})
    look = (
        "from service.audit.models import Entry; "
        "print(sorted(Entry.objects.values_list('action', 'address').distinct()))"
    )
    assert "192.0.2.7" in production.python(look)
    assert "10.9.9.9" not in production.python(look)


def _every_style_sheet_and_script_is_served(person: Visitor, page: str) -> None:
    paths = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
    assert len(paths) >= 2
    for path in paths:
        assert re.search(r"\.[0-9a-f]{12}\.", path), f"{path} carries no hash"
        assert person.get(path).status == 200, path


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """The address of a PostgreSQL of its own, although the other tests may run on SQLite."""
    said = tmp_path / "address"
    process = subprocess.Popen(
        [
            str(ROOT / "scripts/with-postgresql"), "sh", "-c",
            f'printf "%s" "$SWIS_TEST_DATABASE_URL" > {said}.part && mv {said}.part {said} && exec sleep 300',
        ],
        start_new_session=True,
    )  # fmt: skip
    try:
        while not said.exists():
            assert process.poll() is None, "PostgreSQL did not start"
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(0.1)
        yield said.read_text(encoding="utf-8")
    finally:
        subprocess.run(["kill", "--", f"-{process.pid}"], check=True)
        process.wait()


@pytest.mark.slow
def test_on_postgresql_the_role_of_the_service_can_add_to_the_audit_but_not_change_it(
    server: str, tmp_path: Path
) -> None:
    place = server.rpartition("/")[0]
    _psql(server, "--file", str(DEPLOY / "postgresql/roles.sql"))
    owner, role = (f"{place}/swis".replace("//swis@", f"//swis_{who}@") for who in ("owner", "service"))
    with deployed(tmp_path / "service", production=True) as deployment:
        as_owner = Deployment(deployment.data, deployment.environment | {"SWIS_DATABASE_URL": owner})
        as_owner.run("prepare", "--verbosity", "0")
        _psql(owner, "--file", str(DEPLOY / "postgresql/audit.sql"))
        as_service = Deployment(deployment.data, deployment.environment | {"SWIS_DATABASE_URL": role})
        as_service.python(
            "from tests.service.universe import make_universe; from service.audit.models import Action; "
            "from service.audit.record import record; world = make_universe(); "
            "record(Action.READ, by=world.worker, subject=world.alder)"
        )
        assert "The audit holds: 1 entries" in as_service.run("verify_audit")
        copy = tmp_path / "copy.tar.gz"
        as_service.run("backup", str(copy))
        for statement in (
            "UPDATE audit_entry SET reason = 'none'",
            "DELETE FROM audit_entry",
            "TRUNCATE audit_entry",
            "DROP TRIGGER audit_entry_no_change ON audit_entry",
            "ALTER TABLE audit_entry DISABLE TRIGGER ALL",
            "DROP TABLE audit_entry",
            "DELETE FROM django_migrations",
        ):
            with psycopg.connect(role) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)
        as_owner.run("restore", str(copy), "--replace")
        assert "The audit holds: 1 entries" in as_service.run("verify_audit")


def _psql(address: str, *arguments: str) -> None:
    subprocess.run(["psql", "--no-psqlrc", "--quiet", address, *arguments], check=True)


@pytest.mark.parametrize(
    ("named", "address"),
    [("192.0.2.7", "192.0.2.7"), ("10.0.0.1, 2001:db8::7", "2001:db8::7"), ("<script>", ""), ("", "")],
)
def test_only_an_address_is_believed_of_a_proxy(named: str, address: str, rf: RequestFactory) -> None:
    request = rf.get("/", headers={"X-Forwarded-For": named})
    ForwardedAddressMiddleware(lambda request: HttpResponse())(request)
    assert request.META["REMOTE_ADDR"] == address


@pytest.mark.parametrize(
    ("environment", "sends"),
    [({}, CONSOLE), ({"SWIS_EMAIL_HOST": "mail.example.gov.uk"}, SMTP), ({"SWIS_EMAIL_BACKEND": "a.b"}, "a.b")],
)
def test_letters_are_sent_where_a_mail_server_is_named(environment: dict[str, str], sends: str) -> None:
    assert backend(environment) == sends


def test_a_way_to_the_mail_server_that_is_not_known_is_refused() -> None:
    assert security({}) == "starttls"
    with pytest.raises(ImproperlyConfigured, match="SWIS_EMAIL_SECURITY is one of starttls, tls, none"):
        security({"SWIS_EMAIL_SECURITY": "ssl"})


def test_check_deploy_warns_where_invitations_would_be_printed(settings: Any) -> None:
    settings.EMAIL_BACKEND = CONSOLE
    assert "swis.W001" in {message.id for message in run_checks(include_deployment_checks=True)}
