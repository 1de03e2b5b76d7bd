"""Whether the protocol of a trial agrees with itself."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import PurePosixPath, PureWindowsPath

from swis.study.check_protocol import check_known, check_starts, each_once
from swis.study.lesson import PUBLISHED_TRIAL, is_published_trial
from swis.study.protocol import Literature
from swis.study.section import protocol_problem
from swis.study.trial.keys import COVARIATES
from swis.study.trial.protocol import (
    DeclaredChange,
    DeclaredPilots,
    TrialOptions,
    TrialOutcome,
    TrialProtocol,
    TrialTerms,
)
from swis.tables.problem import Problem
from swis.tables.trial_schools import SUBGROUP_COLUMNS

FEWEST_PILOTS = 2


def check_protocol(protocol: TrialProtocol, *, both: bool) -> list[Problem]:
    """Every contradiction within the protocol. `both`: follow-ups stand in [terms] and in sections of their own."""
    codes = [outcome.code for outcome in protocol.outcomes]
    problems = [*_check_trial(protocol), *_check_terms(protocol.terms, both=both), *_check_outcomes(protocol)]
    problems += _check_options(protocol.options, [each.name for each in protocol.terms.follow_ups])
    for subgroup in protocol.subgroups:
        problems += check_known(f"[[subgroup]] {subgroup.name} column", subgroup.column, SUBGROUP_COLUMNS)
    problems += each_once("[[subgroup]]", (subgroup.name for subgroup in protocol.subgroups))
    problems += each_once("[[change]] of", (change.school for change in protocol.changes))
    for change in protocol.changes:
        problems += _check_change(change)
    problems += _check_pilots(protocol.pilots, protocol.literature) if protocol.pilots else []
    for place, note in enumerate(protocol.notes, start=1):
        problems += check_known(f"[[note]] {place} outcome", note.outcome, codes) if note.outcome else []
    for place, found in enumerate(protocol.literature, start=1):
        problems += check_known(f"[[literature]] {place} outcome", found.outcome, codes)
    return problems


def _check_trial(protocol: TrialProtocol) -> list[Problem]:
    problems = each_once("[trial] authorities:", protocol.authorities)
    if not protocol.authorities:
        problems.append(protocol_problem("[trial] authorities names none", "Name the local authorities."))
    name = protocol.certificate
    if name is not None and (set(name) & set("/\\") or not name.endswith(".toml")):
        what = f"[trial] certificate is {name!r}, which is not a .toml file of this folder"
        problems.append(protocol_problem(what, "Put the certificate into the folder, and write its name alone."))
    return problems


def _check_pilots(pilots: DeclaredPilots, literature: Sequence[Literature]) -> list[Problem]:
    problems = each_once("[pilots] folders:", pilots.folders)
    if pilots.trial == "published" and not any(map(is_published_trial, literature)):
        what = f"[pilots] trial is published, but no [[literature]] quotes it ({PUBLISHED_TRIAL.ratio:g})"
        problems.append(protocol_problem(what, 'Quote it, or write trial = "this".'))
    if len(pilots.folders) < FEWEST_PILOTS:
        what = f"[pilots] names {len(pilots.folders)} folders"
        problems.append(protocol_problem(what, "The lesson pools at least two pilots: name them all."))
    for folder in pilots.folders:
        if PurePosixPath(folder).is_absolute() or PureWindowsPath(folder).drive or "\\" in folder:
            what = f"[pilots] folders has {folder!r}, which is no way from this folder"
            problems.append(protocol_problem(what, 'Write it as "../southampton".'))
    return problems


def _check_terms(terms: TrialTerms, *, both: bool) -> list[Problem]:
    problems = each_once("[terms] order: the term", terms.order)
    problems += each_once("[[follow_up]] name", (each.name for each in terms.follow_ups))
    for name, given in (("baseline", terms.baseline), ("follow_up", terms.follow_up)):
        problems += each_once(f"[terms] {name}: the term", given)
        for term in given:
            problems += check_known(f"[terms] {name}", term, terms.order)
    for name, keyed in (("starts", terms.starts), ("days", terms.days)):
        for term in keyed:
            problems += check_known(f"[terms.{name}]", term, terms.order)
    if both:
        problems.append(protocol_problem("has follow_up in [terms] and [[follow_up]]", "Keep one of the two."))
    if not terms.follow_up:
        problems.append(protocol_problem("[terms] has no follow_up", "Name the terms after the start."))
    return problems or [*_check_order(terms), *check_starts(terms.order, terms.starts), *_check_days(terms)]


def _check_order(terms: TrialTerms) -> list[Problem]:
    place = {term: number for number, term in enumerate(terms.order)}
    first = min(terms.follow_up, key=place.__getitem__)
    late = [term for term in terms.baseline if place[term] >= place[first]]
    if not late:
        return []
    what = f"[terms] baseline has {', '.join(late)}, which does not lie before the follow-up"
    return [protocol_problem(what, "A baseline term lies before every term of the follow-up.")]


def _check_days(terms: TrialTerms) -> list[Problem]:
    lacking = [term for term in (*terms.baseline, *terms.follow_up) if terms.days and term not in terms.days]
    if not lacking:
        return []
    return [protocol_problem(f"[terms.days] lacks {', '.join(lacking)}", "Give the days of every term, or of none.")]


def _check_outcomes(protocol: TrialProtocol) -> list[Problem]:
    codes = [outcome.code for outcome in protocol.outcomes]
    if not codes:
        return [protocol_problem("has no outcome", "Add a section [[outcome]].")]
    problems = each_once("[[outcome]] code", codes)
    problems += check_known("[trial] primary", protocol.primary, codes)
    for outcome in protocol.outcomes:
        problems += _check_outcome(outcome)
    return problems


def _check_outcome(outcome: TrialOutcome) -> list[Problem]:
    where = f"[[outcome]] {outcome.code}"
    if outcome.kind == "sessions" and outcome.possible is None:
        what = f"{where} counts sessions and has no possible"
        return [protocol_problem(what, "Write the code under which school_terms.csv has the sessions possible.")]
    if outcome.kind != "sessions" and outcome.possible is not None:
        return [protocol_problem(f"{where} has possible and is not of sessions", "Take it out.")]
    if outcome.possible == outcome.code:
        return [protocol_problem(f"{where} possible is its own code", "Write the code of the sessions possible.")]
    return []


def _check_options(options: TrialOptions, follow_ups: list[str]) -> list[Problem]:
    problems = each_once("[analysis] covariates:", options.covariates)
    for name in options.covariates:
        problems += check_known("[analysis] covariates", name, COVARIATES)
    if options.worthwhile_rate_ratio == 1 or options.worthwhile_effect_size == 0:
        what = "[analysis] has a worthwhile effect that is none (a ratio of 1, or an effect size of 0)"
        problems.append(protocol_problem(what, "Write the smallest effect that would be worth having."))
    if options.main_follow_up is not None:
        problems += check_known("[analysis] main_follow_up", options.main_follow_up, follow_ups)
    return problems + _check_looks(options)


def _check_looks(options: TrialOptions) -> list[Problem]:
    looks = options.looks
    if looks and (looks[-1] != 1 or any(later <= earlier for earlier, later in pairwise(looks))):
        return [protocol_problem("[analysis] looks do not rise to 1", "Write shares such as [0.5, 1.0].")]
    if options.look is not None and options.look > len(looks):
        what = f"[analysis] look is {options.look}, but there are {len(looks)} looks"
        return [protocol_problem(what, "Write which of the looks this is, from 1.")]
    return []


def _check_change(change: DeclaredChange) -> list[Problem]:
    where = f"[[change]] of {change.school}"
    moves = change.kind in ("merged", "new_urn")
    problems = []
    if moves and change.into is None:
        problems.append(protocol_problem(f"{where} has no into", "Write its new label, or the school it merged into."))
    if not moves and change.into is not None:
        problems.append(protocol_problem(f"{where} has into, but it {change.kind}", "Take it out."))
    if change.into == change.school:
        problems.append(protocol_problem(f"{where} is into itself", "Write what it became."))
    if change.kind != "merged" and change.merged_arm_is_that_of is not None:
        problems.append(protocol_problem(f"{where} has merged_arm_is_that_of, but is no merger", "Take it out."))
    return problems
