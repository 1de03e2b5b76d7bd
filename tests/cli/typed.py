"""What a forked process does to be that of a command."""

from __future__ import annotations

import atexit
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from swis.cli.entry import main


def type_command(arguments: list[str], environment: Mapping[str, str], folder: str, said: Path, told: Path) -> None:
    """Be the process of `swis ARGUMENTS` in a folder, with standard output and standard error in files."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    for stream, path in ((1, said), (2, told)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), stream)
    sys.argv = ["swis", *arguments]
    try:
        main()
    finally:
        atexit._run_exitfuncs()
