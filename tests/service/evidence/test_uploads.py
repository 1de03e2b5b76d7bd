"""Returns come in, a panel is built, and nothing of the upload is left."""

from __future__ import annotations

import io
import os
import time
import zipfile
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from service.audit.models import Action, Entry
from service.evidence import incoming, tasks
from service.evidence.actions import jobs, uploads
from service.evidence.models import Job, JobState, Panel
from service.evidence.panel_work import private_folder
from service.schools.models import Authority
from tests.service.conftest import SignedIn
from tests.service.evidence.drawing import CHOICES, Synthshire
from tests.service.universe import Universe


def queue(synthshire: Synthshire, *files: SimpleUploadedFile) -> Job:
    return uploads.upload_returns(by=synthshire.analyst, authority=synthshire.authority, files=files, choices=CHOICES)


def work(job: Job) -> Job:
    tasks.build_panel.call(str(job.public_id))
    job.refresh_from_db()
    return job


def small(name: str = "return.csv", content: bytes = b"a,b\n1,2\n") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def left() -> list[str]:
    """Every file and folder that lies in the service's own place."""
    return sorted(str(path.relative_to(settings.DATA)) for path in Path(settings.DATA).rglob("*"))


def test_an_upload_becomes_a_panel_and_is_gone(
    synthshire: Synthshire, upload_file: SimpleUploadedFile, returns: Path
) -> None:
    job = queue(synthshire, upload_file)
    folder = incoming.folder_of(job.public_id)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in folder.iterdir())
    work(job)
    assert job.state == JobState.DONE, job.trouble
    panel = Panel.objects.get(job=job)
    assert len(panel.schools) == 8
    assert panel.term_names[0] == "autumn 2024"
    assert "section_47_enquiries" in panel.outcomes
    assert left() == ["incoming"]
    assert Entry.objects.filter(action=Action.CREATE, subject=str(panel.public_id)).exists()
    for number in pupil_numbers(returns):
        assert number not in everything_in_the_database()


def pupil_numbers(returns: Path) -> set[str]:
    """A few of the numbers that stand for children in the returns."""
    rolls = sorted(returns.glob("school_census/*_pupilonroll.csv"))[0].read_text(encoding="utf-8").splitlines()
    place = next(place for place, name in enumerate(rolls[0].split(",")) if "upn" in name.lower())
    return {row.split(",")[place] for row in rolls[1:20]}


def everything_in_the_database() -> str:
    """The rows of every table; of zips what they hold."""
    texts = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                texts += [
                    opened(bytes(value)) if isinstance(value, bytes | memoryview) else str(value) for value in row
                ]
    return "\n".join(texts)


def opened(content: bytes) -> str:
    if not content.startswith(b"PK"):
        return content.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return "\n".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())


@pytest.mark.parametrize(
    "content", [b"name,born\nA,2010\n", b"<a/>", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", b"\x00\x01"]
)
def test_files_that_are_no_return_fail_in_words_and_are_gone(synthshire: Synthshire, content: bytes) -> None:
    job = work(queue(synthshire, small("return.xml", content)))
    assert job.state == JobState.FAILED
    assert "None of 1 files is a return" in job.trouble
    assert left() == ["incoming"]


def test_a_failure_that_nobody_foresaw_is_told_without_its_text(
    synthshire: Synthshire, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise KeyError("the value of a child")

    monkeypatch.setattr("service.evidence.panel_work.build_from_upload", fail)
    job = work(queue(synthshire, small()))
    assert job.state == JobState.FAILED
    assert "KeyError" in job.trouble
    assert "the value of a child" not in everything_in_the_database()
    assert left() == ["incoming"]


def test_the_returns_of_another_authority_are_refused(
    synthshire: Synthshire, universe: Universe, upload_file: SimpleUploadedFile
) -> None:
    job = uploads.upload_returns(
        by=universe.analyst, authority=universe.northbrook, files=[upload_file], choices=CHOICES
    )
    assert work(job).state == JobState.FAILED
    assert "of authority 998; Northbrook is 801" in job.trouble
    assert not Panel.objects.exists()


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("return.exe", b"MZ", "none of the kinds"),
        ("return.csv", b"", "is empty"),
        ("return.zip", b"not a zip", "is not what its name says"),
        ("return.zip", b"PK\x03\x04 cut off", "cannot be read as a zip"),
        ("return.xlsx", b"a,b\n", "is not what its name says"),
    ],
)
def test_a_file_of_the_wrong_kind_is_refused_at_once(
    synthshire: Synthshire, name: str, content: bytes, told: str
) -> None:
    with pytest.raises(ValidationError, match=told):
        queue(synthshire, small(name, content))
    assert not Job.objects.exists()
    assert left() == ["incoming"]


