"""What is to be talked about, and what is to follow from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from service.accounts.models import User
from service.audit.models import Action
from service.audit.record import record
from service.permissions import Permission, require
from service.practice.actions.contact_details import check_child_is_open_to
from service.practice.core_codes import CORE, CodeList
from service.practice.models import YEAR_GROUPS, ChildReference, Known
from service.reviews.actions.checks import is_of_the_team, lock_planned, mark_of, said, said_or_nothing, said_why
from service.reviews.models import ItemKind, Review, ReviewItem


@dataclass(frozen=True)
class Item:
    """An item as it is put on the agenda. A school gives no reference: it has none."""

    kind: ItemKind | str
    text: str = ""
    child: ChildReference | None = None
    year_group: str = ""
    known_to_social_care: str = ""
    topic: str = ""
    shared: bool = False


@transaction.atomic
def put_on_agenda(*, by: User, review: Review, item: Item) -> ReviewItem:
    """Put something on the agenda of a planned review.

    What the school puts there is read by both sides. What the team puts there is read by the team and, for a matter of the
    school or a child without a reference, by the school when it is shared.
    Raises `PermissionDenied`, or `ValidationError` that names the fields.
    """
    require(by, Permission.PREPARE_REVIEW, school=review.school)
    held = lock_planned(review)
    from_school = not is_of_the_team(by, held.school)
    _check(item, review=held, by=by, from_school=from_school)
    fields = {
        "shared": from_school or item.shared,
        "kind": str(item.kind),
        "child": item.child,
        "year_group": item.year_group or (item.child.year_group if item.child else ""),
        "known_to_social_care": _known(item),
        "topic": item.topic,
        "text": said_or_nothing(item.text, field="text"),
    }
    if held_item := _same(held, by=by, fields=fields):
        return held_item
    made: ReviewItem = ReviewItem.objects.create(review=held, from_school=from_school, added_by=by, **fields)
    details = {"kind": made.kind, "from_school": from_school, "shared": made.shared}
    record(Action.CREATE, by=by, subject=made, child=made.child, details=details)
    return made


@transaction.atomic
def say_what_next(*, by: User, item: ReviewItem, what_next: str, seen: str | None = None) -> ReviewItem:
    """Write what is to follow from an item, while its review is open. Who reads the item reads this too.

    `seen` is the mark of what stood there when the person began: when somebody else wrote since, it is refused.
    """
    require(by, Permission.PLAN_REVIEW, school=item.review.school)
    held = _lock(by, item)
    if held.withdrawn_at:
        raise ValidationError("This item was withdrawn.")
    words = said(what_next, field="what_next", message="Say what is to follow.")
    if seen is not None and mark_of(held.what_next) != seen and held.what_next != words:
        raise ValidationError(
            "Somebody wrote here in the meantime. What they wrote stands above: read it, then send yours."
        )
    held.what_next = words
    held.save(update_fields=["what_next"])
    record(Action.CHANGE, by=by, subject=held, child=held.child, details={"fields": ["what_next"]})
    return held


@transaction.atomic
def withdraw_item(*, by: User, item: ReviewItem, reason: str) -> ReviewItem:
    """Take an item off the agenda, with a reason. It stays, as withdrawn. The school withdraws what it raised."""
    require(by, Permission.PREPARE_REVIEW, school=item.review.school)
    held = _lock(by, item)
    if not held.from_school and not is_of_the_team(by, item.review.school):
        raise ValidationError("The team raised this. Ask the social worker to take it off.")
    if held.withdrawn_at is None:
        held.withdrawn_at, held.withdrawn_reason = timezone.now(), said_why(reason)
        held.save(update_fields=["withdrawn_at", "withdrawn_reason"])
        fields = {"fields": ["withdrawn_at", "withdrawn_reason"]}
        record(Action.CHANGE, by=by, subject=held, child=held.child, details=fields)
    return held


def _lock(by: User, item: ReviewItem) -> ReviewItem:
    """The item as it stands, of a review that is locked; refused where the person may not see it."""
    lock_planned(item.review)
    held: ReviewItem | None = (
        ReviewItem.objects.visible_to(by).select_related("review__school").filter(pk=item.pk).first()
    )
    if held is None:
        raise ValidationError("There is no such item, or it is not yours to see.")
    return held


def _check(item: Item, *, review: Review, by: User, from_school: bool) -> None:
    if item.kind not in ItemKind.values or (from_school and item.kind == ItemKind.OPEN_CHILD):
        raise ValidationError({"kind": "Select what it is."})
    if item.topic and item.topic not in CORE[CodeList.TOPIC]:
        raise ValidationError({"topic": "Select a topic from the list."})
    if item.year_group and item.year_group not in YEAR_GROUPS:
        raise ValidationError({"year_group": "Select a year group from R to 14."})
    if item.known_to_social_care and item.known_to_social_care not in Known.values:
        raise ValidationError({"known_to_social_care": "Select yes, no or not asked."})
    _check_child(item, review=review, by=by, from_school=from_school)
    if item.child is None and not item.text.strip():
        raise ValidationError({"text": "Say what is to be talked about."})


def _check_child(item: Item, *, review: Review, by: User, from_school: bool) -> None:
    if item.child is None:
        if item.kind == ItemKind.OPEN_CHILD:
            raise ValidationError({"child": "Select the child."})
        return
    if from_school or item.kind == ItemKind.TOPIC:
        raise ValidationError({"child": "A reference does not belong here."})
    if item.shared:
        raise ValidationError({"shared": "What names a child by reference is not shared with the school."})
    if item.child.school_id != review.school_id:
        raise ValidationError({"child": "Select a child of this school."})
    check_child_is_open_to(by, item.child, school=review.school)
    involved = item.child.involvements.filter(closed=None).exists()
    if item.kind == ItemKind.OPEN_CHILD and not involved:
        raise ValidationError({"child": "No involvement with this child is open. Put it down as a child who may come."})


def _known(item: Item) -> str:
    return item.known_to_social_care or (item.child.known_to_social_care if item.child else Known.NOT_ASKED)


def _same(review: Review, *, by: User, fields: Mapping[str, object]) -> ReviewItem | None:
    """The item that this very form made before, when it was sent twice."""
    found: ReviewItem | None = review.items.filter(added_by=by, withdrawn_at=None, **fields).first()
    return found
