"""Real processes: an upload outlives a killed worker, and a folder that was downloaded is run by `swis evaluate`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from service.evidence import tasks
from service.evidence.actions import studies
from service.evidence.archives import read_member
from service.evidence.models import Evaluation, Panel
from tests.service.evidence.drawing import TINY, Synthshire, draw_study, make_returns, zip_folder
from tests.service.evidence.test_studies import unpacked
from tests.service.operations.deployment import Deployment, deployed

PATIENCE = 60  # seconds
UPLOAD = """
from pathlib import Path
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.service.universe import make_universe
from tests.service.evidence.drawing import CHOICES, draw_synthshire
from service.evidence.actions.uploads import upload_returns
make_universe()
made = draw_synthshire()
content = Path({path!r}).read_bytes()
upload_returns(by=made.analyst, authority=made.authority, files=[SimpleUploadedFile("returns.zip", content)], choices=CHOICES)
"""
STATE = """
from service.evidence.models import Job, Panel
from service.operations.models import WorkerBeat
job = Job.objects.get()
print(job.state, job.trouble, Panel.objects.count(), "panels")
WorkerBeat.objects.all().delete()  # as after a minute of silence
"""


def wait(until: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not until():
        assert time.monotonic() < deadline
        time.sleep(0.2)


def unpacked_files(deployment: Deployment) -> list[Path]:
    return [path for path in (deployment.data / "incoming").rglob("*unpacked*/**/*") if path.is_file()]


@pytest.mark.slow
def test_an_upload_outlives_the_worker_that_is_killed_while_it_builds(tmp_path: Path, prepared: Deployment) -> None:
    sent = tmp_path / "sent.zip"
    sent.write_bytes(zip_folder(make_returns(tmp_path, TINY)))
    with deployed(tmp_path / "deployment", like=prepared) as deployment:
        deployment.python(UPLOAD.format(path=str(sent)))
        sent.unlink()
        worker = deployment.start("work")
        wait(lambda: bool(unpacked_files(deployment)))
        os.killpg(worker.pid, signal.SIGKILL)
        worker.communicate()
        assert "running" in deployment.python(STATE)
        deployment.run("work", "--once")
        assert "done  1 panels" in deployment.python(STATE)
        assert list((deployment.data / "incoming").iterdir()) == []


@pytest.mark.slow
def test_the_folder_gives_the_very_report_by_the_command_line(
    synthshire: Synthshire, panel: Panel, tmp_path: Path
) -> None:
    study = draw_study(synthshire, outcomes=["section_47_enquiries"])
    job = studies.run(by=synthshire.evaluator, study=study)
    tasks.run_evaluation.call(str(job.public_id))
    made = Evaluation.objects.get(job=job)
    content = studies.download_folder(by=synthshire.evaluator, study=study)
    assert content == bytes(made.folder.content)
    folder = unpacked(content, tmp_path / "study")
    command = [
        sys.executable,
        "-m",
        "swis",
        "evaluate",
        str(folder),
        "--formats",
        "html",
        "--out",
        str(tmp_path / "out"),
    ]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr
    assert (tmp_path / "out" / "report.html").read_bytes() == read_member(made.report, "report.html")
