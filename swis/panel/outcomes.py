"""Every outcome of the panel: what is counted, in words and in code, in one place.

An outcome is counted by the term of the event and the school of the child on that day; holidays follow the rule of the
settings. One child and one day make one event, however many returns or rows have it. Brothers and sisters are each counted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

from swis.tables.returns.ssda903 import SHORT_BREAKS

if TYPE_CHECKING:
    import ibis.expr.types as ir

Condition: TypeAlias = "Callable[[ir.Table], ir.BooleanValue]"

STARTED_TO_BE_LOOKED_AFTER = "S"
SCHOOLS_AS_SOURCE = "2A"
SUSPENSIONS = ("FIXD", "SUSP", "LNCH")
PERMANENT = "PERM"


class Source(Enum):
    """The return that an outcome comes from. The text is what tables and pages print."""

    CHILDREN_IN_NEED = "children in need census"
    LOOKED_AFTER = "SSDA903"
    ATTENDANCE = "school census: sessions"
    EXCLUSIONS = "school census: exclusions"
    ROLLS = "school rolls"
    MOVES = "school rolls, up to the next census"


class Kind(Enum):
    """What a number of the outcome is a number of."""

    EVENTS = "events"
    CHILDREN = "children on the census day"
    DAYS = "days"
    SESSIONS = "sessions"


@dataclass(frozen=True)
class Events:
    """One event for each child and `day` among the rows of a staged table that meet the condition.

    Of several rows of one child and day the one of the latest return decides.
    """

    table: str
    day: str
    where: Condition | None = None


@dataclass(frozen=True)
class Spells:
    """Spells of a staged table, from the first day to the day before the last; open ones to the end of their return."""

    table: str
    started_on: str = "started_on"
    ended_on: str = "ended_on"


@dataclass(frozen=True)
class Outcome:
    """An outcome as defined. `rule` is its definition in code; None where a module of its own counts it."""

    code: str
    name: str
    kind: Kind
    source: Source
    counted: str
    not_counted: str
    rule: Events | Spells | None = None


def is_short_break(episodes: ir.Table) -> ir.BooleanValue:
    """Whether an episode is one of an agreed series of short breaks (V3, V4)."""
    return episodes.legal_status.isin(SHORT_BREAKS).fill_null(False)


_CIN = Source.CHILDREN_IN_NEED
_EARLY_HELP = "Contacts that did not become referrals; early help."

OUTCOMES: tuple[Outcome, ...] = (
    Outcome(
        "referrals",
        "Referrals",
        Kind.EVENTS,
        _CIN,
        "Referrals to children's social care, by the day of the referral; those that ended in no further action included.",
        _EARLY_HELP,
        Events("referrals", "referred_on"),
    ),
    Outcome(
        "referrals_no_further_action",
        "Referrals with no further action",
        Kind.EVENTS,
        _CIN,
        "Referrals that ended in no further action, by the day of the referral.",
        "Referrals of which the return does not say; those that ended in no further action after an assessment.",
        Events("referrals", "referred_on", lambda rows: rows.no_further_action),
    ),
    Outcome(
        "referrals_from_school",
        "Referrals from schools",
        Kind.EVENTS,
        _CIN,
        "Referrals whose source is a school (2A), by the day of the referral.",
        "Referrals from education services (2B).",
        Events("referrals", "referred_on", lambda rows: rows.referral_source == SCHOOLS_AS_SOURCE),
    ),
    Outcome(
        "section_17_assessments",
        "Section 17 assessments begun",
        Kind.EVENTS,
        _CIN,
        "Continuous assessments under section 17 of the Children Act 1989, by the day on which they began.",
        "Early help assessments.",
        Events("assessments", "started_on"),
    ),
    Outcome(
        "section_17_assessments_completed",
        "Section 17 assessments completed",
        Kind.EVENTS,
        _CIN,
        "Continuous assessments, by the day on which they were authorised.",
        "Assessments that are not finished.",
        Events("assessments", "authorised_on"),
    ),
    Outcome(
        "section_17_starts",
        "Child in need plans begun",
        Kind.EVENTS,
        _CIN,
        "Child in need plans (section 17), by the day on which they began.",
        "Help without a plan; child protection plans.",
        Events("child_in_need_plans", "started_on"),
    ),
    Outcome(
        "section_47_enquiries",
        "Section 47 enquiries",
        Kind.EVENTS,
        _CIN,
        "Children who became the subject of an enquiry under section 47 of the Children Act 1989, by the day on which it "
        "began.",
        "Strategy discussions that did not lead to an enquiry.",
        Events("section_47_enquiries", "started_on"),
    ),
    Outcome(
        "initial_child_protection_conferences",
        "Initial child protection conferences",
        Kind.EVENTS,
        _CIN,
        "Children who were the subject of an initial conference, by its day; recorded with the referral, with the enquiry, or "
        "both.",
        "Review conferences.",
        Events("initial_conferences", "held_on"),
    ),
    Outcome(
        "child_protection_plans",
        "Child protection plans begun",
        Kind.EVENTS,
        _CIN,
        "Child protection plans, by the day on which they began.",
        "Temporary plans of children placed by other authorities.",
        Events("child_protection_plans", "started_on"),
    ),
    Outcome(
        "children_on_child_protection_plans",
        "Children on a child protection plan",
        Kind.CHILDREN,
        _CIN,
        "Children who were on a plan on the census day of the term.",
        "Plans that ended on the census day or before it.",
        Spells("child_protection_plans"),
    ),
    Outcome(
        "children_entering_care",
        "Children entering care",
        Kind.EVENTS,
        Source.LOOKED_AFTER,
        "Children who started to be looked after (reason for a new episode S), by the first day.",
        "Changes of placement or legal status; short breaks (V3, V4), unless the settings count them.",
        Events("episodes", "started_on", lambda rows: rows.reason_for_new_episode == STARTED_TO_BE_LOOKED_AFTER),
    ),
    Outcome(
        "days_in_care",
        "Days in care",
        Kind.DAYS,
        Source.LOOKED_AFTER,
        "Days on which a child was looked after: the union of a child's episodes from the first day to the day before the "
        "last, clipped to the days that count towards the term.",
        "Days twice, where episodes overlap; short breaks (V3, V4), unless the settings count them; days of an episode "
        "without an end after the year of the latest return that has it.",
    ),
    Outcome(
        "children_in_care",
        "Children in care",
        Kind.CHILDREN,
        Source.LOOKED_AFTER,
        "Children who were looked after on the census day of the term.",
        "Short breaks (V3, V4), unless the settings count them.",
        Spells("episodes"),
    ),
    Outcome(
        "sessions_possible",
        "Sessions possible",
        Kind.SESSIONS,
        Source.ATTENDANCE,
        "Half days that pupils on the roll, or who left it, could have attended in the term.",
        "Sessions before joining and after leaving.",
    ),
    Outcome(
        "sessions_missed",
        "Sessions missed",
        Kind.SESSIONS,
        Source.ATTENDANCE,
        "Half days missed in the term, with leave and without. Attendance is the rest of the sessions possible.",
        "Attendance at an approved activity elsewhere.",
    ),
    Outcome(
        "sessions_missed_unauthorised",
        "Sessions missed without leave",
        Kind.SESSIONS,
        Source.ATTENDANCE,
        "Half days missed without leave in the term.",
        "Absence with leave.",
    ),
    Outcome(
        "suspensions",
        "Suspensions",
        Kind.EVENTS,
        Source.EXCLUSIONS,
        "Suspensions, lunch times included, by the day on which they began and the school that suspended.",
        "Internal exclusion; permanent exclusions.",
    ),
    Outcome(
        "permanent_exclusions",
        "Permanent exclusions",
        Kind.EVENTS,
        Source.EXCLUSIONS,
        "Permanent exclusions, by the day on which they began and the school that excluded.",
        "Exclusions that were later overturned, where the return still has them, are counted.",
    ),
    Outcome(
        "pupils_joined",
        "Pupils who joined during their school years",
        Kind.EVENTS,
        Source.MOVES,
        "Pupils who joined the roll, by the first day on it.",
        "The usual entry at the start of autumn: before and in reception, years 3, 7 and 12. A return to the same school "
        "within 60 days, and a school that became an academy.",
    ),
    Outcome(
        "pupils_left",
        "Pupils who left during their school years",
        Kind.EVENTS,
        Source.MOVES,
        "Pupils who left the roll, by the last day on it, wherever they went: another school, home education, out of the "
        "authority.",
        "The usual leaving in June to August: years 2, 6, 11, 12, 13 and 14. A return to the same school within 60 days, and a "
        "school that became an academy.",
    ),
)


def outcome_of(code: str) -> Outcome:
    """The outcome of that code. Raises KeyError."""
    found = next((outcome for outcome in OUTCOMES if outcome.code == code), None)
    if found is None:
        raise KeyError(code)
    return found
