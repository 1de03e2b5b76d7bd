"""What the design of a study means for what can be told: launch, arms, clusters, coverage."""

from __future__ import annotations

from collections.abc import Sequence

from swis.study.finding import Finding, Severity
from swis.study.protocol import Outcome, Protocol
from swis.study.school_term import SchoolTerm, schools_in_printed_order
from swis.study.section import PROTOCOL_FILE


def check_design(protocol: Protocol, cells: Sequence[SchoolTerm]) -> list[Finding]:
    """Every finding on the design."""
    findings = [*_check_launch(protocol), *_check_primary(protocol), *_check_coverage(protocol, cells)]
    for outcome in protocol.outcomes:
        findings += _check_arms(protocol, outcome, schools_in_printed_order(outcome, cells))
    for note in protocol.notes:
        findings.append(
            Finding(note.severity, "declared_note", PROTOCOL_FILE, note.what, note.what_to_do, outcome=note.outcome)
        )
    return findings


def _find(severity: Severity, code: str, what: str, what_to_do: str, *, outcome: str = "", term: str = "") -> Finding:
    return Finding(severity, code, PROTOCOL_FILE, what, what_to_do, outcome=outcome, term=term)


def _check_launch(protocol: Protocol) -> list[Finding]:
    terms, launched = protocol.terms, protocol.launched
    undated = [term for term in terms.order if term not in terms.starts]
    findings = []
    if undated:
        what = f"{len(undated)} terms have no month in [terms.starts]: {', '.join(undated)}"
        to_do = "Add the months, so that the terms can be held against the launch."
        findings.append(_find("note", "launch_not_checked", what, to_do))
    for term, start in terms.starts.items():
        if term == terms.reference and start >= launched:
            what = f"the reference term {term} begins in {start}, at or after the launch in {launched}"
            to_do = "Its contrast is not with a time before the programme. Show the result with an earlier reference."
            findings.append(_find("warning", "reference_after_launch", what, to_do, term=term))
        elif term not in terms.after and start >= launched:
            what = f"{term} begins in {start}, at or after the launch in {launched}, but is taken as before it"
            findings.append(
                _find("warning", "before_term_after_launch", what, "Show the result without it.", term=term)
            )
        elif term in terms.after and start < launched:
            what = f"{term} begins in {start}, before the launch in {launched}, but is taken as after it"
            findings.append(
                _find("warning", "after_term_before_launch", what, "Show the result without it.", term=term)
            )
    return findings


def _check_primary(protocol: Protocol) -> list[Finding]:
    primary = [outcome.code for outcome in protocol.outcomes if outcome.primary]
    if len(primary) == 1 or len(protocol.outcomes) == 1:
        return []
    if not primary:
        what, to_do = "no outcome is primary", "Every outcome is judged as one of a family."
        return [_find("note", "no_primary_outcome", what, to_do)]
    what = f"{len(primary)} outcomes are primary: {', '.join(primary)}"
    return [_find("note", "several_primary_outcomes", what, "They are judged as one family.")]


def _check_coverage(protocol: Protocol, cells: Sequence[SchoolTerm]) -> list[Finding]:
    programme = protocol.programme
    findings = []
    if programme.schools is not None:
        analysed = {
            outcome.code: sum(
                protocol.school(school).arm == "intervention" for school in schools_in_printed_order(outcome, cells)
            )
            for outcome in protocol.outcomes
        }
        if any(number != programme.schools for number in analysed.values()):
            said = ", ".join(f"{number} in {code}" for code, number in analysed.items())
            what = f"of {programme.schools} schools with the programme, the analyses hold {said}"
            to_do = "The effect is that of the schools analysed, and they may differ from outcome to outcome."
            findings.append(_find("warning", "programme_schools_not_analysed", what, to_do))
    if programme.schools and programme.clusters and programme.clusters < programme.schools:
        what = f"the programme was given to {_clusters(programme.clusters)} of {programme.schools} schools in all"
        to_do = "Schools of one cluster share their workers: there are fewer independent units than schools."
        findings.append(_find("warning", "given_to_clusters", what, to_do))
    return findings


def _check_arms(protocol: Protocol, outcome: Outcome, schools: Sequence[str]) -> list[Finding]:
    findings = []
    for arm, word in (("intervention", "with"), ("comparison", "without")):
        of_arm = [protocol.school(school) for school in schools if protocol.school(school).arm == arm]
        if len(of_arm) == 1:
            what = f"{outcome.code}: only one school {word} a social worker, {of_arm[0].id}"
            to_do = "The effect cannot be told from what is peculiar to that school."
            findings.append(_find("warning", "one_school_in_arm", what, to_do, outcome=outcome.code))
        clusters = {school.cluster or school.id for school in of_arm}
        if len(clusters) < len(of_arm):
            what = f"{outcome.code}: the {len(of_arm)} schools {word} a social worker form {_clusters(len(clusters))}"
            to_do = "Permutation of schools is optimistic; see also the result by cluster."
            findings.append(_find("warning", "fewer_clusters_than_schools", what, to_do, outcome=outcome.code))
    return findings


def _clusters(number: int) -> str:
    return "one cluster" if number == 1 else f"{number} clusters"
