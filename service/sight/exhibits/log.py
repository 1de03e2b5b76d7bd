"""How complete the log looks."""

from __future__ import annotations

from django.db.models import Count, Q

from service.pages.tables import Column, Table
from service.practice.models import Known
from service.sight.exhibits.exhibit import Exhibit
from service.sight.lens import Lens

# What a contact may leave open, and when it does.
EMPTY: tuple[tuple[str, Q], ...] = (
    ("Who raised it", Q(raised_by="")),
    ("Within the role", Q(role="")),
    ("Topic", Q(topics=None)),
    ("Time", Q(time_band="", minutes=None)),
    ("How", Q(mode="")),
    ("Year group", Q(year_group="")),
    ("Known to social care", Q(known_to_social_care=Known.NOT_ASKED)),
    ("Action", Q(action="")),
    ("Outcome", Q(outcome="")),
)


def empty_fields(lens: Lens) -> Exhibit:
    """How often each field was left empty."""
    asked = {f"empty_{number}": Count("pk", filter=empty, distinct=True) for number, (_, empty) in enumerate(EMPTY)}
    found = lens.now.aggregate(contacts=Count("pk", distinct=True), **asked)
    every = found["contacts"]
    rows = tuple(
        (label, found[f"empty_{number}"], 100 * found[f"empty_{number}"] / every if every else None)
        for number, (label, _) in enumerate(EMPTY)
    )
    columns = (Column("Field"), Column("Left empty", numeric=True), Column("% of contacts", numeric=True, decimals=1))
    between = lens.in_holiday_before
    holiday = f" In the holiday before, {between:,} more: they are of no half-term." if between else ""
    note = f"Of {every:,} contacts.{holiday} Year group, action and outcome need not be given: empty is no fault by itself."
    return Exhibit("empty-fields", Table("Fields left empty", columns, rows, note=note))
