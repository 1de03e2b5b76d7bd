"""`swis evaluate`: run studies, write the report, say the verdicts."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from swis.cli.as_json import evaluation_as_json
from swis.cli.console import output, progress
from swis.cli.studies import read_folders
from swis.cli.trial_folder import check_alone, evaluate_trial_folder, is_trial
from swis.cli.verdicts import print_verdicts
from swis.errors import OutputError
from swis.study.together import evaluate

NO_FORMATS = "none"


def evaluate_folders(
    folders: Sequence[Path], *, out: Path | None, formats: str, as_json: bool, quiet: bool, bayes: bool = False
) -> None:
    """Run the studies in the folders, or the one trial. Raises SwisError for whatever keeps them from being run or reported."""
    wanted = wanted_formats(formats)
    if any(is_trial(folder) for folder in folders):
        # A trial has its Bayesian option whether asked for or not: it needs no extra and takes no time to speak of.
        check_alone(folders)
        evaluate_trial_folder(folders[0], out=out, formats=wanted, as_json=as_json, quiet=quiet)
        return
    studies = read_folders(folders)
    place = out or Path("out") / "-".join(study.name for study in studies)
    report = _reporter(place, wanted) if wanted else None
    with progress(quiet=quiet) as tell:
        evaluation = evaluate(studies, bayes=bayes, progress=tell)
        written = report(evaluation, progress=tell) if report else {}
    if quiet and not as_json:
        return
    if as_json:
        # Escaped to ASCII, so that no terminal or file encoding can spoil it.
        print_line(json.dumps(evaluation_as_json(evaluation, written), indent=2, allow_nan=False))
    else:
        print_verdicts(output(), evaluation, written)


def _reporter(place: Path, formats: Sequence[str]) -> Callable[..., dict[str, Path]]:
    """What writes the report; a wrong format or a file in the way is refused before the work, not after it."""
    # Figures and documents take half a second to load: not for those who asked for none.
    from swis.report.write import check_formats, make_folder, write_report

    check_formats(formats)
    make_folder(place)
    return partial(write_report, folder=place, formats=formats)


def print_line(text: str) -> None:
    """One piece of text to the standard output, at once."""
    output().file.write(text + "\n")
    output().file.flush()


def wanted_formats(text: str) -> tuple[str, ...]:
    """The formats that were typed, each once; none of them for the word none. Raises OutputError."""
    names = tuple(dict.fromkeys(name.strip().lower() for name in text.split(",") if name.strip()))
    if names == (NO_FORMATS,):
        return ()
    if not names or NO_FORMATS in names:
        raise OutputError(f"--formats {text!r} names no format, or none beside one. Write html,pdf,docx or none.")
    return names