def zip_of(files: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return content.getvalue()


def test_a_workbook_that_holds_far_more_than_its_size_is_refused_alone_and_in_a_zip(synthshire: Synthshire) -> None:
    bomb = zip_of({"xl/worksheets/sheet1.xml": b"0" * 5_000_000})
    with pytest.raises(ValidationError, match="far more than its size allows"):
        queue(synthshire, small("rolls.xlsx", bomb))
    job = work(queue(synthshire, small("return.zip", zip_of({"rolls.xlsx": bomb}))))
    assert job.state == JobState.FAILED
    assert "rolls.xlsx holds far more than its size allows" in job.trouble
    assert left() == ["incoming"]


def test_a_zip_within_a_zip_is_refused_and_not_passed_over(synthshire: Synthshire) -> None:
    with pytest.raises(ValidationError, match="holds another zip"):
        queue(synthshire, small("return.zip", zip_of({"return.csv": b"a\n", "2025.ZIP": zip_of({"a.csv": b"a\n"})})))


def test_what_is_no_return_in_a_zip_is_named_on_the_quality_page(
    synthshire: Synthshire, upload_file: SimpleUploadedFile
) -> None:
    packed = io.BytesIO(upload_file.read())
    with zipfile.ZipFile(packed, "a") as archive:
        archive.writestr("covering letter.pdf", b"%PDF-1.7 ...")
        archive.writestr("__MACOSX/._covering letter.pdf", b"")
    job = work(queue(synthshire, small("returns.zip", packed.getvalue())))
    with zipfile.ZipFile(io.BytesIO(bytes(Panel.objects.get(job=job).archive.content))) as panel:
        page = panel.read("quality.html").decode()
    assert "covering letter.pdf" in page
    assert "MACOSX" not in page
    assert left() == ["incoming"]


def test_zips_whose_names_differ_by_their_ending_alone_are_both_unpacked(synthshire: Synthshire) -> None:
    first, second = zip_of({"a.csv": b"a\n"}), zip_of({"b.csv": b"b\n"})
    job = queue(synthshire, small("returns.zip", first), small("returns.ZIP", second))
    incoming.unpack_zips(incoming.folder_of(job.public_id))
    found = {path.name for path in incoming.folder_of(job.public_id).rglob("*.csv")}
    assert found == {"a.csv", "b.csv"}


def test_a_name_that_no_disk_takes_is_refused_in_words(synthshire: Synthshire) -> None:
    with pytest.raises(ValidationError, match="Give it a shorter one"):
        queue(synthshire, small("é" * 200 + ".csv"))
    for name, told in (("x" * 300 + ".csv", "a name that cannot be used"), ("a.csv/b.csv", "one file twice")):
        job = work(queue(synthshire, small("return.zip", zip_of({"a.csv": b"a\n", name: b"a\n"}))))
        assert told in job.trouble
    assert left() == ["incoming"]


def test_a_zip_that_holds_far_more_than_its_size_is_refused(synthshire: Synthshire) -> None:
    with pytest.raises(ValidationError, match="far more than its size allows"):
        queue(synthshire, small("return.zip", zip_of({"return.csv": b"0" * 5_000_000})))


def test_a_zip_that_understates_what_it_holds_is_stopped_while_it_is_unpacked(synthshire: Synthshire) -> None:
    true = zip_of({"return.csv": b"0" * 5_000_000})
    size = (5_000_000).to_bytes(4, "little")
    job = queue(synthshire, small("return.zip", true.replace(size, (1_000).to_bytes(4, "little"))))
    assert work(job).state == JobState.FAILED
    assert "far more" in job.trouble or "damaged" in job.trouble
    assert left() == ["incoming"]


def test_a_name_in_a_zip_that_leads_out_of_the_folder_does_not(synthshire: Synthshire, tmp_path: Path) -> None:
    job = queue(synthshire, small("return.zip", zip_of({"../../../escaped.csv": b"a\n", "/abs/escaped.csv": b"a\n"})))
    folder = incoming.folder_of(job.public_id)
    incoming.unpack_zips(folder)
    assert not list(tmp_path.glob("escaped.csv"))
    inside = [path for path in folder.rglob("*") if path.is_file()]
    assert all(path.resolve().is_relative_to(folder.resolve()) for path in inside)


def test_two_files_of_one_name_are_refused_with_the_way_out(synthshire: Synthshire) -> None:
    with pytest.raises(ValidationError, match="send the folders as one zip"):
        queue(synthshire, small("header.csv"), small("header.csv"))


def test_a_second_upload_waits_for_the_first(synthshire: Synthshire) -> None:
    first = queue(synthshire, small())
    with pytest.raises(ValidationError, match="being built or published already"):
        queue(synthshire, small())
    assert [path.name for path in incoming.incoming_folder().iterdir()] == [str(first.public_id)]


def test_two_authorities_upload_at_once(synthshire: Synthshire, universe: Universe) -> None:
    queue(synthshire, small())
    uploads.upload_returns(by=universe.analyst, authority=universe.northbrook, files=[small()], choices=CHOICES)
    assert len(list(incoming.incoming_folder().iterdir())) == 2


def test_choices_that_cannot_be_are_refused_in_the_words_of_the_library(synthshire: Synthshire) -> None:
    with pytest.raises(ValidationError, match="is no term"):
        uploads.upload_returns(
            by=synthshire.analyst,
            authority=synthshire.authority,
            files=[small()],
            choices=CHOICES | {"first_term": "Michaelmas"},
        )


def test_it_refuses_the_analyst_of_another_authority(synthshire: Synthshire, universe: Universe) -> None:
    with pytest.raises(PermissionDenied):
        uploads.upload_returns(by=universe.analyst, authority=synthshire.authority, files=[small()], choices=CHOICES)


def test_a_waiting_job_is_cancelled_at_once(synthshire: Synthshire) -> None:
    job = jobs.cancel(by=synthshire.analyst, job=queue(synthshire, small()))
    assert job.state == JobState.CANCELLED
    assert left() == ["incoming"]
    assert work(job).state == JobState.CANCELLED


def test_a_running_job_stops_when_it_next_tells_of_its_progress(
    synthshire: Synthshire, upload_file: SimpleUploadedFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.evidence.progress.EVERY", 0.0)
    job = queue(synthshire, upload_file)
    Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING)
    jobs.cancel(by=synthshire.analyst, job=job)
    assert work(job).state == JobState.CANCELLED
    assert not Panel.objects.exists()
    assert left() == ["incoming"]


def test_a_job_that_ended_is_not_cancelled(synthshire: Synthshire) -> None:
    job = work(queue(synthshire, small()))
    with pytest.raises(ValidationError, match="ended already"):
        jobs.cancel(by=synthshire.analyst, job=job)


def test_a_task_that_is_begun_again_builds_one_panel(synthshire: Synthshire, upload_file: SimpleUploadedFile) -> None:
    job = queue(synthshire, upload_file)
    incoming.unpack_zips(incoming.folder_of(job.public_id))  # where the first worker was when it was killed
    Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING)
    work(job)
    work(job)
    assert Panel.objects.count() == 1
    assert left() == ["incoming"]


