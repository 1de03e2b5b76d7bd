"""What stands at the head of each page: where a person may go, in the order in which they work."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from service.permissions import Permission, holds

# label, url name, any one of these permissions
PLACES: tuple[tuple[str, str, tuple[Permission, ...]], ...] = (
    ("Contacts", "contact-list", (Permission.VIEW_CONTACTS,)),
    ("Enquiries", "enquiry-list", (Permission.VIEW_ENQUIRIES,)),
    ("Diary", "diary", (Permission.VIEW_DIARY,)),
    ("Children", "child-list", (Permission.VIEW_CHILD,)),
    ("Reviews", "review-list", (Permission.VIEW_REVIEW,)),
    ("Summary", "school-summary", (Permission.VIEW_SCHOOL_SUMMARY,)),
    ("Team", "team-dashboard", (Permission.VIEW_TEAM_DASHBOARD,)),
    ("Figures", "published-figures", (Permission.VIEW_PUBLISHED_FIGURES,)),
    ("Programme", "programme", (Permission.VIEW_PROGRAMME, Permission.VIEW_MENU)),
    ("Evidence", "evidence", (Permission.VIEW_PANEL, Permission.VIEW_REPORT)),
    ("Records", "records", (Permission.MANAGE_RETENTION, Permission.ANSWER_SUBJECT_ACCESS)),
    ("Audit", "audit", (Permission.VIEW_AUDIT,)),
    ("Schools", "school-list", (Permission.MANAGE_SCHOOLS,)),
    ("Accounts", "account-list", (Permission.MANAGE_ACCOUNTS,)),
)


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context processor: the places open to this person, and which of them the page is in; none before the second factor."""
    places: list[dict[str, Any]] = []
    if not getattr(request, "session", {}).get("second_factor"):
        return {"navigation": places}
    person = getattr(request, "user", None)  # nobody is known yet where a request for another host is refused
    for label, name, permissions in PLACES:
        if not any(holds(person, permission) for permission in permissions):
            continue
        url = reverse(name)
        places.append({"label": label, "url": url, "current": request.path.startswith(url)})
    return {"navigation": places}
