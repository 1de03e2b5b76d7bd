"""What is said after something was saved whose words seem to hold a name. Nothing stands in the way."""

from __future__ import annotations

from service.practice.names import likely_names
from service.schools.models import School


def said_with_hint(said: str, *texts: str, school: School) -> str:
    """What was done and, where the words seem to name somebody, a hint to write it anew without the name.

    It does not repeat the words: what is said after a redirect passes through a cookie of the browser.
    """
    names = likely_names("\n".join(texts), known=[str(school)])
    if not names:
        return said
    what = "A word of it looks like a name" if len(names) == 1 else f"{len(names)} words of it look like names"
    return f"{said}. {what}: if a child or a family is named, take it back and write it without."
