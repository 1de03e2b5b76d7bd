"""What a trial's folder says against itself, and what a reader has to know: not wrong enough to stop."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import fields

from swis.study.finding import Finding, Severity
from swis.study.trial.keys import TRIAL_FILE
from swis.study.trial.protocol import TrialProtocol
from swis.study.trial.rows import TrialSchool
from swis.tables.trial_schools import TRIAL_SCHOOLS


def check_trial(protocol: TrialProtocol, schools: Sequence[TrialSchool]) -> list[Finding]:
    """Every finding on the design and on what became of the schools."""
    return [
        *_check_launch(protocol),
        *_check_terms(protocol),
        *_check_authorities(schools),
        *_check_received(schools),
        *_check_changes(protocol),
        *_check_tidier(protocol),
        *(
            Finding(note.severity, "declared_note", TRIAL_FILE, note.what, note.what_to_do, outcome=note.outcome)
            for note in protocol.notes
        ),
    ]


def _find(severity: Severity, code: str, what: str, what_to_do: str, *, term: str = "") -> Finding:
    return Finding(severity, code, TRIAL_FILE, what, what_to_do, term=term)


def _find_rows(severity: Severity, code: str, what: str, what_to_do: str, schools: Iterable[TrialSchool]) -> Finding:
    rows = tuple(each.row for each in schools)
    return Finding(severity, code, TRIAL_SCHOOLS.file, what, what_to_do, rows=rows)


def _check_launch(protocol: TrialProtocol) -> list[Finding]:
    terms, findings = protocol.terms, []
    undated = [term for term in (*terms.baseline, *terms.follow_up) if term not in terms.starts]
    if undated:
        what = f"{len(undated)} terms have no month in [terms.starts]: {', '.join(undated)}"
        to_do = "Add the months, so that the terms can be held against the launch."
        findings.append(_find("note", "launch_not_checked", what, to_do))
    for term, start in terms.starts.items():
        if term in terms.baseline and start >= protocol.launched:
            what = f"the baseline term {term} begins in {start}, at or after the launch in {protocol.launched}"
            to_do = "What is adjusted for must lie before the programme: take the term out of the baseline."
            findings.append(_find("warning", "baseline_after_launch", what, to_do, term=term))
        if term in terms.follow_up and start < protocol.launched:
            what = f"the follow-up term {term} begins in {start}, before the launch in {protocol.launched}"
            to_do = "It holds time without the programme, which makes the effect look smaller."
            findings.append(_find("warning", "follow_up_before_launch", what, to_do, term=term))
    return findings


def _check_terms(protocol: TrialProtocol) -> list[Finding]:
    terms, findings = protocol.terms, []
    unused = [term for term in terms.order if term not in (*terms.baseline, *terms.follow_up)]
    if unused:
        what = f"{', '.join(unused)} are neither baseline nor follow-up"
        findings.append(_find("note", "term_not_used", what, "They enter no number."))
    if not terms.baseline:
        what = "no term before the draw is named as baseline"
        to_do = "Rates before the draw are not adjusted for, and the trial can find less."
        findings.append(_find("warning", "no_baseline", what, to_do))
    return findings


def _check_authorities(schools: Sequence[TrialSchool]) -> list[Finding]:
    arms: dict[str, set[str]] = defaultdict(set)
    for each in schools:
        arms[each.authority].add(each.arm)
    lone = [name for name, both in arms.items() if len(both) < 2]
    if not lone:
        return []
    what = f"{', '.join(lone)} {'has' if len(lone) == 1 else 'have'} schools of one arm only"
    to_do = "They say nothing of the effect: schools are compared within authorities."
    return [_find_rows("warning", "authority_with_one_arm", what, to_do, (s for s in schools if s.authority in lone))]


def _check_received(schools: Sequence[TrialSchool]) -> list[Finding]:
    if all(each.received is None for each in schools):
        what = "received is empty throughout: whether schools had a worker is not known"
        return [_find_rows("note", "received_not_known", what, "There is no per-protocol analysis.", ())]
    findings = []
    unknown = [each for each in schools if each.arm == "intervention" and each.received is None]
    without = [each for each in schools if each.arm == "intervention" and each.received is False]
    crossed = [each for each in schools if each.arm == "comparison" and each.received]
    if unknown:
        what = f"of {_many(unknown)} drawn for a worker it is not known whether they had one"
        to_do = "There is no per-protocol analysis until that is filled in."
        findings.append(_find_rows("warning", "received_not_known", what, to_do, unknown))
    if without:
        what = f"{_many(without)} drawn for a worker had none"
        to_do = "Intention to treat counts them as drawn; see per protocol beside it."
        findings.append(_find_rows("warning", "did_not_receive", what, to_do, without))
    if crossed:
        what = f"{_many(crossed)} drawn for no worker had one"
        to_do = "Intention to treat counts them as drawn; there is no complier average."
        findings.append(_find_rows("warning", "crossed_over", what, to_do, crossed))
    return findings


def _many(schools: Sequence[TrialSchool]) -> str:
    return f"{len(schools)} school{'' if len(schools) == 1 else 's'}"


def _check_changes(protocol: TrialProtocol) -> list[Finding]:
    to_do = "It stays in the arm that was drawn; the flow diagram counts it."
    return [_find("note", "school_changed", str(change), to_do) for change in protocol.changes]


def _check_tidier(protocol: TrialProtocol) -> list[Finding]:
    items = [field.name for field in fields(protocol.tidier)]
    missing = [name for name in items if getattr(protocol.tidier, name) is None]
    if not missing:
        return []
    what = f"[tidier] lacks {len(missing)} of {len(items)} items: {', '.join(missing)}"
    return [_find("note", "tidier_incomplete", what, "Nobody could repeat what is not told. Write them.")]
