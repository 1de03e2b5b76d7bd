"""What `swis profile` does: read figures, hide what is small, profile, write the page and perhaps nominations, say the answer."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from math import isfinite
from pathlib import Path

import typer
from rich.text import Text

from swis.cli.console import errors, output, progress
from swis.design.allocation.nominations import read_nominations
from swis.design.need_profile.from_nominations import add_nominations, figures_from_nominations
from swis.design.need_profile.from_panel import PanelChoices, add_feeders_of_clusters, figures_from_panel
from swis.design.need_profile.nominate import Nominated, nominate_schools
from swis.design.need_profile.profile import NeedProfile, ProfileChoices, Progress, profile_need
from swis.design.need_profile.school_figures import SchoolFigures, keep_schools
from swis.design.need_profile.shown import ShownFigures, show_figures
from swis.disclosure.policy import POLICIES, Policy
from swis.errors import DisclosureError, OutputError, TableError
from swis.panel.description import PANEL_FILE
from swis.panel.folder import read_panel
from swis.panel.gather_clusters import gather_clusters
from swis.report.describe import NO_POLICY
from swis.report.profile import PAGE, compose_profile, say_fall, say_order, say_weights, school_names
from swis.report.words import join, plural
from swis.report.write import check_formats, make_folder, write_document
from swis.tables.nearest import did_you_mean


@dataclass(frozen=True)
class ProfileCommand:
    """What was typed."""

    source: Path
    terms: str | None
    phase: str | None
    authority: str | None
    clusters: bool
    measures: tuple[str, ...]
    weights: tuple[str, ...]
    units_of_count: tuple[str, ...]
    beside: Path | None
    top: int | None
    nominate: int | None
    reserves: int
    into: Path | None
    policy: str
    seed: int
    draws: int
    out: Path | None
    formats: str
    quiet: bool


def profile_schools(command: ProfileCommand) -> None:
    """Profile and write. Raises SwisError for whatever cannot be read, ranked, shown or written."""
    _check(command)
    policy = _policy(command.policy)
    formats = tuple(dict.fromkeys(name.strip().lower() for name in command.formats.split(",") if name.strip()))
    if not formats:
        raise OutputError(f"--formats {command.formats!r} names no format. Write html,pdf,docx.")
    check_formats(formats)
    place = command.out or Path("out") / command.source.resolve().stem
    with progress(quiet=command.quiet) as tell:
        figures = _read(command)
        choices = ProfileChoices(
            weights=_numbers("--weight", command.weights),
            top=command.nominate or command.top,
            seed=command.seed,
            draws=command.draws,
        )
        shown = show_figures(figures, policy)
        profile = profile_need(shown.figures, choices, progress=tell)
        nominated = _nominate(command, figures, profile, choices, tell)
        make_folder(place)
        written = write_document(compose_profile(profile, shown), place, name=PAGE, formats=formats, progress=tell)
    if not command.quiet:
        _print(profile, shown, nominated, list(written.values()))


def _check(command: ProfileCommand) -> None:
    if command.nominate is None and (command.into is not None or command.reserves):
        raise typer.BadParameter("--into and --reserves go with --nominate.")
    if command.nominate is not None and command.into is None:
        raise typer.BadParameter("--into is missing: the nominations.csv to write.")
    if command.nominate is not None and command.top not in (None, command.nominate):
        raise typer.BadParameter("--top and --nominate are the same number. Leave --top out.")


def _policy(name: str) -> Policy | None:
    names = (*POLICIES, NO_POLICY)
    if name not in names:
        raise DisclosureError(
            f"There is no policy {name!r}. Choose from: {', '.join(names)}.{did_you_mean(name, names)}"
        )
    return POLICIES.get(name)


def _read(command: ProfileCommand) -> SchoolFigures:
    units = _numbers("--unit-of-count", command.units_of_count)
    if any(unit <= 0 for unit in units.values()):
        raise TableError("--unit-of-count: one independent event is a number of counts above 0.")
    if command.source.is_dir():
        panel = read_panel(command.source)
        digest = sha256((command.source / PANEL_FILE).read_bytes()).hexdigest()
        terms = () if command.terms is None else _split(command.terms)
        figures = figures_from_panel(
            gather_clusters(panel) if command.clusters else panel,
            PanelChoices(terms, command.measures, units),
            hashes={PANEL_FILE: digest},
        )
        if command.clusters:
            figures = add_feeders_of_clusters(figures, panel)
    else:
        _refuse_panel_options(command)
        figures = figures_from_nominations(read_nominations(command.source))
    if command.beside is not None:
        figures = add_nominations(figures, read_nominations(command.beside))
    return keep_schools(figures, phase=command.phase, authority=command.authority)


def _refuse_panel_options(command: ProfileCommand) -> None:
    given = {
        "--terms": command.terms is not None,
        "--clusters": command.clusters,
        "--measure": bool(command.measures),
        "--unit-of-count": bool(command.units_of_count),
        "--beside": command.beside is not None,
    }
    typed = [name for name, there in given.items() if there]
    if typed:
        raise typer.BadParameter(f"{', '.join(typed)}: for a panel; {command.source} is no folder.")


def _split(terms: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in terms.split(",") if name.strip())
    if not names:
        raise TableError('--terms names no term. Write them with commas, as in "autumn 2018,spring 2019".')
    return names


def _numbers(option: str, typed: tuple[str, ...]) -> dict[str, float]:
    numbers: dict[str, float] = {}
    for text in typed:
        name, _, number = text.partition("=")
        try:
            value = float(number)
        except ValueError:
            value = float("nan")
        if not isfinite(value) or not name.strip():
            raise TableError(f"{option} {text!r} is no measure with a number. Write, for example, referrals=2.")
        if name.strip() in numbers:
            raise TableError(f"{option}: {name.strip()} is given twice. Give it once.")
        numbers[name.strip()] = value
    return numbers


def _nominate(
    command: ProfileCommand,
    figures: SchoolFigures,
    profile: NeedProfile,
    choices: ProfileChoices,
    tell: Progress | None,
) -> Nominated | None:
    if command.nominate is None or command.into is None:
        return None
    # The choice is made by the counts as they are, whatever the page may show of them.
    whole = profile if profile.figures is figures else profile_need(figures, choices, progress=tell)
    return nominate_schools(whole, command.into, number=command.nominate, reserves=command.reserves)


def _print(profile: NeedProfile, shown: ShownFigures, nominated: Nominated | None, written: list[Path]) -> None:
    console = output()
    names = school_names(profile.figures)
    for note in profile.figures.notes:
        errors().print(f"note: {note}", soft_wrap=True)
    console.print(f"{profile.figures.period}; ordered by {say_weights(profile)}.")
    for group in profile.groups:
        console.print()
        console.print(Text(f"{group.authority}, {group.phase}", style="bold"))
        for line in say_order(group, names):
            console.print(f"- {line}")
        for measured in group.measures:
            for said in say_fall(group, measured)[:1]:
                console.print(f"- {measured.measure.name}: {said}")
        if group.left_out:
            console.print(f"- {plural(len(group.left_out), 'school')} not ordered: see the page.")
    console.print()
    if shown.policy is None:
        console.print(Text("Nothing is hidden. Keep what was written within the team.", style="bold"))
    if nominated is not None:
        _print_nominated(nominated)
    console.print("Written: " + join([str(path) for path in written]), soft_wrap=True)


def _print_nominated(nominated: Nominated) -> None:
    console = output()
    parts = [
        f"{len(nominated.nominated)} nominated",
        f"{len(nominated.reserves)} in reserve",
        f"{len(nominated.excluded)} left out with a reason",
    ]
    console.print(f"{nominated.path}: {', '.join(parts)}. It holds counts as they are: keep it within the team.")
    for note in nominated.notes:
        console.print(f"- {note}")
