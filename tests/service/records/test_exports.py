"""Everything that an authority owns leaves in one go, and nothing of another's."""

from __future__ import annotations

import csv
import io
import stat
import zipfile
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from service.accounts.models import User
from service.audit.models import Action, Entry
from service.permissions import Privacy, Role
from service.practice.models import CaseIdentifier
from service.programmes.actions.allocation import publish
from service.programmes.actions.governance import add_paper
from service.programmes.models import Group, Meeting
from service.records.actions.exports import approve_export, ask_for_export, decline_export, take_export
from service.records.exporting import DICTIONARY, NOT_HERE, write_export
from service.records.holdings import COLUMNS_LEFT_OUT, NOT_EXPORTED, columns_of, exported_models, our_models
from service.records.models import Export
from service.records.models.exports import ExportState
from service.records.sealed_files import PIECE, SEAL, SealBroken, SealedWriter, new_key, read_sealed
from service.records.store import clear_exports, path_of
from service.records.tasks import build_export, clear_files
from tests.service.conftest import SignedIn
from tests.service.practice.drawing import draw_child, draw_contact
from tests.service.programmes.drawing import draw_allocation
from tests.service.records.access import draw_export
from tests.service.records.drawing import draw_second
from tests.service.universe import TODAY, Universe, draw_membership

Files = dict[str, list[dict[str, str]]]


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path


def read_export(path: Path) -> Files:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        texts = {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist() if name.endswith(".csv")}
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


def ask(worked: Universe, **more: Any) -> Export:
    return ask_for_export(by=worked.governance, authority=worked.northbrook, reason="The yearly copy", **more)


@pytest.fixture
def second(worked: Universe) -> User:
    return draw_second(worked)


def written(worked: Universe, second: User) -> Export:
    """An export that two people agreed on, as the task leaves it."""
    export = approve_export(by=second, export=ask(worked))
    build_export.call(str(export.public_id))
    export.refresh_from_db()
    return export


def steps() -> list[tuple[str, str]]:
    entries = Entry.objects.filter(action=Action.EXPORT).order_by("sequence")
    return [(entry.details["step"], entry.actor_name) for entry in entries]


def test_it_takes_two_people_and_each_step_is_in_the_audit(worked: Universe, second: User, signed_in: SignedIn) -> None:
    one, other = signed_in(worked.governance), signed_in(second)
    asked = {"authority": str(worked.northbrook.public_id), "reason": "The yearly copy"}
    assert one.post("/records/exports/ask", asked).status_code == 302
    address = f"/records/exports/{Export.objects.get().public_id}/"
    assert not DBTaskResult.objects.exists()
    assert one.get(address).status_code == 302
    assert one.post(f"{address}approve").status_code == 403
    assert "The yearly copy" in other.get(f"{address}approve").content.decode()
    assert other.post(f"{address}approve").status_code == 302
    build_export.call(str(Export.objects.get().public_id))
    assert other.get(address).status_code == 403
    response = one.get(address)
    assert response.status_code == 200
    content = b"".join(response.streaming_content)
    assert len(content) == int(response["Content-Length"])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        assert "northern words" in archive.read("practice.contact.csv").decode()
    own, others = worked.governance.email, second.email
    assert steps() == [("asked", own), ("approved", others), ("taken", own)]


def test_only_who_can_decide_is_told_that_an_export_waits(worked: Universe, second: User, signed_in: SignedIn) -> None:
    draw_export(worked)
    assert "to decide" not in signed_in(worked.governance).get(reverse("records")).content.decode()
    assert "(1 to decide)" in signed_in(second).get(reverse("records")).content.decode()


