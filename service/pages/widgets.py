"""Widgets that Django does not have: a date in three boxes, a phone's own date and time, and choices with hints."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from django import forms

PARTS = (("day", "govuk-input--width-2"), ("month", "govuk-input--width-2"), ("year", "govuk-input--width-4"))


class DateBoxes(forms.Widget):
    """Day, month and year, each in a box. The value is a date, or the three texts as they were typed."""

    template_name = "pages/widgets/date_boxes.html"
    use_fieldset = True

    def typed(self, value: Any) -> tuple[str, str, str]:
        if isinstance(value, datetime.date):
            return str(value.day), str(value.month), str(value.year)
        if isinstance(value, list | tuple) and len(value) == 3:
            return str(value[0]), str(value[1]), str(value[2])
        if isinstance(value, str) and value.count("-") == 2:
            year, month, day = value.split("-")
            return day, month, year
        return "", "", ""

    def wrong_boxes(self, value: Any) -> list[bool]:
        """Which boxes to mark when the date is wrong: those left empty, or all when none or every one is."""
        empty = [not text.strip() for text in self.typed(value)]
        return empty if any(empty) and not all(empty) else [True, True, True]

    def first_wrong(self, id_: str, value: Any) -> str:
        return f"{id_}_{PARTS[self.wrong_boxes(value).index(True)][0]}"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        id_ = context["widget"]["attrs"].get("id", f"id_{name}")
        disabled = context["widget"]["attrs"].get("disabled", False)
        marked = self.wrong_boxes(value) if context["widget"]["attrs"].get("aria-invalid") else [False] * 3
        context["widget"]["boxes"] = [
            {
                "name": f"{name}_{part}",
                "label": part.capitalize(),
                "width": width,
                "value": text,
                "wrong": wrong,
                "attrs": {"id": f"{id_}_{part}", "disabled": disabled},
            }
            for (part, width), text, wrong in zip(PARTS, self.typed(value), marked, strict=True)
        ]
        return context

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        if any(f"{name}_{part}" in data for part, _ in PARTS):
            return [data.get(f"{name}_{part}", "") for part, _ in PARTS]
        return data.get(name)  # one ISO date, as a link to a form with a date gives

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return name not in data and not any(f"{name}_{part}" in data for part, _ in PARTS)

    def id_for_label(self, id_: str) -> str:
        return ""


class NativeDate(forms.DateInput):
    """The browser's own date picker; quicker than boxes on a phone when the date is near today."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%d")


class NativeTime(forms.TimeInput):
    """The browser's own time picker."""

    input_type = "time"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs=attrs, format="%H:%M")


class HintedRadios(forms.RadioSelect):
    """Radios with a line below each: `HintedRadios(hints={"advice": "Answered on the spot"})`."""

    def __init__(self, *, hints: Mapping[str, str], attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs=attrs)
        self.hints = hints

    def create_option(self, name: str, value: Any, *rest: Any, **named: Any) -> dict[str, Any]:
        return {**super().create_option(name, value, *rest, **named), "hint": self.hints.get(str(value), "")}


class HintedCheckboxes(forms.CheckboxSelectMultiple):
    """Checkboxes with a line below each: `HintedCheckboxes(hints={"advice": "Answered on the spot"})`."""

    def __init__(self, *, hints: Mapping[str, str], attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs=attrs)
        self.hints = hints

    def create_option(self, name: str, value: Any, *rest: Any, **named: Any) -> dict[str, Any]:
        return {**super().create_option(name, value, *rest, **named), "hint": self.hints.get(str(value), "")}
