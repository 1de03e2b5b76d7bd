"""Everything that an authority owns leaves in one go, and nothing of another's."""

from __future__ import annotations

import csv
import io
import stat
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from service.audit.models import Action, Entry
from service.permissions import Privacy, Role
from service.practice.models import CaseIdentifier
from service.programmes.actions.allocation import publish
from service.records.actions.exports import ask_for_export, take_export
from service.records.exporting import DICTIONARY, NOT_HERE, write_export
from service.records.holdings import COLUMNS_LEFT_OUT, NOT_EXPORTED, columns_of, exported_models, our_models
from service.records.models import Export
from service.records.models.exports import ExportState
from service.records.store import clear_exports, path_of
from service.records.tasks import build_export
from tests.service.conftest import SignedIn
from tests.service.practice.drawing import draw_child, draw_contact
from tests.service.programmes.drawing import draw_allocation
from tests.service.universe import TODAY, Universe, draw_membership

Files = dict[str, list[dict[str, str]]]


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path


def read_export(path: Path) -> Files:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        texts = {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}
    return {name: list(csv.DictReader(io.StringIO(text))) for name, text in texts.items()}


@pytest.fixture
def worked(universe: Universe) -> Universe:
    """Contacts in both authorities, and a child with an identifier."""
    child = draw_child(universe.worker, universe.alder)
    CaseIdentifier.objects.create(child=child, system="LCS", identifier="LCS-778899", recorded_by=universe.manager)
    draw_contact(universe.worker, universe.alder, account="=HYPERLINK(northern words)", child=child)
    draw_contact(universe.elsewhere[Role.SOCIAL_WORKER], universe.cedar, account="southern words")
    return universe


def test_every_table_is_in_the_export_or_listed_with_a_reason() -> None:
    labels = {model._meta.label for model in our_models()}
    assert set(NOT_EXPORTED) <= labels
    assert set(COLUMNS_LEFT_OUT) <= labels
    for model in exported_models():
        assert hasattr(model, "authority_path"), f"{model.__name__}: export it, or say in NOT_EXPORTED why not"


def test_no_secret_and_no_identifier_leaves_unasked() -> None:
    for model in exported_models():
        kinds = {model.privacy[field.name] for field in columns_of(model)}  # type: ignore[attr-defined]
        assert not kinds & {Privacy.SECRET, Privacy.IDENTIFIER}, model.__name__