def test_the_database_too_refuses_an_export_of_one_person_alone(worked: Universe) -> None:
    export = ask(worked)
    with pytest.raises(IntegrityError), transaction.atomic():
        Export.objects.filter(pk=export.pk).update(
            state="waiting", decided_by=worked.governance, decided_at=timezone.now()
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Export.objects.filter(pk=export.pk).update(state="waiting")


def test_an_export_is_decided_once_and_may_be_turned_down_or_withdrawn(worked: Universe, second: User) -> None:
    for by in (second, worked.governance):
        export = decline_export(by=by, export=ask(worked), reason="Not needed")
        with pytest.raises(ValidationError, match="decided already"):
            approve_export(by=second, export=export)
    with pytest.raises(ValidationError, match="reason"):
        decline_export(by=second, export=ask(worked), reason=" ")


def test_nobody_of_another_authority_approves(worked: Universe) -> None:
    with pytest.raises(PermissionDenied):
        approve_export(by=worked.elsewhere[Role.INFORMATION_GOVERNANCE], export=ask(worked))


def test_what_nobody_approves_in_a_week_lapses(worked: Universe, second: User) -> None:
    export = ask(worked)
    Export.objects.update(asked_at=timezone.now() - timedelta(days=8))
    with pytest.raises(ValidationError, match="a week ago"):
        approve_export(by=second, export=export)
    clear_exports()
    export.refresh_from_db()
    assert export.state == ExportState.LAPSED
    assert steps()[-1] == ("lapsed", "")


def test_who_lost_the_role_meanwhile_gets_no_file(worked: Universe, second: User) -> None:
    waits, ready = ask(worked), written(worked, second)
    worked.governance.memberships.update(ends=TODAY - timedelta(days=1))
    with pytest.raises(ValidationError, match="may not have it any more"):
        approve_export(by=second, export=waits)
    with pytest.raises(PermissionDenied):
        take_export(by=User.objects.get(pk=worked.governance.pk), export=ready)


def test_the_file_on_the_disk_is_sealed_and_only_the_service_reads_it(worked: Universe, second: User) -> None:
    export = written(worked, second)
    content = path_of(export.public_id).read_bytes()
    assert b"PK" not in content[:4]
    assert not zipfile.is_zipfile(path_of(export.public_id))
    assert b"practice.contact.csv" not in content
    assert stat.S_IMODE(path_of(export.public_id).stat().st_mode) == 0o600
    plain = b"".join(take_export(by=worked.governance, export=export)[1])
    assert sha256(plain).hexdigest() == export.sha256


def test_a_sealed_file_that_was_cut_or_changed_is_not_read(tmp_path: Path) -> None:
    key, path = new_key(), tmp_path / "file"
    with path.open("wb") as file:
        sealed = SealedWriter(file, key)
        sealed.write(b"a" * (2 * PIECE + 5))
        sealed.finish()
    assert b"".join(read_sealed(path.open("rb"), key)) == b"a" * (2 * PIECE + 5)
    content, piece = path.read_bytes(), PIECE + SEAL
    for broken in (
        content[:piece],
        content[: 2 * piece],
        content[:-1],
        content[piece : 2 * piece] + content[:piece] + content[2 * piece :],
        b"",
        b"b" + content[1:],
    ):
        path.write_bytes(broken)
        with pytest.raises(SealBroken):
            b"".join(read_sealed(path.open("rb"), key))
    path.write_bytes(content)
    with pytest.raises(SealBroken):
        next(read_sealed(path.open("rb"), new_key()))


def test_a_task_that_is_begun_again_leaves_a_finished_export_alone(worked: Universe, second: User) -> None:
    export = written(worked, second)
    before = path_of(export.public_id).stat().st_mtime_ns
    build_export.call(str(export.public_id))
    assert path_of(export.public_id).stat().st_mtime_ns == before


def test_a_task_that_fails_leaves_no_file(worked: Universe, second: User, monkeypatch: pytest.MonkeyPatch) -> None:
    export = approve_export(by=second, export=ask(worked))
    monkeypatch.setattr("service.records.exporting.CHUNK", "not a number")
    with pytest.raises(TypeError):
        build_export.call(str(export.public_id))
    export.refresh_from_db()
    assert export.state == ExportState.FAILED
    assert not path_of(export.public_id).exists()


@pytest.mark.parametrize(("field", "ago"), [("ready_at", timedelta(hours=25)), ("taken_at", timedelta(minutes=61))])
def test_the_file_goes_a_day_after_it_was_written_and_an_hour_after_it_was_taken(
    field: str, ago: timedelta, worked: Universe, second: User
) -> None:
    export = written(worked, second)
    Export.objects.update(**{field: timezone.now() - ago})
    with pytest.raises(ValidationError, match="Ask for a new export"):
        take_export(by=worked.governance, export=export)  # although nobody has cleared it yet
    assert clear_exports() == 1
    assert not path_of(export.public_id).exists()
    export.refresh_from_db()
    assert (export.state, export.sealed_key) == (ExportState.REMOVED, "")


def test_the_worker_removes_a_file_by_itself_when_its_time_is_over(worked: Universe, second: User) -> None:
    export = written(worked, second)
    b"".join(take_export(by=worked.governance, export=export)[1])
    tasks = DBTaskResult.objects.filter(task_path=clear_files.module_path)
    assert sorted(round((task.run_after - timezone.now()) / timedelta(hours=1)) for task in tasks) == [1, 24]


def test_a_file_that_no_export_waits_for_is_cleared(worked: Universe) -> None:
    stray = path_of(ask(worked).public_id).with_name("left-by-a-killed-worker.sealed")
    stray.write_bytes(b"x")
    assert clear_exports() == 1
    assert not stray.exists()


def test_an_export_that_was_never_written_has_failed_after_a_day(worked: Universe, second: User) -> None:
    export = approve_export(by=second, export=ask(worked))
    path_of(export.public_id).write_bytes(b"half")
    Export.objects.update(decided_at=timezone.now() - timedelta(hours=25))
    assert clear_exports() == 1
    export.refresh_from_db()
    assert export.state == ExportState.FAILED


def test_papers_of_meetings_leave_with_the_rows_that_tell_of_them(worked: Universe, tmp_path: Path) -> None:
    group = Group.objects.create(authority=worked.northbrook, name="Steering")
    meeting = Meeting.objects.create(group=group, day=TODAY)
    paper = add_paper(
        by=worked.programme_lead, meeting=meeting, title="Plan", file_name="../../plan.txt", data=b"The plan"
    )
    lost = add_paper(by=worked.programme_lead, meeting=meeting, title="Old", file_name="old.txt", data=b"Old")
    add_paper(by=worked.programme_lead, meeting=meeting, title="Elsewhere", link="https://example.org/plan")
    lost.file.storage.delete(lost.file.name)
    write_export(worked.northbrook, tmp_path / "export.zip")
    place = f"files/programmes.paper/{paper.public_id}.txt"
    with zipfile.ZipFile(tmp_path / "export.zip") as archive:
        assert archive.read(place) == b"The plan"
        assert [name for name in archive.namelist() if not name.endswith(".csv")] == [place]
    files = read_export(tmp_path / "export.zip")
    assert [row["file"] for row in files["programmes.paper.csv"]][::2] == [place, ""]
    missing = [row["why"] for row in files[NOT_HERE] if row["table"] == "programmes.paper"]
    assert missing == [f"{lost.public_id}: the file is not in its place"]
    write_export(worked.southmere, tmp_path / "other.zip")
    assert not [name for name in zipfile.ZipFile(tmp_path / "other.zip").namelist() if name.startswith("files/")]


def test_identifiers_need_the_permission_to_see_them(worked: Universe) -> None:
    with pytest.raises(PermissionDenied, match="identifiers"):
        ask(worked, identifiers=True)
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
