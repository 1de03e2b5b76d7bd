"""Whether a protocol agrees with itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from swis.study.protocol import Correction, Outcome, Protocol, Terms
from swis.study.section import protocol_problem
from swis.tables.nearest import did_you_mean, plain_name
from swis.tables.problem import Problem


def check_protocol(protocol: Protocol) -> list[Problem]:
    """Every contradiction within the protocol."""
    problems = [*_check_terms(protocol.terms), *_check_schools(protocol), *_check_analysis(protocol)]
    codes = [outcome.code for outcome in protocol.outcomes]
    if not codes:
        problems.append(protocol_problem("has no outcome", "Add a section [[outcome]]."))
    problems += each_once("[[outcome]] code", codes)
    for outcome in protocol.outcomes:
        problems += _check_outcome(outcome, protocol)
    for place, correction in enumerate(protocol.corrections, start=1):
        problems += _check_correction(correction, f"[[correction]] {place}", protocol)
    problems += each_once(
        "[[correction]] of",
        [f"{c.field}, {c.outcome}, {c.school}, {c.term or 'all terms'}" for c in protocol.corrections],
    )
    for place, note in enumerate(protocol.notes, start=1):
        if note.outcome:
            problems += check_known(f"[[note]] {place} outcome", note.outcome, codes)
    for place, found in enumerate(protocol.literature, start=1):
        problems += check_known(f"[[literature]] {place} outcome", found.outcome, codes)
    return problems


def check_known(where: str, name: str, known: Iterable[str]) -> list[Problem]:
    """A problem if a name is none of those that are known."""
    names = list(known)
    if name in names:
        return []
    advice = did_you_mean(name, names).strip() or f"Known are: {', '.join(names[:12])}."
    return [protocol_problem(f"{where} names {name!r}, which is not there", advice)]


def each_once(what: str, names: Iterable[str]) -> list[Problem]:
    """A problem for each name that is there more than once."""
    return [
        protocol_problem(f"{what} {name} is there {times} times", "Keep one.")
        for name, times in Counter(names).items()
        if times > 1
    ]


def _check_terms(terms: Terms) -> list[Problem]:
    problems = each_once("[terms] order: the term", terms.order)
    problems += check_known("[terms] reference", terms.reference, terms.order)
    for term in terms.after:
        problems += check_known("[terms] after", term, terms.order)
    for name, given in (("starts", terms.starts), ("days", terms.days)):
        for term in given:
            problems += check_known(f"[terms.{name}]", term, terms.order)
    if problems:
        return problems
    return [*_check_after(terms), *check_starts(terms.order, terms.starts)]


def _check_after(terms: Terms) -> list[Problem]:
    if not terms.after:
        return [protocol_problem("[terms] after names no term", "Name the last term, or the last terms.")]
    problems = each_once("[terms] after: the term", terms.after)
    last = terms.order[-len(terms.after) :]
    if not problems and set(last) != set(terms.after):
        problems.append(
            protocol_problem("[terms] after names terms that are not the last", f"Name the last: {', '.join(last)}.")
        )
    if terms.reference in terms.after:
        problems.append(
            protocol_problem("[terms] reference lies among the terms after the start", "Name an earlier term.")
        )
    return problems


def check_starts(order: Sequence[str], starts: Mapping[str, str]) -> list[Problem]:
    """A problem for each term that does not begin after the one before it."""
    dated = [(term, starts[term]) for term in order if term in starts]
    return [
        protocol_problem(
            f"[terms.starts] {term} begins in {start}, not after {earlier} ({earlier_start})",
            "Put the terms in the order in which they begin.",
        )
        for (earlier, earlier_start), (term, start) in pairwise(dated)
        if start <= earlier_start
    ]


def _check_schools(protocol: Protocol) -> list[Problem]:
    problems = each_once(
        "[schools] printed_as: the label", (label for school in protocol.schools for label in set(school.printed_as))
    )
    same = Counter(plain_name(school.id) for school in protocol.schools)
    for plain, times in same.items():
        if times > 1:
            ids = [school.id for school in protocol.schools if plain_name(school.id) == plain]
            problems.append(
                protocol_problem(
                    f"[schools] {' and '.join(ids)} differ only in their spelling",
                    "Keep one, and name both labels in its printed_as.",
                )
            )
    return problems


def _check_analysis(protocol: Protocol) -> list[Problem]:
    problems = _check_strata(protocol)
    clustered = any(school.cluster for school in protocol.schools if school.arm == "intervention")
    if protocol.analysis.permutation_unit == "cluster" and not clustered:
        problems.append(
            protocol_problem(
                '[analysis] permutation_unit = "cluster", but no school with a social worker has a cluster',
                "Give each its cluster, or take permutation_unit out.",
            )
        )
    if protocol.analysis.worthwhile_rate_ratio == 1:
        problems.append(
            protocol_problem(
                "[analysis] worthwhile_rate_ratio is 1, which is no effect",
                "Write the smallest effect that would be worth having: below 1 for a fall, above 1 for a rise.",
            )
        )
    return problems


def _check_strata(protocol: Protocol) -> list[Problem]:
    by = protocol.analysis.strata
    if by == "none":
        return []
    lacking = [school.id for school in protocol.schools if not getattr(school, by)]
    if not lacking:
        return []
    return [
        protocol_problem(
            f'[analysis] strata = "{by}", but {", ".join(lacking)} have no {by}', f"Give every school its {by}."
        )
    ]


def _check_outcome(outcome: Outcome, protocol: Protocol) -> list[Problem]:
    ids = [school.id for school in protocol.schools]
    where = f"[[outcome]] {outcome.code}"
    problems = []
    for school in outcome.schools or ():
        problems += check_known(f"{where} schools", school, ids)
    problems += each_once(f"{where} schools:", outcome.schools or ())
    if outcome.constant_school is not None:
        problems += check_known(f"{where} constant_school", outcome.constant_school, outcome.schools or ids)
    return problems


def _check_correction(correction: Correction, where: str, protocol: Protocol) -> list[Problem]:
    problems = check_known(f"{where} outcome", correction.outcome, (o.code for o in protocol.outcomes))
    problems += check_known(f"{where} school", correction.school, (s.id for s in protocol.schools))
    if problems:
        return problems
    if correction.field == "count":
        return _check_count_correction(correction, where, protocol)
    return _check_arm_correction(correction, where, protocol)


def _check_count_correction(correction: Correction, where: str, protocol: Protocol) -> list[Problem]:
    if correction.term is None:
        return [protocol_problem(f"{where} corrects a count but has no term", "Name the term.")]
    problems = check_known(f"{where} term", correction.term, protocol.terms.order)
    for name, value in (("printed", correction.printed), ("corrected", correction.corrected)):
        if not isinstance(value, int) or value < 0:
            problems.append(protocol_problem(f"{where} {name} is not a count", "Write a whole number of 0 or more."))
    return problems


def _check_arm_correction(correction: Correction, where: str, protocol: Protocol) -> list[Problem]:
    arms = ("intervention", "comparison")
    problems = [
        protocol_problem(f"{where} {name} is not an arm", f"Write one of: {', '.join(arms)}.")
        for name, value in (("printed", correction.printed), ("corrected", correction.corrected))
        if value not in arms
    ]
    if correction.term is not None:
        problems.append(protocol_problem(f"{where} corrects an arm but has a term", "Take the term out."))
    arm = protocol.school(correction.school).arm
    if correction.corrected != arm:
        problems.append(
            protocol_problem(
                f"{where} corrects the arm of {correction.school} to {correction.corrected}, "
                f"but [schools.{correction.school}] has {arm}",
                "Make them agree.",
            )
        )
    return problems
