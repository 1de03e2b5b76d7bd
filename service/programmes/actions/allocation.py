"""Entering a draw that was made and certified with the library, and telling it on a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from service.accounts.models import User
from service.audit.models import Action
from service.audit.record import record
from service.loading import when_used
from service.permissions import Permission, require, scope_of
from service.programmes.models import Allocation, Arm, Commitment, Nomination, NominationRound, SchoolArm
from service.programmes.nominations_file import write_nominations
from service.schools.models import Authority

if TYPE_CHECKING:
    from service.programmes import verification
else:
    verification = when_used("service.programmes.verification")


@transaction.atomic
def register_commitment(*, by: User, file: bytes, authority: Authority | None = None) -> Commitment:
    """Register the commitment to a seed before nominations are known; for every authority when none is given."""
    _require_to_commit(by, authority)
    commitment = verification.check_commitment(file)
    if Commitment.objects.filter(sha256=commitment.sha256).exists():
        raise ValidationError({"file": "This commitment is registered already."})
    registered = Commitment.objects.create(
        authority=authority,
        sha256=commitment.sha256,
        file=file.decode("utf-8"),
        committed_on=commitment.on,
        registered_by=by,
    )
    record(Action.CREATE, by=by, subject=registered, details={"sha256": commitment.sha256})
    return registered


@transaction.atomic
def enter_allocation(
    *, by: User, rounds: Sequence[NominationRound], certificate: bytes, kept_until: date | None = None
) -> Allocation:
    """Take a certificate of `swis allocate` once the library's verification holds against the submitted rounds.

    The allocation stays hidden until it is published. Refused: rounds that are drafts or drawn from already, a certificate
    that does not hold, and one that does not open the commitment that was registered for the authorities.
    """
    if not rounds:
        raise ValidationError({"rounds": "Choose the rounds of nominations that were drawn from."})
    for each in rounds:
        require(by, Permission.PUBLISH_ALLOCATION, authority=each.authority)
        if each.is_draft:
            raise ValidationError({"rounds": f"{each} is not submitted."})
        if each.allocations.filter(set_aside_on=None).exists():
            raise ValidationError({"rounds": f"{each} is drawn from already. Set that allocation aside first."})
    nominations = _nominations_of(rounds)
    text = write_nominations(nominations)
    commitment = _commitment_for(rounds, verification.commitment_of(certificate))
    checked = verification.check_certificate(
        certificate=certificate, nominations=text, commitment=commitment.file if commitment else ""
    )
    allocation = Allocation.objects.create(
        commitment=commitment,
        certificate=certificate.decode("utf-8"),
        nominations_file=text,
        steps=[*checked.steps, _step_of_registration(commitment, rounds)],
        method=checked.method,
        drawn_on=checked.drawn_on,
        kept_until=kept_until,
        entered_by=by,
    )
    allocation.rounds.set(rounds)
    _enter_arms(allocation, checked, nominations)
    record(Action.CREATE, by=by, subject=allocation, details={"rounds": len(rounds), "steps": len(allocation.steps)})
    return allocation


@transaction.atomic
def set_aside(*, by: User, allocation: Allocation, reason: str) -> Allocation:
    """Set aside an allocation that is not told, such as a rehearsal entered by mistake. It is kept, with the reason."""
    allocation = _lock(by, allocation)
    if allocation.published_on is not None or allocation.set_aside_on is not None:
        raise ValidationError("What has a day of publication, or was set aside, stays as it is.")
    if not reason.strip():
        raise ValidationError({"reason": "Say why the allocation is set aside."})
    allocation.set_aside_on, allocation.set_aside_because = timezone.localdate(), reason.strip()
    allocation.save(update_fields=["set_aside_on", "set_aside_because"])
    allocation.arms.update(live=False)
    record(Action.SUPERSEDE, by=by, subject=allocation, reason=reason.strip())
    return allocation


@transaction.atomic
def publish(*, by: User, allocation: Allocation, on: date) -> Allocation:
    """Tell the arms from a day on. Schools in reserve stand in first for those that withdrew by that day.

    The rule is that of the certificate: the first school in reserve of the same stratum that has not stood in yet. A day in
    the past is taken for arms that were told outside the service before; the audit holds when it was entered.
    """
    allocation = _lock(by, allocation)
    if allocation.set_aside_on is not None or allocation.published_on is not None:
        raise ValidationError("The allocation has a day of publication already, or was set aside.")
    if on < allocation.drawn_on:
        raise ValidationError({"on": "The day must not lie before the draw."})
    stood_in = _let_reserves_stand_in(allocation, told_on=on)
    allocation.published_on, allocation.published_by = on, by
    allocation.save(update_fields=["published_on", "published_by"])
    record(Action.PUBLISH, by=by, subject=allocation, details={"on": on.isoformat(), "stood_in": stood_in})
    return allocation


def _let_reserves_stand_in(allocation: Allocation, *, told_on: date) -> int:
    withdrawn = dict(
        Nomination.objects.filter(round__allocations=allocation, withdrew_on__lte=told_on).values_list(
            "school", "withdrew_on"
        )
    )
    arms = list(allocation.arms.order_by("reserve_place", "id"))
    leaving = [each for each in arms if each.school_id in withdrawn]
    waiting = [each for each in arms if each.arm == Arm.RESERVE and each.school_id not in withdrawn]
    stood_in = 0
    for each in sorted(leaving, key=lambda one: (withdrawn[one.school_id], one.pk)):
        freed, each.arm = each.arm, Arm.WITHDREW
        each.save(update_fields=["arm"])
        follower = next((one for one in waiting if one.stratum == each.stratum), None)
        if freed != Arm.RESERVE and follower is not None:
            waiting.remove(follower)
            follower.arm, follower.stands_in_for = freed, each
            follower.save(update_fields=["arm", "stands_in_for"])
            stood_in += 1
    return stood_in


def _enter_arms(
    allocation: Allocation, checked: verification.CheckedCertificate, nominations: Sequence[Nomination]
) -> None:
    schools = {each.label: each.school for each in nominations}
    taken = SchoolArm.objects.live().filter(school__in=schools.values()).select_related("school").first()
    if taken is not None:
        raise ValidationError(f"{taken.school} was drawn in another allocation already.")
    SchoolArm.objects.bulk_create(
        SchoolArm(
            allocation=allocation,
            school=schools[each.label],
            arm=each.arm,
            drawn_arm=each.arm,
            stratum=each.stratum,
            reserve_place=each.reserve_place,
        )
        for each in checked.schools
    )


def _nominations_of(rounds: Sequence[NominationRound]) -> list[Nomination]:
    rows = Nomination.objects.filter(round__in=rounds).select_related("school", "round__authority")
    return list(rows.prefetch_related("feeder_primaries"))


def _commitment_for(rounds: Sequence[NominationRound], sha256: str) -> Commitment | None:
    """The registered commitment that a certificate names. Raises `ValidationError` when another was registered and not used."""
    authorities = {each.authority_id for each in rounds}
    for commitment in Commitment.objects.filter(allocations=None):
        concerns = commitment.authority_id is None or commitment.authority_id in authorities
        if concerns and commitment.sha256 != sha256 and not Commitment.objects.filter(sha256=sha256).exists():
            raise ValidationError(
                {"certificate": f"The certificate does not open the commitment that was registered: {commitment}."}
            )
    return Commitment.objects.filter(sha256=sha256).first()


def _step_of_registration(commitment: Commitment | None, rounds: Sequence[NominationRound]) -> dict[str, Any]:
    name = "registered before nominations"
    if commitment is None:
        return {"name": name, "holds": None, "seen": "no commitment was registered in this service"}
    registered = timezone.localdate(commitment.registered_at)
    submitted = min(each.submitted_on for each in rounds if each.submitted_on is not None)
    seen = f"registered on {registered.isoformat()}, nominations submitted from {submitted.isoformat()}"
    # Registered late is no proof of harm: it may have been published elsewhere before. The reader is told.
    return {"name": name, "holds": True if registered <= submitted else None, "seen": seen}


def _require_to_commit(by: User, authority: Authority | None) -> None:
    require(by, Permission.PUBLISH_ALLOCATION, authority=authority)
    if authority is None and not scope_of(by, Permission.PUBLISH_ALLOCATION).everywhere:
        raise ValidationError(
            {"authority": "Choose your authority: the commitment of a draw in every one is not yours."}
        )


def _lock(by: User, allocation: Allocation) -> Allocation:
    allocation = Allocation.objects.select_for_update(of=("self",)).get(pk=allocation.pk)
    for each in allocation.rounds.select_related("authority"):
        require(by, Permission.PUBLISH_ALLOCATION, authority=each.authority)
    return allocation
