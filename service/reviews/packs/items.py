"""The agenda of a pack: children who may come, and matters of the school."""

from __future__ import annotations

from django.db.models import Count, Max, Q

from service.accounts.models import User
from service.pages.tables import Cell, Column, Table
from service.practice.models import ChildReference, Contact, Involvement
from service.reviews.models import ItemKind, Review, ReviewItem
from service.reviews.packs.contents import Audience, Part
from service.reviews.periods import Period

MOST_CHILDREN = 200


def items_of(reader: User, review: Review, audience: Audience, kind: ItemKind) -> list[ReviewItem]:
    """What stands on the agenda, without what was withdrawn; of the school's pack, without what only the team reads."""
    rows = ReviewItem.objects.visible_to(reader).filter(review=review, kind=kind, withdrawn_at=None)
    shared = rows if audience == Audience.TEAM else rows.filter(shared=True)
    return list(shared.select_related("child").order_by("id"))


def children_who_may_come(reader: User, review: Review, audience: Audience, period: Period) -> Part:
    """Children who were put on the agenda and, for the team, those with contacts since the last meeting who are not open."""
    team = audience == Audience.TEAM
    items = items_of(reader, review, audience, ItemKind.MAY_COME)
    columns = (
        *((Column("Child"),) if team else ()), Column("Year"), Column("Known to social care"), Column("Topic"),
        Column("Raised by"), Column("What"), Column("What next"),
    )  # fmt: skip
    rows = tuple(
        (
            *((each.child.reference if each.child else "No reference",) if team else ()),
            each.get_year_group_display() or "Not said",
            each.get_known_to_social_care_display() if team else _said_by_school(each),
            each.get_topic_display(), raised_by(each), each.text, each.what_next,
        )
        for each in items
    )  # fmt: skip
    tables = [Table("Children on the agenda", columns, rows, empty="None.")]
    told = [each.child for each in items if each.child] if team else []
    if team and review.is_half_termly:
        listed, from_the_log = _contacts_without_involvement(reader, review, period)
        tables.append(from_the_log)
        told.extend(listed)
    return Part("Children who may come", tables=tuple(tables), children=tuple(told))


def matters(reader: User, review: Review, audience: Audience) -> Part:
    """What the school wants to talk about, and what the team brings."""
    columns = (Column("What"), Column("Topic"), Column("Raised by"), Column("What next"))
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (each.text, each.get_topic_display(), raised_by(each), each.what_next)
        for each in items_of(reader, review, audience, ItemKind.TOPIC)
    )
    return Part("Matters of the school", tables=(Table("Matters on the agenda", columns, rows, empty="None."),))


def raised_by(item: ReviewItem) -> str:
    return "The school" if item.from_school else "The team"


def _said_by_school(item: ReviewItem) -> str:
    """Whether social care knows a child is the team's knowledge; the school reads back only what it said itself."""
    return item.get_known_to_social_care_display() if item.from_school else ""


def _contacts_without_involvement(reader: User, review: Review, period: Period) -> tuple[list[ChildReference], Table]:
    """Children with contacts in the period and no open involvement at its end, the most contacts first."""
    contacts = Contact.objects.visible_to(reader).filter(
        school=review.school, date__range=(period.first, period.last), child__isnull=False
    )
    still = Q(closed=None) | Q(closed__gt=period.last)
    involved = Involvement.objects.filter(still, opened__lte=period.last, child__school=review.school).values("child")
    counted = (
        contacts.exclude(child__in=involved)
        .order_by()
        .values("child")
        .annotate(number=Count("pk"), last=Max("date"))
        .order_by("-number", "-last", "child")
    )
    found = list(counted[:MOST_CHILDREN])
    children = ChildReference.objects.visible_to(reader).in_bulk([row["child"] for row in found])
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            children[row["child"]].reference,
            children[row["child"]].get_year_group_display(),
            children[row["child"]].get_known_to_social_care_display(),
            row["number"],
            row["last"],
        )
        for row in found
        if row["child"] in children
    )
    columns = (
        Column("Child"), Column("Year"), Column("Known to social care"), Column("Contacts", numeric=True), Column("Last"),
    )  # fmt: skip
    table = Table("From the log: contacts, and no open involvement", columns, rows, empty="None.")
    return list(children.values()), table
