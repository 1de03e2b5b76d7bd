"""Where the command line starts, and where everything that can go wrong becomes a sentence and an exit code."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from swis.cli.app import app
from swis.cli.exit_code import ExitCode
from swis.errors import OutputError, SwisError

TRACEBACK = "SWIS_TRACEBACK"


def main() -> None:
    """Run the command that was typed, and leave the process."""
    # NumPy's threads cost more than they give on tables of schools, and sums in another order are other bytes.
    for threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(threads, "1")
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # a reader that closes the pipe has read enough
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a letter shows a question mark in its place; it is no reason to fail.
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command and give back its exit code. Nothing is raised."""
    try:
        app(list(arguments), prog_name="swis")
    except SystemExit as end:
        return _code_of(end)
    except SwisError as error:
        return _tell(str(error), error.exit_code)
    except KeyboardInterrupt:
        return _tell("Stopped.", ExitCode.STOPPED)
    except BrokenPipeError:
        return ExitCode.DONE
    except OSError as error:
        return _tell_about_the_machine(error)
    except Exception as error:  # whatever else it is, a person should not have to read it raw
        return _tell_unforeseen(error)
    return ExitCode.DONE


def _code_of(end: SystemExit) -> int:
    code = end.code if isinstance(end.code, int) else int(end.code is not None)
    if code == ExitCode.STOPPED:  # Typer turns Ctrl-C into a silent exit
        return _tell("Stopped.", code)
    return code


def _tell(message: str, code: int) -> int:
    if os.environ.get(TRACEBACK) and sys.exc_info()[0] not in (None, SystemExit):
        traceback.print_exc()
    sys.stderr.write(f"{message}\n")
    return int(code)


def _tell_about_the_machine(error: OSError) -> int:
    where = f" ({error.filename})" if error.filename else ""
    return _tell(
        f"The computer refused: {error.strerror or type(error).__name__}{where}. "
        "See that there is room, that the place can be reached, and that you may read and write there.",
        OutputError.exit_code,
    )


def _tell_unforeseen(error: Exception) -> int:
    """The kind of the error and its place, but not its text: that could quote a value of the study."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    return _tell(
        f"SWIS {version('swis')} met something that it did not foresee: {type(error).__name__} in "
        f"{Path(place.filename).name}, line {place.lineno}. This is a fault of SWIS, not yours.\n"
        f"To see all of it, set {TRACEBACK}=1 and type the same command again; read it for names before you pass it on.",
        ExitCode.UNFORESEEN,
    )
