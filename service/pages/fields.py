"""A date as three boxes, with messages that say which part is missing."""

from __future__ import annotations

import calendar
import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from service.pages.widgets import PARTS, DateBoxes

MONTHS = {
    name.lower(): number for names in (calendar.month_name, calendar.month_abbr) for number, name in enumerate(names)
}


def read_month(text: str) -> int:
    return MONTHS[text.lower()] if text.lower() in MONTHS else int(text)


class GovukDateField(forms.DateField):
    """Day, month and year. The month may be a number or its English name; the year has four digits."""

    widget = DateBoxes

    def to_python(self, value: Any) -> datetime.date | None:
        if not isinstance(value, list | tuple):
            return super().to_python(value)
        texts = [str(text).strip() for text in value]
        if not any(texts):
            return None
        missing = [part for (part, _), text in zip(PARTS, texts, strict=True) if not text]
        name = self.label or "Date"
        if missing:
            raise ValidationError(f"{name} must include a {' and a '.join(missing)}", code="incomplete")
        try:
            day, month, year = int(texts[0]), read_month(texts[1]), int(texts[2])
            if year < 1900:
                raise ValidationError(f"{name} must have a year of four digits", code="year")
            return datetime.date(year, month, day)
        except (ValueError, OverflowError):
            raise ValidationError(f"{name} must be a real date", code="invalid") from None
