"""Template tags of the pages room."""

from __future__ import annotations

from typing import Any

from django import template

from service.pages.tables import Column, ShownCell

register = template.Library()


@register.inclusion_tag("pages/cell.html")
def cell(value: Any) -> dict[str, ShownCell]:
    """Any value as a cell of a table is shown: text, number, date, link, tag or withheld figure."""
    return {"cell": ShownCell(Column(""), value, header=False)}
