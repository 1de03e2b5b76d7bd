"""Writing, issuing and signing service level agreements."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from service.accounts.models import User
from service.audit.models import Action
from service.audit.record import record
from service.permissions import Permission, require
from service.programmes.models import Agreement, AgreementText, Audience, SchoolArm, Side, Signature
from service.schools.models import Authority, School


@transaction.atomic
def write_text(*, by: User, authority: Authority, audience: str, text: str) -> AgreementText:
    """Write the next version of the agreement for every school, those with a worker, or comparison schools."""
    require(by, Permission.MANAGE_PROGRAMME, authority=authority)
    if not text.strip():
        raise ValidationError({"text": "Enter the text of the agreement."})
    if audience not in Audience.values:
        raise ValidationError({"audience": "Choose for whom the text is."})
    earlier = AgreementText.objects.filter(authority=authority, audience=audience)
    last = earlier.aggregate(last=Max("version"))["last"] or 0
    written = AgreementText.objects.create(
        authority=authority, audience=audience, version=last + 1, text=text.strip(), written_on=timezone.localdate(),
        written_by=by,
    )  # fmt: skip
    record(Action.CREATE, by=by, subject=written, details={"audience": audience, "version": last + 1})
    return written


@transaction.atomic
def issue(*, by: User, text: AgreementText, schools: Sequence[School], sign_by: date) -> list[Agreement]:
    """Put a text to schools for signature. It supersedes what was put to them before, signed or not.

    Refused: a text for one arm at a school whose published arm is another, or is not published.
    """
    require(by, Permission.MANAGE_PROGRAMME, authority=text.authority)
    if sign_by < timezone.localdate():
        raise ValidationError({"sign_by": "The day must not lie in the past."})
    if not schools:
        raise ValidationError({"schools": "Choose at least one school."})
    return [_issue_to(by, text, school, sign_by) for school in schools]


@transaction.atomic
def sign(*, by: User, agreement: Agreement, side: str, name: str, position: str) -> Signature:
    """Sign for the school or for the authority. Whoever signs for one does not sign for the other."""
    agreement = Agreement.objects.select_for_update(of=("self",)).get(pk=agreement.pk)
    if side == Side.SCHOOL:
        require(by, Permission.SIGN_AGREEMENT, school=agreement.school)
    else:
        require(by, Permission.SIGN_FOR_AUTHORITY, authority=agreement.school.authority)
    if agreement.superseded_on is not None:
        raise ValidationError("Another agreement has superseded this one. Sign that.")
    signed = {each.side: each for each in agreement.signatures.all()}
    if side in signed:
        raise ValidationError("This side has signed already.")
    if any(each.signed_by_id == by.pk for each in signed.values()):
        raise ValidationError("You have signed for the other side. Somebody else signs for this one.")
    if not name.strip() or not position.strip():
        raise ValidationError({"name": "Enter your name and your position."})
    signature = Signature.objects.create(
        agreement=agreement, side=side, name=name.strip(), position=position.strip(), signed_on=timezone.localdate(),
        signed_by=by,
    )  # fmt: skip
    record(Action.CREATE, by=by, subject=signature, details={"side": side, "version": agreement.text.version})
    return signature


def _issue_to(by: User, text: AgreementText, school: School, sign_by: date) -> Agreement:
    if school.authority_id != text.authority_id:
        raise ValidationError({"schools": f"{school} is a school of another authority."})
    today = timezone.localdate()
    if text.audience != Audience.EVERY:
        told = SchoolArm.objects.live().filter(school=school, allocation__published_on__lte=today).first()
        wanted = "intervention" if text.audience == Audience.INTERVENTION else "comparison"
        if told is None or told.arm != wanted:
            raise ValidationError(
                {"schools": f"This text is for {text.get_audience_display().lower()}; {school} is not one."}
            )
    holding = Agreement.objects.select_for_update(of=("self",)).filter(school=school, superseded_on=None)
    if holding.filter(text=text).exists():
        raise ValidationError({"schools": f"{school} has this text already."})
    superseded = holding.update(superseded_on=today)
    agreement = Agreement.objects.create(school=school, text=text, issued_on=today, issued_by=by, sign_by=sign_by)
    record(Action.CREATE, by=by, subject=agreement, details={"version": text.version, "superseded": superseded})
    return agreement
