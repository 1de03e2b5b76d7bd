"""The outcomes of a synthetic authority, by their codes, and which of them follows from which."""

from __future__ import annotations

from collections.abc import Mapping

REFERRALS = "referrals"
NO_FURTHER_ACTION = "referrals_no_further_action"
FROM_SCHOOL = "referrals_from_school"
ASSESSMENTS = "section_17_assessments"
ENQUIRIES = "section_47_enquiries"
CONFERENCES = "initial_child_protection_conferences"
PLANS = "child_protection_plans"
ENTRIES = "children_entering_care"
DAYS_IN_CARE = "days_in_care"
SUSPENSIONS = "suspensions"
PERMANENT_EXCLUSIONS = "permanent_exclusions"
SESSIONS_POSSIBLE = "sessions_possible"
SESSIONS_MISSED = "sessions_missed"
PUPILS = "pupils"
RESIDENT_PUPILS = "resident_pupils"

FOLLOWS: Mapping[str, str] = {
    NO_FURTHER_ACTION: REFERRALS,
    FROM_SCHOOL: REFERRALS,
    ASSESSMENTS: REFERRALS,
    ENQUIRIES: ASSESSMENTS,
    CONFERENCES: ENQUIRIES,
    PLANS: CONFERENCES,
    ENTRIES: ASSESSMENTS,
}
PLANTABLE = (REFERRALS, *FOLLOWS, SUSPENSIONS, PERMANENT_EXCLUSIONS, SESSIONS_MISSED)
OUTCOMES = (
    REFERRALS,
    NO_FURTHER_ACTION,
    FROM_SCHOOL,
    ASSESSMENTS,
    ENQUIRIES,
    CONFERENCES,
    PLANS,
    ENTRIES,
    DAYS_IN_CARE,
    SUSPENSIONS,
    PERMANENT_EXCLUSIONS,
    SESSIONS_POSSIBLE,
    SESSIONS_MISSED,
    PUPILS,
    RESIDENT_PUPILS,
)
