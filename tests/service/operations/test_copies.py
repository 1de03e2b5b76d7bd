"""The drill: everything is lost, and comes back."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.service.operations.deployment import Deployment, deployed

FILL = """
from tests.service.universe import make_universe
from service.audit.models import Action
from service.audit.record import record
world = make_universe()
for number in range(20):
    record(Action.READ, by=world.worker, subject=world.alder, details={"number": number})
"""
LOOK = "from service.schools.models import School; print(sorted(School.objects.values_list('name', flat=True)))"
SCHOOLS = "['Alder Academy', 'Ash Primary', 'Beech High', 'Cedar School']"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, prepared: Deployment) -> Iterator[Deployment]:
    with deployed(tmp_path_factory.mktemp("filled"), like=prepared) as deployment:
        deployment.python(FILL)
        (deployment.data / "files").mkdir()
        (deployment.data / "files" / "paper.txt").write_text("A paper of the steering group.", encoding="utf-8")
        deployment.run("backup", str(deployment.data / "copy.tar.gz"))
        yield deployment


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Deployment]:
    with deployed(tmp_path) as deployment:
        yield deployment


@pytest.mark.slow
def test_a_copy_brings_everything_back_on_a_machine_that_has_nothing(filled: Deployment, empty: Deployment) -> None:
    said = empty.run("restore", str(filled.data / "copy.tar.gz"))
    assert "20 entries of the audit" in said
    assert SCHOOLS in empty.python(LOOK)
    assert "The audit holds: 20 entries" in empty.run("verify_audit")
    assert (empty.data / "files" / "paper.txt").read_text(encoding="utf-8") == "A paper of the steering group."


@pytest.mark.slow
def test_a_copy_does_not_take_the_place_of_data_unasked(filled: Deployment) -> None:
    copy = str(filled.data / "copy.tar.gz")
    assert "Say --replace" in filled.run("restore", copy, code=1)
    filled.python(
        "from service.schools.models import School; School.objects.filter(name='Beech High').update(name='Beech School')"
    )
    filled.run("restore", copy, "--replace")
    assert SCHOOLS in filled.python(LOOK)


def test_a_copy_is_for_its_owner_alone_and_never_overwritten(filled: Deployment) -> None:
    copy = filled.data / "copy.tar.gz"
    assert copy.stat().st_mode & 0o777 == 0o600
    assert "is there already" in filled.run("backup", str(copy), code=1)


@pytest.mark.parametrize("harm", ["cut", "altered", "not an archive"])
def test_a_damaged_copy_is_refused_before_anything_is_changed(filled: Deployment, tmp_path: Path, harm: str) -> None:
    copy = tmp_path / "copy.tar.gz"
    shutil.copyfile(filled.data / "copy.tar.gz", copy)
    content = copy.read_bytes()
    middle = len(content) // 2
    copy.write_bytes(
        {
            "cut": content[:middle],
            "altered": content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :],
            "not an archive": b"Dear colleagues, please find attached",
        }[harm]
    )
    said = filled.run("restore", str(copy), "--replace", code=1)
    assert "cannot be read as a copy" in said or "is damaged" in said
    assert "Traceback" not in said
    assert SCHOOLS in filled.python(LOOK)
