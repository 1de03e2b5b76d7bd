"""What `swis synthesise` does: make an authority, write it, say what was written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import cast

from rich.text import Text

from swis.cli.console import output, progress
from swis.errors import SettingError
from swis.synthetic.authority import Authority, synthesise_authority
from swis.synthetic.folder import check_folder
from swis.synthetic.mess import Mess
from swis.synthetic.outcomes import PLANTABLE
from swis.synthetic.settings import ChosenBy, Settings, Unit
from swis.synthetic.write_returns import write_returns


@dataclass(frozen=True)
class SynthesiseCommand:
    """What was typed."""

    out: Path
    schools: int
    years: int
    pupils: int
    first_year: int
    seed: int
    rate_ratios: tuple[str, ...]
    start: str
    share: float
    unit: str
    chosen_by: str
    k: float
    trend: float
    academies: int | None
    number: int
    xml: bool
    mess: bool
    quiet: bool

    @property
    def settings(self) -> Settings:
        """The same as the library takes it, which refuses what cannot be."""
        return Settings(
            schools=self.schools,
            years=self.years,
            pupils=self.pupils,
            first_year=self.first_year,
            intervention_share=self.share,
            unit=cast(Unit, self.unit),
            chosen_by=cast(ChosenBy, self.chosen_by),
            start=self.start,
            rate_ratios=_read_ratios(self.rate_ratios),
            k=self.k,
            trend=self.trend,
            academies=self.academies,
            number=self.number,
        )


def synthesise_folder(command: SynthesiseCommand) -> None:
    """Make and write one authority. Raises SwisError for what cannot be made or written."""
    settings = command.settings
    check_folder(command.out)
    mess = Mess(seed=command.seed) if command.mess else None
    with progress(quiet=command.quiet) as tell:
        authority = synthesise_authority(settings, seed=command.seed, progress=tell)
        files = write_returns(authority, command.out, mess=mess, xml=command.xml, progress=tell)
    if not command.quiet:
        _print(authority, command, len(files))


def _read_ratios(typed: tuple[str, ...]) -> dict[str, float]:
    ratios: dict[str, float] = {}
    for text in typed:
        outcome, _, number = text.partition("=")
        if outcome in ratios:
            raise SettingError(f"--rate-ratio names {outcome} more than once. Give one ratio for an outcome.")
        try:
            ratios[outcome] = float(number)
        except ValueError:
            raise SettingError(
                f"--rate-ratio {text!r} has no number after the outcome. Write, for example, section_47_enquiries=0.7."
            ) from None
    return ratios


def _print(authority: Authority, command: SynthesiseCommand, files: int) -> None:
    console, settings = output(), authority.settings
    first = settings.first_year + 1
    last = first + settings.years
    console.print(Text("A synthetic authority: nothing in it is about a real child.", style="bold"))
    console.print(
        f"{settings.schools} schools, {authority.pupils_at_first:,} pupils in the first census, {settings.terms[0]} to "
        f"{settings.terms[-1]}. Seed {authority.seed}."
    )
    console.print(
        f"Returns: children in need {first} to {last}, SSDA903 {first} to {last}, school census of every term."
    )
    console.print(_tell_planted(authority))
    if command.mess:
        console.print("The errors that were made are in mess.csv.")
    console.print(
        f"Written: {files} files in {command.out}. What should come out of them is in truth/.", soft_wrap=True
    )


def _tell_planted(authority: Authority) -> str:
    settings = authority.settings
    planted = [f"{name} x {settings.ratio_of(name):g}" for name in PLANTABLE if settings.ratio_of(name) != 1]
    count = int(authority.planted.with_worker.sum())
    with_worker = f"{count} schools have a social worker from {settings.first_term_after} on"
    return f"{with_worker}: {', '.join(planted)}." if planted else f"{with_worker}, without any effect."
