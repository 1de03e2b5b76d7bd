"""Accounts, roles and invitations as tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from django.urls import reverse
from django.utils import timezone

from service.accounts.actions.memberships import is_named_by
from service.accounts.models import Invitation, Membership, User
from service.pages.tables import Cell, Column, Link, Table, Tag


def roles_table(memberships: Iterable[Membership], *, may_end: bool = False) -> Table:
    """Roles with their places and days, those that have ended included."""
    columns = [Column("Role"), Column("Where"), Column("First day"), Column("Last day"), Column("State")]
    rows: list[list[Cell]] = [[m.role.capitalize(), place_of(m), m.starts, m.ends, state_of(m)] for m in memberships]
    if may_end:
        columns.append(Column(""))
        for row, membership in zip(rows, memberships, strict=True):
            row.append(_end_link(membership))
    return Table(caption="Roles", columns=tuple(columns), rows=tuple(map(tuple, rows)), empty="No role yet.")


def place_of(membership: Membership) -> str:
    """Where a role holds, in words."""
    if membership.school is not None:
        return f"{membership.school}, {membership.authority}"
    return str(membership.authority) if membership.authority is not None else "Every authority"


def state_of(membership: Membership) -> Tag:
    """Whether a role holds today."""
    today = timezone.localdate()
    if membership.ends is not None and membership.ends < membership.starts:
        return Tag("Taken back", "grey")
    if membership.ends is not None and membership.ends < today:
        return Tag("Ended", "grey")
    return Tag("To come", "blue") if membership.starts > today else Tag("Holds", "green")


def people_table(people: Iterable[User], *, roles: dict[int, list[str]]) -> Table:
    """People with the roles that the viewer may know of."""
    return Table(
        caption="People",
        columns=(Column("Name"), Column("Work e-mail address"), Column("Roles today"), Column("Account")),
        rows=tuple(
            (
                Link(person.name, reverse("account", kwargs={"person": person.public_id})),
                person.email,
                "; ".join(roles.get(person.pk, [])) or "None",
                Tag("Open", "green") if person.is_active else Tag("Closed", "grey"),
            )
            for person in people
        ),
        empty="Nobody here yet, or nobody who fits the search.",
    )


COLOURS = {"open": "blue", "accepted": "green", "expired": "orange", "withdrawn": "grey"}


def invitations_table(invitations: Iterable[Invitation]) -> Table:
    """Invitations with their state, and what can be done with them."""
    return Table(
        caption="Invitations",
        columns=(
            Column("Person"),
            Column("Role"),
            Column("Where"),
            Column("Sent"),
            Column("State"),
            Column(""),
            Column(""),
        ),
        rows=tuple(
            (
                Link(i.user.name, reverse("account", kwargs={"person": i.user.public_id})),
                i.membership.role.capitalize(),
                place_of(i.membership),
                i.sent,
                Tag(i.state.capitalize(), COLOURS[i.state]),
                _while_open(i, lambda i: Link("Send again", _address("invitation-resend", i), f"to {i.user.name}")),
                _while_open(i, lambda i: Link("Withdraw", _address("invitation-withdraw", i), f"from {i.user.name}")),
            )
            for i in invitations
        ),
        empty="No invitation yet.",
    )


def _end_link(membership: Membership) -> Link | None:
    if state_of(membership).text in {"Ended", "Taken back"}:
        return None
    where = f"{membership.role}, {place_of(membership)}"
    return Link("End", reverse("role-end", kwargs={"membership": membership.public_id}), where)


def _while_open(invitation: Invitation, link: Callable[[Invitation], Link]) -> Link | None:
    return link(invitation) if invitation.state in {"open", "expired"} else None


def _address(name: str, invitation: Invitation) -> str:
    return reverse(name, kwargs={"invitation": invitation.public_id})


def colleagues_table(memberships: Iterable[Membership], *, seen_by: User) -> Table:
    """Who may use the service for a school, and what who looks at it can do about those whom they named.

    The last days have a column when somebody has one.
    """
    shown = list(memberships)
    last = ("Last day",) if any(m.ends for m in shown) else ()
    names = ("First day", *last, "Named by", "State", "", "")
    return Table(
        caption="People",
        columns=(Column("Name"), Column("Work e-mail address", breakable=True), *map(Column, names)),
        rows=tuple((m.known_as, m.user.email, *_days_of(m, names), *_deeds_on(m, seen_by)) for m in shown),
        empty="Nobody yet.",
    )


def _days_of(membership: Membership, names: tuple[str, ...]) -> Iterator[Cell]:
    """Since when, until when if that is told, by whom, and whether they have come."""
    giver = membership.granted_by
    yield membership.starts
    if "Last day" in names:
        yield membership.ends or "Open"
    yield giver.name if giver is not None and membership.named_at else "An administrator"
    yield Tag("Has come", "green") if membership.has_come else Tag("Not yet come", "blue")


def _deeds_on(membership: Membership, seen_by: User) -> tuple[Link | None, Link | None]:
    if not is_named_by(seen_by, membership=membership):
        return None, None

    def link(text: str, name: str, hidden: str) -> Link:
        return Link(text, reverse(name, kwargs={"membership": membership.public_id}), hidden)

    if membership.has_come:
        return link("End", "colleague-end", f"the role of {membership.known_as}"), None
    again = link("Send again", "colleague-send-again", f"to {membership.known_as}")
    return again, link("Withdraw", "colleague-withdraw", f"the invitation of {membership.known_as}")
