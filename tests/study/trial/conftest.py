from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from swis.study.trial.trial import Trial
from tests.study.trial.drawn import DrawnTrial

WriteTrial = Callable[..., Path]


@pytest.fixture
def write_trial(tmp_path: Path) -> WriteTrial:
    """Writes eight schools in two authorities, without an effect, unless told otherwise."""

    def write(drawn: DrawnTrial | None = None, **changes: object) -> Path:
        return (drawn or DrawnTrial(authorities=2, each=4)).write(tmp_path / "drawn", **changes)  # type: ignore[arg-type]

    return write


def codes_of(trial: Trial) -> set[str]:
    """The codes of what was found, but for what every drawn trial has: no lock, no commitment, no description."""
    usual = {"plan_not_locked", "certificate_not_checked", "tidier_incomplete"}
    return {finding.code for finding in trial.findings} - usual
