"""Nominating schools: a draft is worked on, then submitted, and stays as it is from then on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from service.accounts.models import User
from service.audit.models import Action
from service.audit.record import record
from service.permissions import Permission, require
from service.programmes.models import Nomination, NominationRound, NominationUpload, RoundStatus
from service.programmes.nomination_rows import check_row, facts_of, need_school
from service.programmes.nominations_file import FIGURES, PERCENTAGES, is_formula, label_of, read_rows
from service.schools.models import Authority, Phase, School


@transaction.atomic
def begin_round(*, by: User, authority: Authority, name: str) -> NominationRound:
    """Begin a list of nominations. Refused while the authority has a draft, and for a name that was used."""
    require(by, Permission.NOMINATE, authority=authority)
    rounds = NominationRound.objects.filter(authority=authority)
    if rounds.filter(status=RoundStatus.DRAFT).exists():
        raise ValidationError({"name": "There is a draft already. Submit it first."})
    if rounds.filter(name=name.strip()).exists():
        raise ValidationError({"name": "A round of this name exists already."})
    begun = NominationRound.objects.create(
        authority=authority, name=name.strip(), begun_on=timezone.localdate(), begun_by=by
    )
    record(Action.CREATE, by=by, subject=begun)
    return begun


@transaction.atomic
def nominate(
    *, by: User, round: NominationRound, school: School, feeder_primaries: Iterable[School] = (), **facts: Any
) -> Nomination:
    """Put a school forward with its figures: pupils, referrals, section_47_enquiries, exclusions, persistent_absence_percent,
    free_school_meals_percent, reserve, and excluded with the reason why it must not be drawn."""
    _require_draft(by, round)
    feeders = list(feeder_primaries)
    if Nomination.objects.filter(round=round, school=school).exists():
        raise ValidationError({"school": f"{school} is in this round already."})
    _check_school(round, school)
    _check_feeders(round, school, feeders)
    nomination = Nomination(round=round, school=school, label=label_of(school), **_settle(facts))
    nomination.save(force_insert=True)
    nomination.feeder_primaries.set(feeders)
    record(Action.CREATE, by=by, subject=nomination, school=school)
    return nomination


@transaction.atomic
def correct(
    *, by: User, nomination: Nomination, feeder_primaries: Iterable[School] | None = None, **facts: Any
) -> Nomination:
    """Correct a nomination of a draft."""
    _require_draft(by, nomination.round)
    settled = _settle(facts)
    changed = [name for name, value in settled.items() if getattr(nomination, name) != value]
    if feeder_primaries is not None:
        feeders = list(feeder_primaries)
        _check_feeders(nomination.round, nomination.school, feeders)
        if set(feeders) != set(nomination.feeder_primaries.all()):
            changed.append("feeder_primaries")
            nomination.feeder_primaries.set(feeders)
    for name, value in settled.items():
        setattr(nomination, name, value)
    nomination.save(update_fields=list(settled))
    record(Action.CHANGE, by=by, subject=nomination, school=nomination.school, details={"changed": sorted(changed)})
    return nomination


@transaction.atomic
def take_out(*, by: User, nomination: Nomination) -> None:
    """Take a school out of a draft. A school that was nominated and must not be drawn stays in, with the reason."""
    _require_draft(by, nomination.round)
    record(
        Action.DISPOSE, by=by, subject=nomination, school=nomination.school, details={"round": nomination.round.name}
    )
    nomination.delete()


@transaction.atomic
def submit_round(*, by: User, round: NominationRound) -> NominationRound:
    """Submit a round to the evaluator. Refused unless at least two schools may be drawn."""
    _require_draft(by, round)
    drawn = round.nominations.filter(reserve=False, excluded="").count()
    if drawn < 2:
        raise ValidationError("Nominate at least two schools that may be drawn: one alone has no comparison.")
    round.status, round.submitted_on, round.submitted_by = RoundStatus.SUBMITTED, timezone.localdate(), by
    round.returned_because = ""
    round.save()
    record(Action.CHANGE, by=by, subject=round, details={"status": "submitted", "schools": round.nominations.count()})
    return round


@transaction.atomic
def return_round(*, by: User, round: NominationRound, reason: str) -> NominationRound:
    """Give a submitted round back to the authority, for the evaluator, as long as nothing was drawn from it."""
    round = NominationRound.objects.select_for_update(of=("self",)).get(pk=round.pk)
    require(by, Permission.PUBLISH_ALLOCATION, authority=round.authority)
    if not reason.strip():
        raise ValidationError({"reason": "Say what has to be mended."})
    if round.is_draft or round.allocations.filter(set_aside_on=None).exists():
        raise ValidationError("Only a submitted round from which nothing was drawn can be given back.")
    if NominationRound.objects.filter(authority=round.authority, status=RoundStatus.DRAFT).exists():
        raise ValidationError("The authority has begun another draft. Ask for that one to be submitted.")
    round.status, round.submitted_on, round.submitted_by = RoundStatus.DRAFT, None, None
    round.returned_because = reason.strip()
    round.save()
    record(Action.CHANGE, by=by, subject=round, details={"status": "draft"}, reason=reason.strip())
    return round


@transaction.atomic
def withdraw_school(*, by: User, nomination: Nomination, on: date, reason: str) -> Nomination:
    """Note that a nominated school withdrew after the round was submitted. It stays in the file.

    Before arms are told a school in reserve may stand in for it; afterwards it keeps its arm.
    """
    require(by, Permission.NOMINATE, authority=nomination.round.authority)
    problems = {}
    if nomination.round.is_draft:
        problems["on"] = "Take the school out of the draft instead."
    elif nomination.withdrew_on is not None:
        problems["on"] = "The school has withdrawn already."
    elif on > timezone.localdate():
        problems["on"] = "The day must not lie in the future."
    if not reason.strip():
        problems["reason"] = "Say why the school withdrew."
    if problems:
        raise ValidationError(problems)
    nomination.withdrew_on, nomination.withdrew_because = on, reason.strip()
    nomination.save(update_fields=["withdrew_on", "withdrew_because"])
    record(Action.CHANGE, by=by, subject=nomination, school=nomination.school, details={"changed": ["withdrew_on"]})
    return nomination


@transaction.atomic
def read_upload(*, by: User, round: NominationRound, file_name: str, data: bytes) -> NominationUpload:
    """Read a nominations.csv without taking it: which rows could be taken, and what is wrong with the others."""
    _require_draft(by, round)
    read = read_rows(data)
    schools = list(round.authority.schools.all())
    taken = set(round.nominations.values_list("school", flat=True))
    good = [row for row in read.rows if check_row(read, row, authority=round.authority, schools=schools, taken=taken)]
    upload = NominationUpload.objects.create(
        round=round, file_name=_plain(file_name), rows=good, problems=read.problems, uploaded_by=by
    )
    record(Action.RUN, by=by, subject=upload, details={"rows": len(good), "problems": len(read.problems)})
    return upload


@transaction.atomic
def take_upload(*, by: User, upload: NominationUpload) -> list[Nomination]:
    """Nominate every school of a file that was read without a problem. All are taken, or none."""
    upload = NominationUpload.objects.select_for_update(of=("self",)).get(pk=upload.pk)
    _require_draft(by, upload.round)
    if upload.problems:
        raise ValidationError("The file has problems. Mend it and upload it again.")
    if upload.taken_at is not None or not upload.rows:
        raise ValidationError("There is nothing to take: the file was taken already, or has no rows.")
    schools = list(upload.round.authority.schools.all())
    taken = [
        nominate(by=by, round=upload.round, school=need_school(row["school"], schools), **facts_of(row, schools))
        for row in upload.rows
    ]
    upload.taken_at = timezone.now()
    upload.save(update_fields=["taken_at"])
    record(Action.CHANGE, by=by, subject=upload, details={"taken": len(taken)})
    return taken


def _require_draft(by: User, round: NominationRound) -> None:
    require(by, Permission.NOMINATE, authority=round.authority)
    if (
        not NominationRound.objects.select_for_update(of=("self",))
        .filter(pk=round.pk, status=RoundStatus.DRAFT)
        .exists()
    ):
        raise ValidationError("The round is submitted. Ask the evaluator to give it back, or begin another.")


def _settle(facts: dict[str, Any]) -> dict[str, Any]:
    """The facts of a nomination as they are kept. Raises `ValidationError` for a figure that cannot be."""
    unknown = set(facts) - {*FIGURES, "reserve", "excluded"}
    if unknown:
        raise TypeError(f"not a fact of a nomination: {', '.join(sorted(unknown))}")
    problems = {}
    for name, value in facts.items():
        if name in FIGURES and value is not None and value < (1 if name == "pupils" else 0):
            problems[name] = "Enter a number that is not negative." if name != "pupils" else "Enter at least 1 pupil."
        if name in PERCENTAGES and value is not None and value > 100:
            problems[name] = "Enter a percentage from 0 to 100."
    if is_formula(facts.get("excluded", "")):
        problems["excluded"] = "Begin with a word: a spreadsheet takes a line that begins so for a formula."
    if problems:
        raise ValidationError(problems)
    return {**facts, "excluded": facts["excluded"].strip()} if "excluded" in facts else facts


def _check_school(round: NominationRound, school: School) -> None:
    if school.authority_id != round.authority_id:
        raise ValidationError({"school": f"{school} is a school of another authority."})
    if school.closed is not None and school.closed <= timezone.localdate():
        raise ValidationError({"school": f"{school} is closed."})
    if is_formula(school.name):
        raise ValidationError(
            {"school": "The name begins with a sign that a spreadsheet takes for a formula. Correct it."}
        )
    if round.nominations.filter(feeder_primaries=school, excluded="").exists():
        raise ValidationError({"school": f"{school} is a feeder primary of a nominated school. It cannot be both."})


def _check_feeders(round: NominationRound, school: School, feeders: list[School]) -> None:
    nominated = set(round.nominations.filter(excluded="").values_list("school", flat=True)) | {school.pk}
    for feeder in feeders:
        if feeder.authority_id != round.authority_id or feeder.phase not in (Phase.PRIMARY, Phase.ALL_THROUGH):
            raise ValidationError({"feeder_primaries": f"{feeder} is no primary school of {round.authority}."})
        if feeder.pk in nominated:
            raise ValidationError({"feeder_primaries": f"{feeder} is nominated itself. It cannot be both."})


def _plain(file_name: str) -> str:
    return "".join(each for each in file_name if each.isprintable())[:100]