def test_an_authority_takes_its_own_rows_and_nothing_of_another(worked: Universe, tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    rows = write_export(worked.northbrook, path)
    files = read_export(path)
    assert rows == sum(len(table) for name, table in files.items() if name not in {DICTIONARY, NOT_HERE})
    assert [contact["school"] for contact in files["practice.contact.csv"]] == ["900001"]
    everything = "\n".join(str(table) for table in files.values())
    assert "northern words" in everything
    for foreign in ("southern words", "Southmere", "Cedar", "900004", "@cedar.example.org"):
        assert foreign not in everything, foreign


def test_a_draw_leaves_only_once_it_is_told(worked: Universe, tmp_path: Path) -> None:
    allocation = draw_allocation(worked, told=False)
    write_export(worked.northbrook, tmp_path / "before.zip")
    before = read_export(tmp_path / "before.zip")
    assert not before["programmes.allocation.csv"]
    assert not before["programmes.schoolarm.csv"]
    publish(by=worked.evaluator, allocation=allocation, on=TODAY)
    write_export(worked.northbrook, tmp_path / "after.zip")
    assert read_export(tmp_path / "after.zip")["programmes.schoolarm.csv"]


def test_text_that_a_spreadsheet_would_run_is_made_harmless(worked: Universe, tmp_path: Path) -> None:
    write_export(worked.northbrook, tmp_path / "export.zip")
    contact = read_export(tmp_path / "export.zip")["practice.contact.csv"][0]
    assert contact["account"] == "'=HYPERLINK(northern words)"
    assert contact["child"] == "BKQR-4729"


def test_identifiers_leave_only_when_asked_for(worked: Universe, tmp_path: Path) -> None:
    write_export(worked.northbrook, tmp_path / "without.zip")
    write_export(worked.northbrook, tmp_path / "with.zip", identifiers=True)
    assert "LCS-778899" not in str(read_export(tmp_path / "without.zip"))
    assert "LCS-778899" in str(read_export(tmp_path / "with.zip"))


def test_the_dictionary_tells_of_every_column_in_the_archive(worked: Universe, tmp_path: Path) -> None:
    write_export(worked.northbrook, tmp_path / "export.zip")
    with zipfile.ZipFile(tmp_path / "export.zip") as archive:
        headings = {
            (name.removesuffix(".csv"), column)
            for name in archive.namelist()
            if name not in {DICTIONARY, NOT_HERE}
            for column in next(csv.reader(io.StringIO(archive.read(name).decode("utf-8-sig"))))
        }
    told = {(row["table"], row["column"]) for row in read_export(tmp_path / "export.zip")[DICTIONARY]}
    assert told == headings


def test_an_export_is_written_by_a_task_and_taken_once_it_is_ready(worked: Universe, signed_in: SignedIn) -> None:
    officer = signed_in(worked.governance)
    asked = {"authority": str(worked.northbrook.public_id), "reason": "The yearly copy"}
    assert officer.post("/records/exports/ask", asked).status_code == 302
    export = Export.objects.get()
    assert officer.get(f"/records/exports/{export.public_id}/").status_code == 302
    build_export.call(str(export.public_id))
    response = officer.get(f"/records/exports/{export.public_id}/")
    assert response.status_code == 200
    assert b"".join(response.streaming_content)[:2] == b"PK"
    steps = [entry.details["step"] for entry in Entry.objects.filter(action=Action.EXPORT).order_by("sequence")]
    assert steps == ["asked", "taken"]
    assert stat.S_IMODE(path_of(export.public_id).stat().st_mode) == 0o600


def test_a_task_that_is_begun_again_leaves_a_finished_export_alone(worked: Universe) -> None:
    export = ask_for_export(by=worked.governance, authority=worked.northbrook, reason="Copy")
    build_export.call(str(export.public_id))
    before = path_of(export.public_id).stat().st_mtime_ns
    build_export.call(str(export.public_id))
    assert path_of(export.public_id).stat().st_mtime_ns == before


def test_the_file_is_gone_after_a_day(worked: Universe) -> None:
    export = ask_for_export(by=worked.governance, authority=worked.northbrook, reason="Copy")
    build_export.call(str(export.public_id))
    Export.objects.update(ready_at=timezone.now() - timedelta(hours=25))
    assert clear_exports() == 1
    assert not path_of(export.public_id).exists()
    export.refresh_from_db()
    assert export.state == ExportState.REMOVED
    with pytest.raises(ValidationError, match="Ask for a new export"):
        take_export(by=worked.governance, export=export)


def test_identifiers_need_the_permission_to_see_them(worked: Universe) -> None:
    with pytest.raises(PermissionDenied, match="identifiers"):
        ask_for_export(by=worked.governance, authority=worked.northbrook, reason="Copy", identifiers=True)
    draw_membership(worked.stranger, Role.INFORMATION_GOVERNANCE, worked.alder)
    draw_membership(worked.stranger, Role.TEAM_MANAGER, worked.alder)
    assert ask_for_export(
        by=worked.stranger, authority=worked.northbrook, reason="Copy", identifiers=True
    ).with_identifiers


def test_an_export_of_another_authority_or_without_a_reason_is_refused(worked: Universe) -> None:
    with pytest.raises(PermissionDenied):
        ask_for_export(by=worked.governance, authority=worked.southmere, reason="Copy")
    with pytest.raises(ValidationError, match="Say what the export is for"):
        ask_for_export(by=worked.governance, authority=worked.northbrook, reason="  ")
