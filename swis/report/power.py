"""The page of `swis power`: what a trial could find, what was assumed, and what a study of that size would have needed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from math import isnan

from swis.design.power.answers import DetectableCurve, PowerSurface
from swis.design.power.assumptions import Assumptions
from swis.design.power.formula import design_effect
from swis.design.power.needed import NeededSchools
from swis.design.power.side_by_side import SideBySide
from swis.design.power.simulate import SimulatedPower
from swis.design.power.trials import place_schools
from swis.report.document import Block, Bullets, Callout, Column, Document, Heading, Paragraph, Table
from swis.report.figures.power import detectable_figure, power_figure, surface_figure
from swis.report.words import percent, plural
from swis.study.power import StudyNeeds


@dataclass(frozen=True)
class PowerPlan:
    """Everything that one page shows. `ratio` is the effect that the trial is to find, `analysis` the planned one in words.

    `terms_a_year` turns terms into years; `needs` is there where the numbers come from a study.
    """

    analysis: str
    terms_a_year: float
    side: SideBySide
    curve: SimulatedPower
    surface: PowerSurface
    detectable: tuple[DetectableCurve, ...]
    needs: StudyNeeds | None
    notes: tuple[str, ...]
    hashes: Mapping[str, str]


def compose_power(plan: PowerPlan) -> Document:
    """The document of one plan."""
    return Document(
        title="The size of a trial",
        subtitle="What it could find, before it is run",
        source=f"Made by SWIS {version('swis')} from the assumptions below",
        description="Power of a cluster randomised trial of schools, by formula and by simulation of the planned analysis.",
        blocks=(*_answer(plan), *_pictures(plan), *_assumed(plan), *_needs(plan)),
        provenance=(
            ("SWIS version", version("swis")),
            *((f"{name} (SHA-256)", digest) for name, digest in sorted(plan.hashes.items())),
            (
                "Seed, trials",
                f"{plan.curve.seed}, {plan.curve.size.trials:,} ({plan.surface.trials:,} for the surface)",
            ),
        ),
    )


def _answer(plan: PowerPlan) -> list[Block]:
    side = plan.side
    found = f"{side.simulated.power:.1%} of simulated trials (standard error {side.simulated.monte_carlo_error:.1%})"
    said: list[str] = [
        f"By the formula of Hayes and Bennett: {side.by_school:.0%}.",
        f"Where there is no effect one is claimed in {side.size.power:.1%}.",
        *side.reasons,
        *side.warnings,
    ]
    return [
        Heading(1, "The answer", "answer"),
        Callout(
            f"{plural(plan.curve.assumptions.schools, 'school')} find a rate ratio of {side.ratio:.3g} in {found}",
            (Bullets(tuple(said)),),
            tone="note",
        ),
        Paragraph(f"Planned analysis: {plan.analysis}."),
    ]


def _pictures(plan: PowerPlan) -> list[Block]:
    return [
        Heading(1, "What could be found", "found"),
        power_figure(plan.curve, identifier="power-by-effect"),
        surface_figure(plan.surface, identifier="power-surface"),
        _detectable(plan),
    ]


def _detectable(plan: PowerPlan) -> Block:
    if all(isnan(ratio) for curve in plan.detectable for ratio in curve.ratios):
        most = max(curve.schools[-1] for curve in plan.detectable)
        return Paragraph(
            f"Not even an end of all events would be found with {percent(plan.detectable[0].power)} power by {most:,} schools."
        )
    return detectable_figure(plan.detectable, identifier="detectable-effect")


def _assumed(plan: PowerPlan) -> list[Block]:
    return [
        Heading(1, "What was assumed", "assumed"),
        Bullets((*say_assumptions(plan.curve.assumptions, terms_a_year=plan.terms_a_year), *plan.notes)),
    ]


def say_assumptions(trial: Assumptions, *, terms_a_year: float) -> tuple[str, ...]:
    """The assumptions of a trial as sentences."""
    arms = place_schools(trial)[1]
    events = trial.rate * trial.pupils * trial.terms
    effect = design_effect(trial.rate, trial.harmonic_pupils * trial.terms, trial.k_of_follow_up)
    said = [
        f"{plural(trial.schools, 'school')} in {plural(trial.authorities, 'authority', 'authorities')}, "
        f"{int(arms.sum()):,} with a social worker.",
        f"{trial.pupils:,.0f} pupils a school (coefficient of variation {trial.pupils_cv:.2g}), followed for "
        f"{_years(trial.terms / terms_a_year)}: {events:,.3g} events a school.",
        f"{1000 * trial.rate * terms_a_year:.3g} events per 1,000 pupils a year without the programme.",
        f"Schools differ by k {trial.k:.2f} in a term; the design effect is {effect:.3g}.",
    ]
    if trial.baseline_terms:
        said.append(
            f"Adjusted for the rate in {_years(trial.baseline_terms / terms_a_year)} before the start; rates of two terms are "
            f"correlated by {trial.autocorrelation:.2f}. What is left of k is {trial.k_after_baseline:.2f}."
        )
    return tuple(said)


def _years(number: float) -> str:
    return f"{number:.3g} year{'' if number == 1 else 's'}"


def _needs(plan: PowerPlan) -> list[Block]:
    if plan.needs is None:
        return []
    needs = plan.needs
    return [
        Heading(1, f"What {needs.authority} would have needed", "needed"),
        Paragraph(say_basis(needs)),
        Table(
            caption=f"Schools of a trial that finds a rate ratio of {needs.needed[0].ratio:g} with "
            f"{percent(needs.needed[0].power)} power",
            columns=(
                Column("Followed for", row_header=True),
                *(Column(title, align="right") for title in ("If k is low", "Best guess", "If k is high")),
            ),
            rows=tuple((plural(one.terms, "term"), *map(say_schools, one.schools)) for one in needs.needed),
            identifier="needed-schools",
        ),
        *([Bullets(needs.left_out)] if needs.left_out else []),
    ]


def say_basis(needs: StudyNeeds) -> str:
    """What the range rests on, and how little that is."""
    whole = needs.scatter.whole
    return (
        f"The analysis has {plural(needs.schools, 'school')}, {needs.with_programme} of them with a social worker. Over "
        f"{plural(len(needs.terms), 'term')} before the start they had {whole.events:,.0f} events and differed by k "
        f"{whole.k:.2f}; from so few schools that is anything from {whole.low:.2f} to {whole.high:.2f}. Take the range, not "
        "the number. Half of the schools would have a social worker, drawn by lot; terms before the start are not used."
    )


def say_schools(number: int | None) -> str:
    """A number of schools, or that there is none."""
    return "more than 10,000" if number is None else f"{number:,}"


def say_needed(one: NeededSchools) -> str:
    """One answer as a line: the best guess and its range."""
    low, middle, high = map(say_schools, one.schools)
    return f"{plural(one.terms, 'term')}: {middle} schools ({low} to {high})"
