"""Placing, covering, changing and ending; a placement brings its worker's sight of the school and takes it away."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from service.accounts.actions import memberships
from service.accounts.models import Membership, User
from service.audit.models import Action
from service.audit.record import record
from service.permissions import Permission, Role, require
from service.programmes.models import Arm, Mode, Placement, SchoolArm, WorkerProfile
from service.schools.models import School

DAY = timedelta(days=1)
LONGEST_BACK = timedelta(days=366)  # a membership begins no earlier; the placement itself may


@transaction.atomic
def place_worker(
    *,
    by: User,
    worker: User,
    school: School,
    mode: str,
    base: str,
    weekdays: Sequence[int],
    share_of_time: int,
    starts: date,
    ends: date | None = None,
    shares_with: str = "",
) -> Placement:
    """Place a worker in a school on agreed weekdays, and let her see it from the first day.

    Refused: a comparison school of a published allocation while it is to stay one, a second placement of the worker in the
    school at the same time, and more than her whole week in all.
    """
    require(by, Permission.MANAGE_PLACEMENTS, school=school)
    placement = Placement(
        worker=worker, school=school, mode=mode, base=base.strip(), weekdays=_days(weekdays), shares_with=shares_with.strip(),
        share_of_time=share_of_time, starts=starts, ends=ends, placed_by=by,
    )  # fmt: skip
    _check_worker(worker)
    _check_terms(placement)
    _check_comparison(school, starts)
    _check_overlap(placement)
    _check_week(placement)
    return _begin(by, placement, details={"mode": mode, "share_of_time": share_of_time})


@transaction.atomic
def cover(*, by: User, placement: Placement, worker: User, starts: date, ends: date) -> Placement:
    """Let somebody stand in for an absent worker on the same terms, from a first to a last day.

    Refused: days outside the placement, and days that somebody covers already.
    """
    placement = _lock(placement)
    require(by, Permission.MANAGE_PLACEMENTS, school=placement.school)
    _check_worker(worker)
    if worker.pk == placement.worker_id:
        raise ValidationError({"worker": "Somebody else has to cover."})
    if ends < starts:
        raise ValidationError({"ends": "The last day must not lie before the first."})
    if starts < placement.starts or (placement.ends is not None and ends > placement.ends):
        raise ValidationError({"starts": "Cover lies within the placement that it is for."})
    if placement.covers_id is not None:
        raise ValidationError({"starts": "Cover the placement itself, not the cover of it."})
    if Placement.objects.within_days(starts, ends).filter(covers=placement).exists():
        raise ValidationError({"starts": "Somebody covers on these days already. End that cover first."})
    standing_in = Placement(
        worker=worker, school=placement.school, mode=placement.mode, base=placement.base, weekdays=placement.weekdays,
        shares_with=placement.shares_with, share_of_time=placement.share_of_time, starts=starts, ends=ends,
        covers=placement, placed_by=by,
    )  # fmt: skip
    _check_overlap(standing_in)
    return _begin(by, standing_in, details={"covers": str(placement.public_id)})


@transaction.atomic
def end_placement(*, by: User, placement: Placement, on: date, reason: str) -> Placement:
    """End a placement with its last day: one that has not begun is called off. Cover and feeder schools end with it."""
    placement = _lock(placement)
    require(by, Permission.MANAGE_PLACEMENTS, school=placement.school)
    if not reason.strip():
        raise ValidationError({"reason": "Say why the placement ends."})
    _end(by, placement, on=on, reason=reason.strip())
    for depending in Placement.objects.filter(anchor=placement) | Placement.objects.filter(covers=placement):
        if depending.ends is None or depending.ends > on:
            _end(by, depending, on=on, reason="Ended with the placement that it belongs to.")
    return placement


@transaction.atomic
def change_placement(*, by: User, placement: Placement, starts: date, reason: str, **terms: Any) -> Placement:
    """Let other terms hold from a day: the placement ends the day before and another follows it.

    `terms` are those of `place_worker`: mode, base, weekdays, share_of_time, shares_with, or worker for a change of worker.
    """
    old = _lock(placement)
    require(by, Permission.MANAGE_PLACEMENTS, school=old.school)
    if starts <= old.starts:
        raise ValidationError({"starts": "Other terms begin after the first day of the placement."})
    if old.covers_id is not None:
        raise ValidationError({"starts": "End the cover and enter another."})
    last = old.ends
    depending = [each for each in old.feeders.all() if each.ends is None or each.ends >= starts]
    end_placement(by=by, placement=old, on=starts - DAY, reason=reason)
    kept = {name: getattr(old, name) for name in ("worker", "mode", "base", "weekdays", "share_of_time", "shares_with")}
    kept |= terms
    if kept["mode"] != Mode.SHARED_OFFICE:
        kept["shares_with"] = ""
    following = place_worker(by=by, school=old.school, starts=starts, ends=last, **kept)
    following.follows = old
    following.save(update_fields=["follows"])
    for feeder in depending:
        again = {"mode": feeder.mode, "base": feeder.base, "weekdays": feeder.weekdays}
        share = min(feeder.share_of_time, following.share_of_time)
        serve_feeder(by=by, placement=following, school=feeder.school, share_of_time=share, **again)
    return following


@transaction.atomic
def serve_feeder(
    *,
    by: User,
    placement: Placement,
    school: School,
    mode: str = Mode.VISITS,
    base: str,
    weekdays: Sequence[int],
    share_of_time: int,
) -> Placement:
    """Let the worker of a secondary school serve one of its feeder primaries too, for as long as she is placed there.

    Its share of time lies within that of the placement, and is not counted again.
    """
    placement = _lock(placement)
    require(by, Permission.MANAGE_PLACEMENTS, school=school)
    if not School.objects.filter(pk=school.pk, feeds__secondary=placement.school).exists():
        raise ValidationError({"school": f"{school} is no feeder primary of {placement.school}."})
    if share_of_time > placement.share_of_time:
        raise ValidationError(
            {"share_of_time": f"It lies within the {placement.share_of_time} per cent of the placement."}
        )
    today = timezone.localdate()
    feeder = Placement(
        worker=placement.worker, school=school, mode=mode, base=base.strip(), weekdays=_days(weekdays),
        share_of_time=share_of_time, starts=max(placement.starts, min(today, placement.ends or today)),
        ends=placement.ends, anchor=placement, placed_by=by,
    )  # fmt: skip
    _check_terms(feeder)
    _check_comparison(school, feeder.starts)
    _check_overlap(feeder)
    return _begin(by, feeder, details={"anchor": str(placement.public_id)})


def _begin(by: User, placement: Placement, *, details: dict[str, Any]) -> Placement:
    """Write the placement, its membership and its entry in the audit."""
    placement.membership = memberships.grant(
        by=by,
        user=placement.worker,
        role=Role.SOCIAL_WORKER,
        school=placement.school,
        starts=max(placement.starts, timezone.localdate() - LONGEST_BACK),
        ends=placement.ends,
    )
    placement.save(force_insert=True)
    details |= {"worker": str(placement.worker.public_id), "starts": placement.starts.isoformat()}
    record(Action.CREATE, by=by, subject=placement, details=details)
    return placement


def _end(by: User, placement: Placement, *, on: date, reason: str) -> None:
    if placement.was_called_off or (placement.ends is not None and on > placement.ends):
        raise ValidationError({"on": "The placement has ended before that day."})
    before = placement.ends.isoformat() if placement.ends else None
    placement.ends = max(on, placement.starts - DAY)
    placement.end_reason = reason
    placement.save(update_fields=["ends", "end_reason"])
    _take_sight_away(by, placement)
    details = {"changed": ["ends", "end_reason"], "before": before, "after": placement.ends.isoformat()}
    record(Action.CHANGE, by=by, subject=placement, details=details)


def _take_sight_away(by: User, placement: Placement) -> None:
    """End the membership of a placement, and what the worker was given at the school without one, such as by invitation."""
    last = max(placement.ends or date.max, timezone.localdate() - DAY)
    held = Membership.objects.filter(user=placement.worker, school=placement.school, role=Role.SOCIAL_WORKER.value)
    for membership in held.filter(Q(placement=placement) | Q(placement=None)):
        if membership.ends is None or membership.ends > last:
            memberships.end(by=by, membership=membership, on=last)


def _lock(placement: Placement) -> Placement:
    return Placement.objects.select_for_update(of=("self",)).get(pk=placement.pk)


def _days(weekdays: Iterable[int]) -> list[int]:
    days = sorted({int(day) for day in weekdays})
    if not days or not set(days) <= set(range(5)):
        raise ValidationError({"weekdays": "Choose at least one day from Monday to Friday."})
    return days


def _check_worker(worker: User) -> None:
    """Lock the worker, so that two placements at the same moment see one another. Raises `ValidationError` for another person."""
    worker = User.objects.select_for_update().get(pk=worker.pk)
    known = worker.memberships.filter(role=Role.SOCIAL_WORKER.value).exists()
    if not worker.is_active or not (known or WorkerProfile.objects.filter(worker=worker).exists()):
        raise ValidationError({"worker": "Choose somebody who is invited as a social worker in schools."})


def _check_terms(placement: Placement) -> None:
    problems = {}
    if placement.mode not in Mode.values:
        problems["mode"] = "Choose how the worker is in the school."
    if not placement.base:
        problems["base"] = "Say where the worker is to be found."
    if placement.mode == Mode.SHARED_OFFICE and not placement.shares_with:
        problems["shares_with"] = "Say with whom the office is shared."
    if placement.mode != Mode.SHARED_OFFICE and placement.shares_with:
        problems["shares_with"] = "Only a shared office is shared with somebody."
    if not 1 <= placement.share_of_time <= 100:
        problems["share_of_time"] = "Give a share from 1 to 100 per cent of a full week."
    if placement.ends is not None and placement.ends < placement.starts:
        problems["ends"] = "The last day must not lie before the first."
    if problems:
        raise ValidationError(problems)


def _check_comparison(school: School, starts: date) -> None:
    """Raises `ValidationError` at a comparison school, by arms that are told; one that is not told shows in nothing here."""
    told = SchoolArm.objects.live().filter(school=school, arm=Arm.COMPARISON)
    arm = told.filter(allocation__published_on__lte=timezone.localdate()).select_related("allocation").first()
    if arm is None or (arm.allocation.kept_until is not None and starts > arm.allocation.kept_until):
        return
    until = arm.allocation.kept_until
    when = f"until {until.day} {until:%B %Y}" if until else "until the evaluator says otherwise"
    raise ValidationError(
        {"school": f"{school} is a comparison school {when}. A worker there would end the comparison."}
    )


def _check_overlap(placement: Placement) -> None:
    last = placement.ends or date.max
    same = Placement.objects.within_days(placement.starts, last).filter(
        worker=placement.worker, school=placement.school
    )
    if same.exists():
        raise ValidationError({"starts": "The worker is placed in this school already in that time."})


def _check_week(placement: Placement) -> None:
    """Raises `ValidationError` when the shares of a worker's placements, without cover and feeders, exceed a week on any day."""
    last = placement.ends or date.max
    others = Placement.objects.within_days(placement.starts, last).filter(
        worker=placement.worker, covers=None, anchor=None
    )
    held = list(others)
    days = {placement.starts, *(each.starts for each in held if each.starts > placement.starts)}
    taken = max(sum(each.share_of_time for each in held if each.holds_on(day)) for day in days)
    if taken + placement.share_of_time > 100:
        left = max(0, 100 - taken)
        raise ValidationError({"share_of_time": f"The worker has {left} per cent of the week left in that time."})
