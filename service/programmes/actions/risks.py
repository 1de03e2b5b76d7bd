"""Risks and issues: raised, judged again, closed."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from service.accounts.models import User
from service.audit.models import Action
from service.audit.record import record
from service.permissions import Permission, require
from service.programmes.models import Risk, RiskKind, RiskReview
from service.schools.models import Authority

HAPPENED = 5  # the likelihood of an issue


@transaction.atomic
def raise_risk(
    *, by: User, authority: Authority, kind: str, what: str, likelihood: int, impact: int, mitigation: str, owner: str
) -> Risk:
    """Raise a risk, or an issue (what has happened already: its likelihood is 5)."""
    require(by, Permission.MANAGE_PROGRAMME, authority=authority)
    judged = _judge(kind, likelihood=likelihood, impact=impact, mitigation=mitigation, owner=owner)
    if not what.strip():
        raise ValidationError({"what": "Say what may happen or has happened."})
    risk = Risk.objects.create(
        authority=authority, what=what.strip(), raised_on=timezone.localdate(), raised_by=by, **judged
    )
    _keep_review(by, risk, remark="Raised")
    record(Action.CREATE, by=by, subject=risk, details={"kind": kind, "score": risk.score})
    return risk


@transaction.atomic
def review_risk(
    *, by: User, risk: Risk, kind: str, likelihood: int, impact: int, mitigation: str, owner: str, remark: str = ""
) -> Risk:
    """Judge a risk again; how it was judged before is kept."""
    risk = _lock_open(by, risk)
    judged = _judge(kind, likelihood=likelihood, impact=impact, mitigation=mitigation, owner=owner)
    for name, value in judged.items():
        setattr(risk, name, value)
    risk.save(update_fields=list(judged))
    _keep_review(by, risk, remark=remark)
    record(Action.CHANGE, by=by, subject=risk, details={"kind": kind, "score": risk.score})
    return risk


@transaction.atomic
def close_risk(*, by: User, risk: Risk, reason: str) -> Risk:
    """Close a risk with the reason."""
    risk = _lock_open(by, risk)
    if not reason.strip():
        raise ValidationError({"reason": "Say why it is closed."})
    risk.closed_on, risk.closed_because = timezone.localdate(), reason.strip()
    risk.save(update_fields=["closed_on", "closed_because"])
    record(Action.CHANGE, by=by, subject=risk, details={"changed": ["closed_on"]})
    return risk


def _judge(kind: str, *, likelihood: int, impact: int, mitigation: str, owner: str) -> dict[str, Any]:
    problems = {}
    if kind not in RiskKind.values:
        problems["kind"] = "Choose risk or issue."
    for name, level in (("likelihood", likelihood), ("impact", impact)):
        if not 1 <= level <= 5:
            problems[name] = "Choose a level from 1 to 5."
    for name, text in (("mitigation", mitigation), ("owner", owner)):
        if not text.strip():
            problems[name] = "Say who owns it." if name == "owner" else "Say what is done about it."
    if problems:
        raise ValidationError(problems)
    return {
        "kind": kind,
        "likelihood": HAPPENED if kind == RiskKind.ISSUE else likelihood,
        "impact": impact,
        "mitigation": mitigation.strip(),
        "owner": owner.strip(),
    }


def _keep_review(by: User, risk: Risk, *, remark: str) -> None:
    RiskReview.objects.create(
        risk=risk, kind=risk.kind, likelihood=risk.likelihood, impact=risk.impact, mitigation=risk.mitigation,
        owner=risk.owner, remark=remark.strip(), reviewed_on=timezone.localdate(), reviewed_by=by,
    )  # fmt: skip


def _lock_open(by: User, risk: Risk) -> Risk:
    risk = Risk.objects.select_for_update(of=("self",)).get(pk=risk.pk)
    require(by, Permission.MANAGE_PROGRAMME, authority=risk.authority)
    if risk.closed_on is not None:
        raise ValidationError("It is closed already. Raise it anew.")
    return risk
