"""What is due for disposal: over its time, under no legal hold, about no child for whom a request for access is open."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from service.enquiries.models import EnquiryStep
from service.enquiries.models import State as EnquiryState
from service.practice.models import ChildReference, Contact
from service.records.holdings import rows_of
from service.records.models import Category, LegalHold, RequestState, RetentionRule, SubjectRequest, Trigger
from service.records.plans import EVIDENCE, PLANS, Plan
from service.records.retention import latest_day
from service.reviews.models import ActionState, ReviewAction
from service.reviews.models import State as ReviewState
from service.schools.models import Authority

Rows = models.QuerySet[Any]
EVERYTHING, NOTHING = Q(pk__isnull=False), Q(pk__in=[])
RUNNING = (RequestState.OPEN, RequestState.SIGNED)


def due_under(rule: RetentionRule, *, held: bool = False) -> list[tuple[Plan, Rows]]:
    """The rows of each root of a category that are due today under a rule, without those under a hold.

    With `held` the other way round: those over their time that a hold, or an open request for access, keeps.
    """
    latest = latest_day(rule, timezone.localdate())
    if latest is None:
        return []
    category = Category(rule.category)
    over = [(plan, _over_time(category, plan, rule, latest)) for plan in PLANS[category]]
    return [(plan, (rows.filter if held else rows.exclude)(_kept(plan, rule))) for plan, rows in over]


def count_due(rule: RetentionRule, *, held: bool = False) -> int:
    """How many things are due under a rule: an entry of the log counts once, however many versions it has."""
    return sum(keys_of(plan, rows).count() for plan, rows in due_under(rule, held=held))


def is_due(rule: RetentionRule) -> bool:
    """Whether anything is due under a rule, without counting it."""
    return any(rows.exists() for _, rows in due_under(rule))


def keys_of(plan: Plan, rows: Rows) -> Rows:
    """The public ids of what is due, each once; of a contact the id of its entry."""
    return rows.order_by().values_list(plan.key, flat=True).distinct()


def _over_time(category: Category, plan: Plan, rule: RetentionRule, latest: date) -> Rows:
    match category:
        case Category.CONTACTS:
            return _contacts(rule, latest)
        case Category.CHILDREN:
            return _children(rule, latest)
        case Category.PROGRAMME:
            return rows_of(plan.model, rule.authority)
        case Category.EVIDENCE:
            return evidence_of(rule.authority)[plan.label]
    return _by_day(category, plan, rule, latest)


def _busy(trigger: str, latest: date) -> Q:
    """Children with open involvement, or whose last contact or involvement lies after the day."""
    busy = Q(involvements__isnull=False, involvements__closed=None) | Q(contacts__date__gt=latest)
    return busy | Q(involvements__closed__gt=latest) if trigger == Trigger.CLOSURE else busy


def _contacts(rule: RetentionRule, latest: date) -> Rows:
    """Every version of the entries of which each version, and each child that one is about, is over its time."""
    versions = Contact._base_manager.filter(entry=OuterRef("entry"))
    spoken_of = ChildReference._base_manager.filter(contacts__entry=OuterRef("entry"))
    busy = spoken_of.filter(_busy(rule.trigger, latest))  # of another contact, so in a filter of its own
    mine = rows_of(Contact, rule.authority).filter(date__lte=latest)
    return mine.exclude(Exists(versions.filter(date__gt=latest))).exclude(Exists(busy))


def _children(rule: RetentionRule, latest: date) -> Rows:
    """Children to whom nothing of another category refers any more."""
    mine = rows_of(ChildReference, rule.authority).filter(created_at__lt=_end_of(latest))
    mentioned = Q(contacts__isnull=False) | Q(review_items__isnull=False) | Q(review_actions__isnull=False)
    busy = ChildReference._base_manager.filter(mentioned | _busy(rule.trigger, latest))
    return mine.exclude(pk__in=busy.values("pk"))


def _by_day(category: Category, plan: Plan, rule: RetentionRule, latest: date) -> Rows:
    """Rows whose day is over, and which nobody waits for any more."""
    rows = rows_of(plan.model, rule.authority)
    if category == Category.ENQUIRIES:
        later = EnquiryStep._base_manager.filter(enquiry=OuterRef("pk"), at__gte=_end_of(latest))
        rows = rows.exclude(state=EnquiryState.WAITING).exclude(Exists(later))
    if category == Category.REVIEWS:
        unsettled = ReviewAction._base_manager.filter(review=OuterRef("pk"), state=ActionState.OPEN)
        rows = rows.exclude(state=ReviewState.PLANNED).exclude(Exists(unsettled))
    return rows.filter(**_until(plan, latest))


def _until(plan: Plan, latest: date) -> dict[str, Any]:
    return {f"{plan.day}__lt": _end_of(latest)} if _is_moment(plan) else {f"{plan.day}__lte": latest}


def _is_moment(plan: Plan) -> bool:
    return isinstance(plan.model._meta.get_field(plan.day), models.DateTimeField)


def _end_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


def evidence_of(authority: Authority) -> dict[str, Rows]:
    """Studies of this authority alone, panels and jobs that no other study stands on, and its released figures."""
    study, panel, job = (apps.get_model(f"evidence.{name}") for name in ("Study", "Panel", "Job"))
    others = Authority.objects.exclude(pk=authority.pk)
    shared = study._base_manager.filter(authorities__in=others).values("pk")
    studies = study._base_manager.filter(authorities=authority).exclude(pk__in=shared)
    still = study._base_manager.exclude(pk__in=studies.values("pk"))
    panels = panel._base_manager.filter(authority=authority).exclude(
        pk__in=still.filter(panels__isnull=False).values("panels")
    )
    jobs = job._base_manager.filter(
        Q(study__in=studies) | Q(panel__in=panels) | Q(authority=authority, panel=None, study=None)
    )
    release = apps.get_model("sight.Release")._base_manager.filter(authority=authority)
    return dict(zip((plan.label for plan in EVIDENCE), (studies, panels, jobs, release), strict=True))


def _kept(plan: Plan, rule: RetentionRule) -> Q:
    """Which rows a legal hold, or an open request for access, keeps."""
    holds = LegalHold.objects.filter(authority=rule.authority, released_at=None)
    if not plan.children and not plan.schools:
        return EVERYTHING if holds.filter(child=None).exists() else NOTHING
    kept = NOTHING
    running = SubjectRequest._base_manager.filter(state__in=RUNNING, child__authority=rule.authority).values("child")
    for path in plan.children:
        kept |= Q(**{f"{path}__in": running})
    for hold in holds:
        if hold.child_id is None or plan.children:
            kept |= _under(hold, plan)
    keys = plan.rows.filter(kept).values(plan.key)
    return Q(**{f"{plan.key}__in": keys})


def _under(hold: LegalHold, plan: Plan) -> Q:
    under = EVERYTHING
    if hold.child_id is not None:
        under &= _any(plan.children, hold.child_id)
    if hold.school_id is not None:
        under &= _any(plan.schools, hold.school_id)
    if plan.day:
        part = f"{plan.day}__date" if _is_moment(plan) else plan.day
        under &= Q(**{f"{part}__gte": hold.first}) if hold.first else Q()
        under &= Q(**{f"{part}__lte": hold.last}) if hold.last else Q()
    return under


def _any(paths: tuple[str, ...], value: int) -> Q:
    matches = NOTHING
    for path in paths:
        matches |= Q(**{path: value})
    return matches
