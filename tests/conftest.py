"""What every test may ask for: one real Chromium for all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, started once in a process: Playwright admits no second event loop in the same thread.

    Django would refuse the database beside that loop, for this and all later tests of the process; nothing here is concurrent.
    """
    path = os.environ.get("SWIS_CHROMIUM") or shutil.which("chromium")
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield chromium
        chromium.close()
