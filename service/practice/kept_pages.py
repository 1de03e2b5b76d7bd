"""The forms, beside those of contacts, whose words are kept for their writer when they come too late."""

from __future__ import annotations

from collections.abc import Mapping

# The name of each address, and what its draft is called in the list of drafts.
PAGES = {
    "contact-referral": "What became of a referral",
    "contact-withdraw": "Withdrawal of a contact",
    "involvement-open": "Opening of an involvement",
    "involvement-step": "Step of an involvement",
    "involvement-hand-over": "Handing over of an involvement",
    "involvement-close": "Closing of an involvement",
    "child-restrict": "Restriction of a record",
    "restriction-review": "Review of a restriction",
    "restriction-lift": "Lifting of a restriction",
    "conflict-declare": "Conflict of interest",
    "conflict-settle": "Settlement of a conflict of interest",
    "glass-break": "Opening of a restricted record",
    "meeting-plan": "Plan of a meeting",
    "meeting-minute": "Agenda and decisions of a meeting",
    "agreement-text-write": "Text of an agreement",
    "risk-raise": "Risk or issue",
    "risk-review": "Review of a risk or an issue",
    "menu-begin": "Introduction of a menu",
    "menu-item-add": "Line of a menu",
}
# The fields that people write in, and what they are called where the draft is read.
WORDS = {
    "reason": "Reason", "note": "Note", "settlement": "Why the worker may see the record again", "agenda": "Agenda",
    "notes": "Decisions", "text": "Text", "what": "What", "how": "How", "mitigation": "What is done about it",
    "remark": "What has changed", "introduction": "Introduction",
}  # fmt: skip
MOST_FIELDS = 40


def words_of(content: Mapping[str, list[str]]) -> dict[str, str]:
    """What was written, by the name of its field, without what was left empty."""
    said = {label: "\n".join(content.get(name, [])).strip() for name, label in WORDS.items()}
    return {label: words for label, words in said.items() if words}
