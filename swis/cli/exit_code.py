"""How a command ends."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """The exit codes beside those of the exceptions in `swis/errors.py`."""

    DONE = 0
    USAGE = 2
    WARNINGS = 7
    NOT_VERIFIED = 8
    UNFORESEEN = 70
    STOPPED = 130
