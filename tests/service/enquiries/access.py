"""Who may have the pages of this app."""

from __future__ import annotations

from service.permissions import Role
from tests.service.access import Access
from tests.service.diary.access import row
from tests.service.enquiries.drawing import draw_enquiry

SEES = frozenset({Role.SOCIAL_WORKER, Role.TEAM_MANAGER, Role.SAFEGUARDING_LEAD})
ANSWERS = frozenset({Role.SOCIAL_WORKER, Role.TEAM_MANAGER})
ASKS = frozenset({Role.SAFEGUARDING_LEAD})

enquiry = row("enquiry", draw_enquiry)

ACCESS: dict[str, Access] = {
    "enquiry-list": Access(SEES),
    "enquiry-late": Access(frozenset({Role.TEAM_MANAGER})),
    "enquiry-ask": Access(ASKS),
    "kept-text-discard": Access(SEES),
    "digest-choice": Access(SEES),
    "enquiry": Access(SEES, reach="school", kwargs=enquiry),
    "enquiry-answer": Access(ANSWERS, reach="school", kwargs=enquiry, method="post"),
    "enquiry-reopen": Access(ASKS, reach="school", kwargs=enquiry),
    "enquiry-close": Access(ASKS, reach="school", kwargs=enquiry, method="post"),
    "enquiry-withdraw": Access(ASKS, reach="school", kwargs=enquiry),
}
