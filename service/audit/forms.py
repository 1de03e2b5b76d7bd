"""What one may ask the audit."""

from __future__ import annotations

from django import forms

from service.audit.models import Action
from service.pages.fields import GovukDateField


class AuditFilter(forms.Form):
    """Every filter may be empty. People are found by their whole address, children by their whole reference."""

    mark_optional = False

    person = forms.EmailField(label="Person", help_text="The whole e-mail address", required=False)
    child = forms.CharField(label="Child", help_text="The whole reference", required=False, max_length=20)
    action = forms.ChoiceField(label="What was done", required=False, choices=[("", "Anything"), *Action.choices])
    first = GovukDateField(label="From", required=False)
    last = GovukDateField(label="To", required=False)

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", "The last day must not be before the first.")
        return cleaned
