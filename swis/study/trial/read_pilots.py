"""The studies of the pilots that came before a trial: the only folders outside its own that are read."""

from __future__ import annotations

from pathlib import Path

from swis.errors import ProtocolError, StudyError
from swis.study.read import read_study
from swis.study.study import Study
from swis.study.trial.keys import TRIAL_FILE
from swis.study.trial.protocol import TrialProtocol
from swis.tables.problem import Problem


def read_pilots(folder: Path, protocol: TrialProtocol | None, failures: list[StudyError]) -> tuple[Study, ...]:
    """The studies that [pilots] names; what cannot be read is added to the failures, with the name that leads to it."""
    if protocol is None or protocol.pilots is None:
        return ()
    studies = []
    for name in protocol.pilots.folders:
        try:
            studies.append(read_study(folder / name))
        except (OSError, ValueError):  # a name that no system takes for one
            what = f"[pilots] folders: {name[:40]!r} is no name of a folder"
            failures.append(ProtocolError(str(Problem(TRIAL_FILE, what, 'Write it as "../southampton".'))))
        except StudyError as error:
            what = f"[pilots] folders: {name} cannot be read as a study"
            to_do = "Correct the way to it, mend it, or take it out."
            failures.append(ProtocolError(f"{Problem(TRIAL_FILE, what, to_do)} {error}"))
    return tuple(studies)
