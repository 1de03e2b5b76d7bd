"""The forms of the import of a log."""

from __future__ import annotations

from typing import Any

from django import forms

from service.practice.codes import Choice
from service.practice.core_codes import CORE, CodeList
from service.practice.log_shapes import FIELDS
from service.practice.models import LogFile, Shape


class LogFileForm(forms.Form):
    authority = forms.ChoiceField(label="Authority")
    shape = forms.ChoiceField(label="What the log holds", choices=Shape.choices, widget=forms.RadioSelect)
    file = forms.FileField(
        label="File", help_text="CSV or Excel (.xlsx), up to 10 megabytes, headings in the first row."
    )

    def __init__(self, *args: Any, authorities: list[Choice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["authority"].choices = authorities  # type: ignore[attr-defined]
        if len(authorities) == 1:
            self.fields["authority"].widget = forms.HiddenInput()
            self.initial["authority"] = authorities[0][0]


class ColumnsForm(forms.Form):
    """One choice of a heading for each field of the shape; what stands for a column that is missing."""

    one_school = forms.ChoiceField(
        label="School of all rows", required=False, help_text="Only when no column tells the school."
    )
    one_kind = forms.ChoiceField(
        label="Kind of work of rows that do not tell it", choices=list(CORE[CodeList.KIND_OF_WORK].items())
    )

    def __init__(self, *args: Any, file: LogFile, schools: list[Choice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        headings = [("", "No column"), *((heading, heading) for heading in file.headings)]
        held = file.columns.get("fields", {})
        self.names = [field.name for field in FIELDS[file.shape]]
        for field in FIELDS[file.shape]:
            self.fields[field.name] = forms.ChoiceField(
                label=field.label, choices=headings, required=field.needed, initial=held.get(field.name, "")
            )
        self.order_fields(self.names)
        self.fields["one_school"].choices = [("", "None"), *schools]  # type: ignore[attr-defined]
        self.initial.update(
            {
                "one_school": file.columns.get("school", ""),
                "one_kind": file.columns.get("kind_of_work", "advice"),
            }
        )

    @property
    def chosen(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in self.names if self.cleaned_data[name]}


class WordsForm(forms.Form):
    """One choice of a core code for each word that has none. A word without a choice stays a problem of its rows."""

    def __init__(self, *args: Any, words: dict[str, list[str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.meanings: dict[str, tuple[str, str]] = {}
        for list_name, unknown in words.items():
            choices = [("", "Leave open"), *CORE[list_name].items()]
            for number, word in enumerate(unknown):
                name = f"{list_name}_{number}"
                label = f"“{word}” ({CodeList(list_name).label.lower()})"
                self.fields[name] = forms.ChoiceField(label=label, choices=choices, required=False)
                self.meanings[name] = (list_name, word)

    @property
    def chosen(self) -> dict[str, dict[str, str]]:
        codes: dict[str, dict[str, str]] = {}
        for name, (list_name, word) in self.meanings.items():
            if code := self.cleaned_data.get(name):
                codes.setdefault(list_name, {})[word] = code
        return codes


class ImportForm(forms.Form):
    leave_out = forms.BooleanField(label="Import the others, and leave out the rows with problems", required=False)
