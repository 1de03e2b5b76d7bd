"""study.toml and trial.toml, written as a person would."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from service.evidence.composing.arms import StudySchool
from service.evidence.composing.timeline import Timeline
from service.evidence.models import Study
from service.loading import when_used
from swis.panel.outcomes import OUTCOMES, Kind, Outcome, outcome_of

if TYPE_CHECKING:
    from swis.design.allocation import certificate
else:
    certificate = when_used("swis.design.allocation.certificate")

SOURCE = "panels built in the service"
CHOSEN = tuple(each for each in OUTCOMES if each.kind is not Kind.SESSIONS)
"""The outcomes of a panel that a study composed here can have. Sessions are left to a folder written by hand."""


def write_study_toml(
    study: Study, schools: Sequence[StudySchool], labels: Mapping[str, str], timeline: Timeline
) -> str:
    """The protocol of a comparison, without money."""
    names = [authority.name for authority in study.authorities.all()]
    lines = [
        "format = 1",
        "",
        "[study]",
        f"title = {quote(study.title)}",
        f"authority = {quote(', '.join(names))}",
        f"launched = {quote(study.launched)}",
        'comparison = "matched comparison"',
        f"source = {quote(SOURCE)}",
        "",
        "[terms]",
        f"order = {quote_all(timeline.order)}",
        f"reference = {quote(study.reference)}",
        f"after = {quote_all(timeline.after)}",
        "",
        *_write_months(timeline),
        "[schools]",
    ]
    for each in schools:
        label = labels.get(each.school.urn, each.school.urn)
        lines.append(f"{quote(label)} = {{ arm = {quote(each.arm)}, phase = {quote(each.phase)} }}")
    lines.append("")
    for code in study.outcomes:
        lines += _write_outcome(outcome_of(code), timeline)
        lines += [f"primary = {'true' if code == study.outcomes[0] else 'false'}", ""]
    return "\n".join(lines).rstrip() + "\n"


def write_trial_toml(study: Study, timeline: Timeline) -> str:
    """The protocol of a trial, without money."""
    lines = [
        "format = 1",
        "",
        "[trial]",
        f"title = {quote(study.title)}",
        f"authorities = {quote_all([authority.name for authority in study.authorities.all()])}",
        f"launched = {quote(study.launched)}",
        f"primary = {quote(study.outcomes[0])}",
        f"certificate = {quote(certificate.CERTIFICATE_FILE)}",
        f"source = {quote(SOURCE)}",
        "",
        "[terms]",
        f"order = {quote_all(timeline.order)}",
        f"baseline = {quote_all(timeline.before)}",
        f"follow_up = {quote_all(timeline.after)}",
        "",
        *_write_months(timeline),
    ]
    for code in study.outcomes:
        lines += [*_write_outcome(outcome_of(code), timeline), ""]
    return "\n".join(lines).rstrip() + "\n"


def _write_months(timeline: Timeline) -> Iterator[str]:
    yield "[terms.starts]"
    yield from (f"{quote(term.name)} = {quote(term.starts)}" for term in timeline.terms)
    yield from ("", "[terms.days]")
    yield from (f"{quote(term.name)} = {term.days}" for term in timeline.terms)
    yield ""


def _write_outcome(outcome: Outcome, timeline: Timeline) -> list[str]:
    days = outcome.kind is Kind.DAYS
    return [
        "[[outcome]]",
        f"code = {quote(outcome.code)}",
        f"name = {quote(outcome.name)}",
        f'kind = "{"days" if days else "events"}"',
        *([f"unit_of_count = {max(term.days for term in timeline.terms)}"] if days else []),
    ]


def write_money(quarter: str) -> str:
    """How the claims of a quarter become a cost. Money is no part of a plan, and follows when there are claims."""
    return f"\n[money]\nprice_year = {quarter[:4]}\nperiod = {quote(quarter)}\nmonths = 3\n"


def quote(text: str) -> str:
    """A text as TOML has it, which quotes as JSON does but for the delete character."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def quote_all(texts: Sequence[str]) -> str:
    return f"[{', '.join(quote(text) for text in texts)}]"
