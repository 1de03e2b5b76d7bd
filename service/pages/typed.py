"""A text that somebody typed or pasted."""

from __future__ import annotations

from typing import Any

from django import forms


def without_nul(text: str) -> str:
    """A text without the character that PostgreSQL cannot keep; it comes from a paste, and nobody can see it."""
    return text.replace("\x00", "")


class TypedField(forms.CharField):
    """A text that somebody typed or pasted. A NUL character is dropped: nobody sees it, so nobody could mend it."""

    def to_python(self, value: Any) -> str:
        return without_nul(super().to_python(value) or "")