def test_a_job_whose_task_was_given_up_ends_and_its_upload_goes(synthshire: Synthshire) -> None:
    job = queue(synthshire, small())
    Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING)
    DBTaskResult.objects.filter(id=job.task).update(status=TaskResultStatus.FAILED)
    jobs.look_after()
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert "several times" in job.trouble
    assert left() == ["incoming"]


@pytest.mark.parametrize("status", [TaskResultStatus.SUCCESSFUL, None])
def test_a_job_whose_task_is_over_or_gone_does_not_block_its_authority(
    synthshire: Synthshire, status: TaskResultStatus | None
) -> None:
    job = queue(synthshire, small())
    task = DBTaskResult.objects.filter(id=job.task)
    task.delete() if status is None else task.update(status=status)
    assert queue(synthshire, small()).is_live
    job.refresh_from_db()
    assert job.state == JobState.FAILED


def test_the_folder_of_work_that_was_killed_is_cleared_after_a_day(synthshire: Synthshire) -> None:
    with private_folder() as name:
        new, old = Path(name), Path(name).with_name(".work-old")
        old.mkdir()
        os.utime(old, (0, 0))
        jobs.look_after()
        assert new.is_dir()
        assert not old.exists()


def test_what_a_cut_off_request_left_is_cleared_after_an_hour(synthshire: Synthshire) -> None:
    folder = incoming.incoming_folder()
    (folder / "receiving-old").mkdir()
    (folder / "receiving-new").mkdir()
    (folder / "of no job").mkdir()
    before = time.time() - 2 * incoming.FORGOTTEN_AFTER
    os.utime(folder / "receiving-old", (before, before))
    os.utime(folder / "of no job", (before, before))
    jobs.look_after()
    assert [path.name for path in folder.iterdir()] == ["receiving-new"]


