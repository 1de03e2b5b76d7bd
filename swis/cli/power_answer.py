"""What `swis power` does: assume or measure, ask the formula, simulate, and say both."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from swis.cli.console import output, progress
from swis.cli.power_source import PowerSource, read_source
from swis.design.power.adjusted_poisson import baseline_adjusted_poisson
from swis.design.power.answers import Found, Simulation, What, detectable_curve, find, power_surface
from swis.design.power.assumptions import MOST_SCHOOLS, Assumptions, Scatter
from swis.design.power.formula import detectable_ratio
from swis.design.power.randomisation import randomisation_poisson
from swis.design.power.robust_poisson import robust_poisson
from swis.design.power.side_by_side import SideBySide, hold_against_formula
from swis.design.power.simulate import Progress, SimulatedPower, simulate_power
from swis.design.power.trials import Analyse
from swis.errors import NotEstimable, OutputError
from swis.report.html import write_html
from swis.report.power import PowerPlan, compose_power, say_assumptions, say_basis, say_needed
from swis.report.words import plural
from swis.report.write import make_folder
from swis.tables.nearest import did_you_mean

ANALYSES: dict[str, tuple[str, Analyse]] = {
    "robust": ("Poisson regression with authority effects, HC3, t", robust_poisson),
    "randomisation": ("the randomisation test within authorities", randomisation_poisson),
    "baseline": ("as robust, adjusted for the rate before the start", baseline_adjusted_poisson),
}
FIND: dict[str, What] = {"schools": "schools", "ratio": "ratio", "years": "terms"}
GRID = (0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1.05, 1.1, 1.2)
SURFACE_TRIALS = 2_000
TIMES_AS_MANY = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0)


@dataclass(frozen=True)
class PowerCommand:
    """What was typed."""

    rate: float | None
    per: float
    k: float | None
    schools: int | None
    authorities: int
    pupils: float | None
    pupils_cv: float | None
    years: float
    terms_a_year: float
    ratio: float | None
    power: float
    share: float
    baseline_years: float
    autocorrelation: float | None
    scatter: str
    analysis: str | None
    source: Path | None
    outcome: str | None
    terms: str | None
    find: str | None
    trials: int
    seed: int
    surface: Path | None
    quiet: bool

    @property
    def analysis_name(self) -> str:
        """The analysis that was named, or the one that fits."""
        return self.analysis or ("baseline" if self.baseline_years else "robust")


@dataclass(frozen=True)
class _Asked:
    """What was typed, what was measured for it, how to simulate, and whom to tell how far it is."""

    command: PowerCommand
    source: PowerSource | None
    simulation: Simulation
    tell: Progress | None


def answer_power(command: PowerCommand) -> None:
    """Say what a trial could find. Raises SwisError for what cannot be assumed, measured, found or written."""
    _check(command)
    source = None
    if command.source is not None:
        source = read_source(command.source, outcome=command.outcome, terms=command.terms, power=command.power)
    trial = _assume(command, source)
    ratio = _ratio(command, source)
    simulation = Simulation(command.seed, command.trials, ANALYSES[command.analysis_name][1])
    with progress(quiet=command.quiet) as tell:
        asked = _Asked(command, source, simulation, tell)
        found = _find(asked, trial, ratio)
        ratio, curve = _curve(asked, trial, ratio, found)
        side = hold_against_formula(curve, ratio)
        if command.surface is not None:
            _write(command.surface, _plan(asked, side, curve))
    if not command.quiet:
        _print(output(), asked, side, curve, found)


def _check(command: PowerCommand) -> None:
    for name, value, known in (
        ("--analysis", command.analysis_name, tuple(ANALYSES)),
        ("--find", command.find or "schools", tuple(FIND)),
        ("--scatter", command.scatter, ("gamma", "lognormal")),
    ):
        if value not in known:
            raise typer.BadParameter(f"{name} is one of {', '.join(known)}; not {value!r}.{did_you_mean(value, known)}")
    if command.source is None and (command.outcome or command.terms):
        raise typer.BadParameter("--outcome and --terms say what to take from a study or a table: name it with --from.")
    missing = [
        ("--rate", command.rate is None and command.source is None),
        ("--k", command.k is None and command.source is None),
        ("--schools", command.schools is None and command.source is None and command.find != "schools"),
    ]
    for name, lacks in missing:
        if lacks:
            raise typer.BadParameter(f"{name} is missing. Say it, or take it from a study or a table with --from.")
    if not (command.per > 0 and command.terms_a_year > 0):
        raise typer.BadParameter("--per and --terms-a-year are above 0.")
    if command.surface is not None and command.surface.suffix.lower() not in (".html", ".htm"):
        raise OutputError(f"--surface {command.surface} is written as HTML: give it a name that ends in .html.")


def _assume(command: PowerCommand, source: PowerSource | None) -> Assumptions:
    """The trial: what was typed, and for the rest what was measured."""
    scatter = None if source is None else source.scatter
    measured = None if scatter is None else scatter.autocorrelation
    autocorrelation = command.autocorrelation if command.autocorrelation is not None else measured
    if autocorrelation is None and command.baseline_years:
        raise NotEstimable(
            "What a baseline is worth depends on how far schools keep their place, which is not known here. Say it with "
            "--autocorrelation, between 0 and 1."
        )
    k, rate = command.k, None if command.rate is None else command.rate / command.per / command.terms_a_year
    pupils, pupils_cv, schools = command.pupils, command.pupils_cv, command.schools
    if scatter is not None:
        # Without an autocorrelation, what schools differ by over the whole time stands for every term.
        k = k if k is not None else scatter.whole.k if autocorrelation is None else scatter.k_of_term
        rate = rate if rate is not None else scatter.rate
        pupils = pupils if pupils is not None else scatter.pupils
        pupils_cv = pupils_cv if pupils_cv is not None else scatter.pupils_cv
        schools = schools if schools is not None else max(scatter.schools, 4)
    return Assumptions(
        rate=cast(float, rate),
        k=cast(float, k),
        schools=schools or max(2 * command.authorities, 4),
        authorities=command.authorities,
        pupils=1000 if pupils is None else pupils,
        pupils_cv=pupils_cv or 0,
        terms=command.years * command.terms_a_year,
        baseline_terms=command.baseline_years * command.terms_a_year,
        autocorrelation=1.0 if autocorrelation is None else autocorrelation,
        share=command.share,
        scatter=cast(Scatter, command.scatter),
    )


def _ratio(command: PowerCommand, source: PowerSource | None) -> float:
    if command.ratio is not None:
        return command.ratio
    if source is not None and source.worthwhile is not None:
        return source.worthwhile
    if command.find == "ratio":
        return 0.5  # only says on which side of 1 to look
    raise typer.BadParameter("--ratio is missing: the rate ratio that the trial is to find, 0.8 for a fifth fewer.")


def _find(asked: _Asked, trial: Assumptions, ratio: float) -> Found | None:
    command = asked.command
    if command.find is None:
        return None
    return find(
        FIND[command.find], trial, ratio=ratio, simulation=asked.simulation, power=command.power, progress=asked.tell
    )


def _curve(asked: _Asked, trial: Assumptions, ratio: float, found: Found | None) -> tuple[float, SimulatedPower]:
    """The ratio to find and the power of the trial, found or described; with a surface, over a grid of ratios."""
    wide = asked.command.surface is not None
    if found is not None:
        trial, ratio = found.answer.simulated.assumptions, found.answer.ratio
        if not wide:
            return ratio, found.answer.simulated
    how = asked.simulation
    ratios = (ratio, *GRID) if wide else (ratio,)
    curve = simulate_power(trial, ratios, seed=how.seed, trials=how.trials, analyse=how.analyse, progress=asked.tell)
    return ratio, curve


def _plan(asked: _Asked, side: SideBySide, curve: SimulatedPower) -> PowerPlan:
    command, source = asked.command, asked.source
    trial = curve.assumptions
    least = max(2 * trial.authorities, 4)
    numbers = sorted({min(max(round(trial.schools * times), least), MOST_SCHOOLS) for times in TIMES_AS_MANY})
    surface = power_surface(
        trial,
        schools=numbers,
        ratios=(side.ratio, *GRID),
        simulation=replace(asked.simulation, trials=min(command.trials, SURFACE_TRIALS)),
        progress=asked.tell,
    )
    every = sorted({max(round(trial.schools * step / 10), least) for step in range(1, 26)})
    curves = tuple(
        detectable_curve(
            replace(trial, terms=years * command.terms_a_year), every, label=plural(years, "year"), power=command.power
        )
        for years in (1, 2, 3)
    )
    return PowerPlan(
        analysis=ANALYSES[command.analysis_name][0],
        terms_a_year=command.terms_a_year,
        side=side,
        curve=curve,
        surface=surface,
        detectable=curves,
        needs=None if source is None else source.needs,
        notes=() if source is None else _measured(source),
        hashes={} if source is None else source.hashes,
    )


def _write(path: Path, plan: PowerPlan) -> None:
    make_folder(path.parent)
    try:
        path.write_text(write_html(compose_power(plan)), encoding="utf-8", newline="\n")
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}. Name another file with --surface.") from None


def _measured(source: PowerSource) -> tuple[str, ...]:
    scatter = source.scatter
    kept = "not known" if scatter.autocorrelation is None else f"{scatter.autocorrelation:.2f}"
    return (
        f"Measured in {plural(scatter.schools, 'school')} over {plural(scatter.terms, 'term')}: k {scatter.whole.k:.2f} "
        f"(95% interval {scatter.whole.low:.2f} to {scatter.whole.high:.2f}), autocorrelation of terms {kept}.",
        *(f"Left out: {what}." for what in source.left_out),
    )


def _print(console: Console, asked: _Asked, side: SideBySide, curve: SimulatedPower, found: Found | None) -> None:
    command, source = asked.command, asked.source
    trial = curve.assumptions
    for line in (
        *say_assumptions(trial, terms_a_year=command.terms_a_year),
        *(() if source is None else _measured(source)),
    ):
        console.print(line)
    console.print(f"Planned analysis: {ANALYSES[command.analysis_name][0]}.")
    console.print()
    if found is not None:
        console.print(Text(_say_found(found, command), style="bold"))
        console.print()
    console.print(_table(command, side, curve))
    if side.reasons:
        console.print("Formula and simulation disagree:")
    for line in (*side.reasons, *side.warnings):
        console.print(f"- {line}")
    if source is not None and source.needs is not None:
        _print_needs(console, source)
    if command.surface is not None:
        console.print(f"Written: {command.surface}", soft_wrap=True)


def _table(command: PowerCommand, side: SideBySide, curve: SimulatedPower) -> Table:
    def share(value: float, error: float) -> str:
        return f"{value:.1%} (± {100 * 1.96 * error:.1f})"

    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0))
    table.add_column("")
    table.add_column("Formula", justify="right")
    table.add_column(f"Simulated ({side.size.trials:,} trials)", justify="right")
    there, size = side.simulated, side.size
    table.add_row(
        f"Finds a rate ratio of {side.ratio:.3g}", f"{side.by_school:.1%}", share(there.power, there.monte_carlo_error)
    )
    table.add_row("Claims an effect where there is none", "5.0%", share(size.power, size.monte_carlo_error))
    table.add_row("Its interval holds the true ratio", "95.0%", share(there.coverage, there.coverage_error))
    table.add_row(f"Found with {command.power:.0%} power: reduction to", _detectable(command, curve), "")
    return table


def _detectable(command: PowerCommand, curve: SimulatedPower) -> str:
    trial = curve.assumptions
    try:
        return f"{detectable_ratio(trial.setting(), schools=trial.schools, power=command.power):.3f}"
    except NotEstimable:
        return "none"


def _say_found(found: Found, command: PowerCommand) -> str:
    def name(value: float) -> str:
        if found.what == "ratio":
            return f"a rate ratio of {value:.3f}"
        if found.what == "schools":
            return plural(int(value), "school")
        return f"{plural(int(value), 'term')} ({value / command.terms_a_year:.3g} years)"

    words = f"By formula {name(found.formula.value)}, found in {found.formula.there.power:.1%} of simulated trials."
    if found.answer is not found.formula:
        words += f" Simulated: {name(found.answer.value)}, found in {found.answer.there.power:.1%}."
    if not found.reached:
        words += f" The search ended there, short of {found.power:.0%}."
    return words


def _print_needs(console: Console, source: PowerSource) -> None:
    needs = source.needs
    if needs is None:
        return
    console.print()
    console.print(Text(f"What {needs.authority} would have needed to find {needs.needed[0].ratio:g}", style="bold"))
    console.print(say_basis(needs))
    for one in needs.needed:
        console.print(f"- {say_needed(one)}")
