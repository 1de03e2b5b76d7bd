"""Forms of a safeguarding lead. Role and school stand in no field: they are what they are."""

from __future__ import annotations

from django import forms


class NameColleagueForm(forms.Form):
    name = forms.CharField(label="Name", max_length=150)
    email = forms.EmailField(
        label="Work e-mail address",
        help_text="The colleague's work address at the school. A private address is none.",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
