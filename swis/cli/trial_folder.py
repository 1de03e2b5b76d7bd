"""What `swis evaluate` does with a trial: read it, run it, write the report, say the verdicts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from swis.cli.console import output, progress
from swis.cli.trial_as_json import trial_as_json
from swis.cli.trial_verdicts import print_trial
from swis.errors import SettingError, StudyError
from swis.study.section import PROTOCOL_FILE
from swis.study.trial.evaluate import evaluate_trial
from swis.study.trial.evaluation import Progress, TrialEvaluation
from swis.study.trial.keys import TRIAL_FILE
from swis.study.trial.read import read_trial


def is_trial(folder: Path) -> bool:
    """Whether a folder holds a trial. Raises StudyError if it holds a study as well."""
    if not (folder / TRIAL_FILE).exists() and not (folder / TRIAL_FILE).is_symlink():
        return False
    if (folder / PROTOCOL_FILE).exists():
        raise StudyError(f"{folder} holds {TRIAL_FILE} and {PROTOCOL_FILE}. Keep the one that says what it is.")
    return True


def check_alone(folders: Sequence[Path]) -> None:
    """Raises SettingError for a trial among other folders."""
    if len(folders) > 1:
        trial = next(folder for folder in folders if is_trial(folder))
        raise SettingError(f"{trial} is a trial, which is evaluated by itself: name one folder.")


def evaluate_trial_folder(
    folder: Path, *, out: Path | None, formats: Sequence[str], as_json: bool, quiet: bool
) -> None:
    """Run the trial in a folder. Raises SwisError for whatever keeps it from being run or reported."""
    trial = read_trial(folder)
    place = out or Path("out") / trial.name
    if formats:
        _check_place(place, formats)
    with progress(quiet=quiet) as tell:
        evaluation = evaluate_trial(trial, progress=tell)
        written = _write(evaluation, place, formats, tell) if formats else {}
    if quiet and not as_json:
        return
    console = output()
    if as_json:
        # Escaped to ASCII, so that no terminal or file encoding can spoil it.
        text = json.dumps(trial_as_json(evaluation, written), indent=2, allow_nan=False)
        console.file.write(text + "\n")
        console.file.flush()
    else:
        print_trial(console, evaluation, written)


def _check_place(place: Path, formats: Sequence[str]) -> None:
    """A wrong format or a file in the way is refused before the work, not after it."""
    # Figures and documents take half a second to load: not for those who asked for none.
    from swis.report.write import check_formats, make_folder

    check_formats(formats)
    make_folder(place)


def _write(evaluation: TrialEvaluation, place: Path, formats: Sequence[str], tell: Progress | None) -> dict[str, Path]:
    from swis.report.trial.compose import compose_trial
    from swis.report.write import write_document

    return write_document(compose_trial(evaluation), place, name="report", formats=formats, progress=tell)
