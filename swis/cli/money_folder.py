"""What `swis money` does: read a trial or a study, weigh its money, say it and write it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

from rich.text import Text

from swis.cli.console import output, progress
from swis.cli.evaluate import print_line, wanted_formats
from swis.cli.money_as_json import money_as_json
from swis.cli.studies import read_folders
from swis.cli.trial_folder import is_trial
from swis.cli.verdicts import report_lines
from swis.costs.cost_effect import whole_pounds
from swis.costs.discount import MOST_YEARS
from swis.costs.money_result import MoneyResult
from swis.errors import NotEstimable, SettingError
from swis.report.money import compose_money
from swis.report.write import check_formats, make_folder, write_document
from swis.study.evaluation import Progress, evaluate_study
from swis.study.study import Study
from swis.study.trial.read import read_trial
from swis.study.trial.trial import Trial
from swis.study.trial.weigh_money import weigh_money
from swis.study.weigh_study import WORTHS, weigh_study

CURVE_POINTS = 5


@dataclass(frozen=True)
class MoneyRequest:
    """What was asked for beyond the folder: worths of one averted, and schools of a budget by year as typed."""

    worths: tuple[float, ...] = ()
    schools: str | None = None

    @property
    def rollout(self) -> tuple[int, ...]:
        """The schools of each year. Raises SettingError for what are no whole numbers."""
        if self.schools is None:
            return ()
        parts = [part.strip() for part in self.schools.split(",")]
        if not all(part.isascii() and part.isdigit() for part in parts) or len(parts) > MOST_YEARS:
            raise SettingError(f"--schools {self.schools!r} is not a number of schools for each year. Write 20,40,80.")
        return tuple(map(int, parts))

    @property
    def rising_worths(self) -> tuple[float, ...]:
        """The worths from the least. Raises SettingError for one below 0."""
        if any(not 0 <= worth < 1e12 for worth in self.worths):
            raise SettingError("--worth is pounds of 0 or more. Write --worth 10000.")
        return tuple(sorted(set(self.worths)))


def weigh_folder(
    folder: Path, asked: MoneyRequest, *, out: Path | None, formats: str, as_json: bool, quiet: bool
) -> None:
    """Weigh the money of one folder. Raises SwisError for whatever keeps it from being read, weighed or written."""
    wanted = wanted_formats(formats)
    check_formats(wanted)
    worths, rollout = asked.rising_worths, asked.rollout
    with progress(quiet=quiet) as tell:
        source, money = _weigh(folder, worths, rollout, tell)
        written = _write(money, source, out or Path("out") / source.name, wanted)
    if as_json:
        # Escaped to ASCII, so that no terminal or file encoding can spoil it.
        print_line(json.dumps(money_as_json(money, source, written), indent=2, allow_nan=False))
    elif not quiet:
        _print(money, source, written)


def _weigh(
    folder: Path, worths: Sequence[float], rollout: Sequence[int], tell: Progress | None
) -> tuple[Trial | Study, MoneyResult]:
    if is_trial(folder):
        trial = _ask(read_trial(folder), worths, rollout)
        return trial, weigh_money(trial)
    (study,) = read_folders([folder])
    money = weigh_study(evaluate_study(study, progress=tell), worths=worths or WORTHS, rollout=rollout)
    if money is None:
        raise NotEstimable(f"{study.name} has no cost: add a claims.csv, and [money] in study.toml.")
    return study, money


def _ask(trial: Trial, worths: Sequence[float], rollout: Sequence[int]) -> Trial:
    """The trial with what was typed in place of what its [money] says."""
    money = trial.protocol.money
    if money is None:
        return trial
    asked = replace(money, worths=tuple(worths) or money.worths, rollout=tuple(rollout) or money.rollout)
    return replace(trial, protocol=replace(trial.protocol, money=asked))


def _write(money: MoneyResult, source: Trial | Study, place: Path, formats: Sequence[str]) -> dict[str, Path]:
    if not formats:
        return {}
    make_folder(place)
    document = compose_money(money, source, swis_version=version("swis"))
    return write_document(document, place, name="money", formats=formats)


def _print(money: MoneyResult, source: Trial | Study, written: dict[str, Path]) -> None:
    console = output()
    settings = source.protocol.money if isinstance(source, Trial) else None
    console.print(Text(source.title, style="bold"))
    if settings is not None and settings.synthetic:
        console.print(Text("SYNTHETIC costs: every sum below is made up.", style="bold"))
    console.print(Text(str(money)))
    if money.weighed is not None:
        console.print()
        console.print(Text(f"Probability of being worth its money, by what one averted is worth: {_curve(money)}"))
    for line in report_lines(written):
        console.print(Text(line), soft_wrap=True)  # a path that is broken over two lines cannot be copied


def _curve(money: MoneyResult) -> str:
    """The acceptability curve at a few worths; all of it is in the figure and in the JSON."""
    if money.weighed is None:
        return ""
    curve = money.weighed.curve
    step = (len(curve.worths) - 1) // CURVE_POINTS
    points = list(zip(curve.worths, curve.probabilities, strict=True))[step::step]
    return ", ".join(f"{whole_pounds(worth)} {share:.1%}" for worth, share in points)
