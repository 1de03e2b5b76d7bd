"""Forms as GOV.UK components: an ordinary `forms.Form` renders with labels, hints, errors and an error summary.

With `FORM_RENDERER = "service.pages.forms.GovukRenderer"` a page writes
`{% include "pages/form.html" with form=form submit="Save" %}`.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import DjangoTemplates
from django.forms.widgets import Input, Widget

from service.pages.widgets import DateBoxes

TEMPLATES = {
    "django/forms/widgets/radio.html": "pages/widgets/radio.html",
    "django/forms/widgets/checkbox_select.html": "pages/widgets/checkboxes.html",
    "django/forms/widgets/checkbox.html": "pages/widgets/checkbox.html",
    "django/forms/widgets/number.html": "pages/widgets/number.html",
    "django/forms/widgets/file.html": "pages/widgets/file.html",
    "django/forms/widgets/clearable_file_input.html": "pages/widgets/file.html",
}
COMPONENTS: tuple[tuple[type[Widget], str], ...] = (
    (forms.Textarea, "govuk-textarea"),
    (forms.Select, "govuk-select"),
    (forms.FileInput, "govuk-file-upload"),
    (forms.PasswordInput, "govuk-input govuk-password-input__input govuk-js-password-input-input"),
    (Input, "govuk-input"),
)
WIDTHS: tuple[tuple[type[Widget], str], ...] = (
    (forms.NumberInput, "govuk-input--width-5"),
    (forms.TimeInput, "govuk-input--width-5"),
    (forms.DateInput, "govuk-input--width-10"),
)
CHOICES = (forms.RadioSelect, forms.CheckboxSelectMultiple)


def component_classes(widget: Widget, *, wrong: bool) -> str:
    """The class attribute of a widget: its component, its width, its error state, and what the form's author asked for."""
    asked = widget.attrs.get("class", "")
    if isinstance(widget, (*CHOICES, forms.CheckboxInput)) or widget.is_hidden:
        return asked
    component = next((name for kind, name in COMPONENTS if isinstance(widget, kind)), "")
    names = [component]
    if "width" not in asked:
        names += [name for kind, name in WIDTHS if isinstance(widget, kind)]
    if wrong and component:
        names.append(f"{component.split()[0]}--error")
    return " ".join(name for name in (*names, asked) if name)


class GovukBoundField(forms.BoundField):
    """A field of a form with what its GOV.UK component needs."""

    def build_widget_attrs(self, attrs: dict[str, Any], widget: Widget | None = None) -> dict[str, Any]:
        widget = widget or self.field.widget
        built: dict[str, Any] = {**super().build_widget_attrs(attrs, widget)}
        built.pop(
            "required", None
        )  # the server says what is missing, in words; the browser's bubble cannot be read again
        if classes := component_classes(widget, wrong=bool(self.errors)):
            built["class"] = classes
        if isinstance(widget, forms.NumberInput):
            built["inputmode"] = (
                "decimal" if isinstance(self.field, forms.DecimalField | forms.FloatField) else "numeric"
            )
        if isinstance(widget, forms.Textarea):
            if widget.attrs.get("rows") == "10":  # Django's own, which takes a phone's whole screen
                built["rows"] = 5
            built["maxlength"] = False
            built["cols"] = False
            if self.character_limit:
                built["class"] += " govuk-js-character-count"
        return built

    @property
    def layout(self) -> str:
        """Which of the four shapes of field.html fits: "checkbox", "password", "group" or "plain"."""
        widget = self.field.widget
        if isinstance(widget, forms.CheckboxInput):
            return "checkbox"
        if isinstance(widget, forms.PasswordInput):
            return "password"
        return "group" if self.use_fieldset and not isinstance(widget, forms.FileInput) else "plain"

    @property
    def aria_describedby(self) -> str | None:
        described = super().aria_describedby
        if described is None or not self.character_limit:
            return described
        return f"{described} {self.auto_id}-info".strip()

    @property
    def character_limit(self) -> int | None:
        if not isinstance(self.field.widget, forms.Textarea):
            return None
        return getattr(self.field, "max_length", None)

    @property
    def shown_label(self) -> str:
        """The label, and "(optional)" when the field may be left empty. A form of filters sets `mark_optional = False`."""
        marked = getattr(self.form, "mark_optional", True)
        if self.field.required or not marked or "(optional)" in str(self.label):
            return str(self.label)
        return f"{self.label} (optional)"

    @property
    def error_target(self) -> str:
        """The id that the error summary leads to: the first box or option that can be mended."""
        widget = self.field.widget
        if isinstance(widget, DateBoxes):
            return widget.first_wrong(self.auto_id, self.value())
        return f"{self.auto_id}_0" if isinstance(widget, CHOICES) else self.auto_id

    @property
    def shown_errors(self) -> list[str]:
        """The messages, where Django's own "This field is required." is replaced by what to do."""
        data: list[ValidationError] = self.form.errors.as_data()[self.name] if self.errors else []
        words: list[str] = []
        for error in data:
            plain = error.code == "required" and error.message == forms.Field.default_error_messages["required"]
            words += [self.missing_message] if plain else [str(message) for message in error.messages]
        return words

    @property
    def missing_message(self) -> str:
        label, widget = str(self.label), self.field.widget
        if isinstance(widget, forms.CheckboxInput):
            return f"Tick “{label}”"
        if label.endswith("?"):
            return f"Answer “{label}”"
        chosen = (forms.Select, forms.FileInput, *CHOICES)
        verb = "Select" if isinstance(widget, chosen) else "Enter"
        return f"{verb} {label if label[1:2].isupper() else label[:1].lower() + label[1:]}"


class GovukRenderer(DjangoTemplates):
    """Django's form renderer with the templates of the pages room."""

    form_template_name = "pages/fields.html"
    field_template_name = "pages/field.html"
    bound_field_class = GovukBoundField

    def get_template(self, template_name: str) -> Any:
        return super().get_template(TEMPLATES.get(template_name, template_name))