def test_the_page_takes_files_into_the_private_place_and_shows_progress(
    synthshire: Synthshire, signed_in: SignedIn
) -> None:
    client = signed_in(synthshire.analyst)
    assert client.get(reverse("returns-upload")).status_code == 200
    data = {"authority": synthshire.authority.pk, "holidays": "next term", "files": [small(), small("return.xml")]}
    answer = client.post(reverse("returns-upload"), data, follow=True)
    assert answer.status_code == 200, answer.content
    job = Job.objects.get()
    assert answer["Refresh"] == "5"
    assert b"Waiting for its turn" in answer.content
    assert [path.name for path in incoming.incoming_folder().iterdir()] == [str(job.public_id)]
    work(job)
    done = client.get(reverse("evidence-job", args=[job.public_id]))
    assert "Refresh" not in done
    assert b"Why it failed" in done.content
    assert b"None of 2 files is a return" in done.content


def test_an_upload_that_another_process_is_taking_in_is_left_alone(synthshire: Synthshire) -> None:
    folder = incoming.folder_of(uuid4())
    folder.mkdir(parents=True)
    jobs.look_after()
    assert folder.is_dir()
    os.utime(folder, (0, 0))
    jobs.look_after()
    assert not folder.exists()


def test_the_page_checks_the_token_though_it_reads_the_files_first(
    synthshire: Synthshire, signed_in: SignedIn, upload_file: SimpleUploadedFile
) -> None:
    client = signed_in(synthshire.analyst)
    client.handler.enforce_csrf_checks = True
    data = {"authority": synthshire.authority.pk, "holidays": "next term", "files": [upload_file]}
    assert client.post(reverse("returns-upload"), data).status_code == 403
    assert left() == ["incoming"]


def test_the_page_stops_at_the_limit_while_files_come_in(
    synthshire: Synthshire, signed_in: SignedIn, upload_file: SimpleUploadedFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(incoming, "MOST_BYTES", 100_000)
    data = {"authority": synthshire.authority.pk, "holidays": "next term", "files": [upload_file]}
    answer = signed_in(synthshire.analyst).post(reverse("returns-upload"), data)
    assert answer.status_code == 200
    assert b"Together the files are larger than" in answer.content
    assert left() == ["incoming"]
    assert not Job.objects.exists()


def test_the_page_asks_for_files(synthshire: Synthshire, signed_in: SignedIn) -> None:
    data = {"authority": synthshire.authority.pk, "holidays": "next term"}
    answer = signed_in(synthshire.analyst).post(reverse("returns-upload"), data)
    assert b"Select the files of the returns" in answer.content


def test_the_page_offers_no_other_authority(synthshire: Synthshire, universe: Universe, signed_in: SignedIn) -> None:
    client = signed_in(synthshire.analyst)
    assert b"Northbrook" not in client.get(reverse("returns-upload")).content
    other: Any = Authority.objects.get(code="801").pk
    answer = client.post(reverse("returns-upload"), {"authority": other, "holidays": "next term", "files": [small()]})
    assert not Job.objects.exists()
    assert answer.status_code == 200
