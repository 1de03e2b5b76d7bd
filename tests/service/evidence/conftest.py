"""A small made-up authority, its returns and its panel, built once for all tests of evidence."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from service.evidence.models import Panel
from tests.service.evidence.drawing import Synthshire, draw_panel, draw_synthshire, make_returns, zip_folder


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
    return zip_folder(returns)


@pytest.fixture
def upload_file(returns_zip: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("returns.zip", returns_zip)


@pytest.fixture
def synthshire(universe: object) -> Synthshire:
    """The authority 998 with its eight schools and a person for each role."""
    return draw_synthshire()


@pytest.fixture
def panel(synthshire: Synthshire, returns: Path) -> Panel:
    """The panel of the returns, as the task makes it."""
    return draw_panel(synthshire, returns)
