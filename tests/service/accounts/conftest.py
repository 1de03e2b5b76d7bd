"""Every test of the door begins without earlier attempts."""

from __future__ import annotations

import pytest

from tests.service.accounts.people import forget_attempts


@pytest.fixture(autouse=True)
def no_earlier_attempts() -> None:
    forget_attempts()
