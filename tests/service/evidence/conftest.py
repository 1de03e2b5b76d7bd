"""A small made-up authority, its returns and its panel, built once for all tests of evidence."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from service.evidence.models import Panel
from tests.service.evidence.drawing import Synthshire, draw_panel, draw_synthshire, make_returns


@pytest.fixture(autouse=True)
def _a_private_place(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.DATA = tmp_path / "data"
    settings.DATA.mkdir()
    yield


@pytest.fixture(scope="session")
def returns(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the returns of the made-up authority 998."""
    return make_returns(tmp_path_factory.mktemp("returns"))


@pytest.fixture(scope="session")
def returns_zip(returns: Path) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(returns.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(returns).as_posix())
    return content.getvalue()


@pytest.fixture
def upload_file(returns_zip: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("returns.zip", returns_zip)


@pytest.fixture
def synthshire(universe: object) -> Synthshire:
    """The authority 998 with its twelve schools and a person for each role."""
    return draw_synthshire()


@pytest.fixture
def panel(synthshire: Synthshire, returns: Path) -> Panel:
    """The panel of the returns, as the task makes it."""
    return draw_panel(synthshire, returns)
