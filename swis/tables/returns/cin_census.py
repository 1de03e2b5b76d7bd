"""The children in need census: the yearly return of referrals and what followed from them."""

from __future__ import annotations

from swis.tables.column import Column, Kind
from swis.tables.returns.cin_census_codes import (
    ASSESSMENT_FACTOR,
    CATEGORY_OF_ABUSE,
    DISABILITY,
    REASON_FOR_CLOSURE,
    REFERRAL_SOURCE,
    WHY_NO_UNIQUE_PUPIL_NUMBER,
)
from swis.tables.returns.codes import ETHNICITY, PRIMARY_NEED, SEX, SEX_CAVEAT, SEX_TO_2024
from swis.tables.returns.statutory_return import StatutoryReturn
from swis.tables.table import Table

CHILD_NUMBER = Column("child_number", Kind.WHOLE_NUMBER, "The place of the child in the file, from 1.")
CHILD = Column("child", Kind.LABEL, "The authority's own identifier of the child.", statutory=("LAchildID",))
_REFERRAL_NUMBER = Column("referral_number", Kind.WHOLE_NUMBER, "The place of the referral in the file, from 1.")
_ASSESSMENT_NUMBER = Column("assessment_number", Kind.WHOLE_NUMBER, "The place of the assessment in the file, from 1.")
_PLAN_NUMBER = Column("plan_number", Kind.WHOLE_NUMBER, "The place of the child protection plan in the file, from 1.")
_LINKS = (CHILD_NUMBER, _REFERRAL_NUMBER, CHILD)
_SAME_CHILD = "A child may be in two returns that follow each other, with the same episode in both."


def _day(name: str, statutory: str, description: str, caveat: str = "", required: bool = False) -> Column:
    return Column(name, Kind.DATE, description, required=required, caveat=caveat, statutory=(statutory,))


CHILDREN = Table(
    name="children",
    file="Child",
    description="One row for each child of the return.",
    counted="Children with a referral, an assessment, a plan or another open episode in the year to 31 March.",
    not_counted="The school of the child: the return does not have it. It is found by the unique pupil number.",
    columns=(
        CHILD_NUMBER,
        CHILD,
        Column(
            "unique_pupil_number",
            Kind.LABEL,
            "A check letter, eleven digits, and a digit (or a letter if the number is temporary).",
            required=False,
            statutory=("UPN",),
            caveat="Empty for children below or beyond school age. A wrong check letter is a finding; the number is kept.",
        ),
        Column(
            "former_unique_pupil_number",
            Kind.LABEL,
            "An earlier unique pupil number.",
            required=False,
            statutory=("FormerUPN",),
        ),
        Column(
            "no_unique_pupil_number_because",
            Kind.CODE,
            "Why there is none.",
            required=False,
            codes=WHY_NO_UNIQUE_PUPIL_NUMBER,
            statutory=("UPNunknown",),
        ),
        _day("born_on", "PersonBirthDate", "The date of birth.", "Empty for an unborn child."),
        _day("expected_on", "ExpectedPersonBirthDate", "The expected date of birth of an unborn child."),
        Column(
            "sex",
            Kind.CODE,
            "The sex of the child; to 2024 the gender.",
            required=False,
            codes=SEX,
            recoded=SEX_TO_2024,
            statutory=("Sex", "GenderCurrent"),
            caveat=SEX_CAVEAT,
        ),
        _day("died_on", "PersonDeathDate", "The date of death."),
        Column("ethnicity", Kind.CODE, "The ethnic group.", required=False, codes=ETHNICITY, statutory=("Ethnicity",)),
    ),
    key=("child",),
)

DISABILITIES = Table(
    name="disabilities",
    file="Disability",
    description="One row for each disability of a child.",
    counted="Disabilities as recorded.",
    not_counted="Severity. A child without a row has no record, which is not the same as no disability.",
    columns=(
        CHILD_NUMBER,
        CHILD,
        Column("disability", Kind.CODE, "The disability.", codes=DISABILITY, statutory=("Disability",)),
    ),
    key=("child", "disability"),
)

REFERRALS = Table(
    name="referrals",
    file="CINdetails",
    description="One row for each referral, with the episode of need that it began.",
    counted="Referrals open at some time in the year, those that ended in no further action included.",
    not_counted=f"Contacts that did not become referrals. {_SAME_CHILD}",
    columns=(
        *_LINKS,
        _day("referred_on", "CINreferralDate", "The day of the referral.", required=True),
        Column(
            "referral_source",
            Kind.CODE,
            "Who referred.",
            required=False,
            codes=REFERRAL_SOURCE,
            statutory=("ReferralSource",),
            caveat="A referral from a school is 2A. 5D early help was added later than the others.",
        ),
        Column(
            "primary_need",
            Kind.CODE,
            "The main reason for the need.",
            required=False,
            codes=PRIMARY_NEED,
            statutory=("PrimaryNeedCode",),
        ),
        _day("closed_on", "CINclosureDate", "The day on which the episode of need ended.", "Empty: open."),
        Column(
            "reason_for_closure",
            Kind.CODE,
            "Why it ended.",
            required=False,
            codes=REASON_FOR_CLOSURE,
            statutory=("ReasonForClosure",),
        ),
        _day(
            "initial_conference_on",
            "DateOfInitialCPC",
            "The day of an initial child protection conference that is recorded with the referral.",
            "Section 47 enquiries have a field of the same name; the two are kept apart here.",
        ),
        Column(
            "no_further_action",
            Kind.YES_NO,
            "Whether the referral ended in no further action.",
            required=False,
            statutory=("ReferralNFA",),
            caveat="Arrives as true, false, TRUE, FALSE, 0 or 1.",
        ),
    ),
    key=("child", "referred_on"),
)

ASSESSMENTS = Table(
    name="assessments",
    file="Assessments",
    description="One row for each continuous assessment (section 17).",
    counted="Assessments begun, finished or open in the year.",
    not_counted=f"Early help assessments. {_SAME_CHILD}",
    columns=(
        CHILD_NUMBER,
        _REFERRAL_NUMBER,
        _ASSESSMENT_NUMBER,
        CHILD,
        _day("started_on", "AssessmentActualStartDate", "The day on which the assessment began.", required=True),
        _day("reviewed_on", "AssessmentInternalReviewDate", "The day of the internal review."),
        _day(
            "authorised_on",
            "AssessmentAuthorisationDate",
            "The day on which it was authorised.",
            "Empty: not finished.",
        ),
    ),
    key=("child", "started_on"),
)

ASSESSMENT_FACTORS = Table(
    name="assessment_factors",
    file="AssessmentFactors",
    description="One row for each factor that was found at the end of an assessment.",
    counted="Factors as recorded; several to an assessment.",
    not_counted="Factors of assessments that are not finished.",
    columns=(
        CHILD_NUMBER,
        _REFERRAL_NUMBER,
        _ASSESSMENT_NUMBER,
        CHILD,
        Column("factor", Kind.CODE, "The factor.", codes=ASSESSMENT_FACTOR, statutory=("AssessmentFactors",)),
    ),
    key=("assessment_number", "factor"),
)

CHILD_IN_NEED_PLANS = Table(
    name="child_in_need_plans",
    file="CINPlanDates",
    description="One row for each child in need plan.",
    counted="Plans open at some time in the year.",
    not_counted="Time on a child protection plan or in care.",
    columns=(
        *_LINKS,
        _day("started_on", "CINPlanStartDate", "The day on which the plan began.", required=True),
        _day("ended_on", "CINPlanEndDate", "The day on which it ended.", "Empty: open."),
    ),
    key=("child", "started_on"),
)

SECTION_47_ENQUIRIES = Table(
    name="section_47_enquiries",
    file="Section47",
    description="One row for each child and enquiry under section 47 of the Children Act 1989.",
    counted="Enquiries begun, finished or open in the year. Brothers and sisters in one enquiry have a row each.",
    not_counted=f"Strategy discussions that did not lead to an enquiry. {_SAME_CHILD}",
    columns=(
        *_LINKS,
        _day("started_on", "S47ActualStartDate", "The day on which the enquiry began.", required=True),
        _day("conference_due_on", "InitialCPCtarget", "The day by which an initial conference was due."),
        _day("initial_conference_on", "DateOfInitialCPC", "The day of the initial child protection conference."),
        Column(
            "conference_not_required",
            Kind.YES_NO,
            "Whether it was decided that no conference was needed.",
            required=False,
            statutory=("ICPCnotRequired",),
        ),
    ),
    key=("child", "started_on"),
)

INITIAL_CONFERENCES = Table(
    name="initial_conferences",
    file="DateOfInitialCPC",
    description="One row for each date of an initial child protection conference, from either place that has one.",
    counted="Conferences recorded with a referral and conferences recorded with a section 47 enquiry.",
    not_counted="Whether two rows of one child and day are one conference: they are, and are counted once later.",
    columns=(
        *_LINKS,
        Column("held_on", Kind.DATE, "The day of the conference."),
        Column(
            "recorded_with",
            Kind.CODE,
            "The place in the return.",
            codes=(("referral", "in CINdetails"), ("section 47 enquiry", "in Section47")),
        ),
    ),
)

CHILD_PROTECTION_PLANS = Table(
    name="child_protection_plans",
    file="ChildProtectionPlans",
    description="One row for each child protection plan.",
    counted="Plans open at some time in the year.",
    not_counted="Plans of other authorities for the same child, but for their number.",
    columns=(
        CHILD_NUMBER,
        _REFERRAL_NUMBER,
        _PLAN_NUMBER,
        CHILD,
        _day("started_on", "CPPstartDate", "The day on which the plan began.", required=True),
        _day("ended_on", "CPPendDate", "The day on which it ended.", "Empty: open."),
        Column(
            "initial_category",
            Kind.CODE,
            "The category of abuse at the start.",
            required=False,
            codes=CATEGORY_OF_ABUSE,
            statutory=("InitialCategoryOfAbuse",),
        ),
        Column(
            "latest_category",
            Kind.CODE,
            "The latest category of abuse.",
            required=False,
            codes=CATEGORY_OF_ABUSE,
            statutory=("LatestCategoryOfAbuse",),
        ),
        Column(
            "previous_plans",
            Kind.WHOLE_NUMBER,
            "How many plans the child had before.",
            required=False,
            minimum=0,
            statutory=("NumberOfPreviousCPP",),
        ),
    ),
    key=("child", "started_on"),
)

CHILD_PROTECTION_REVIEWS = Table(
    name="child_protection_reviews",
    file="CPPreviewDate",
    description="One row for each review of a child protection plan.",
    counted="Reviews held in the year.",
    not_counted="Reviews that were due and not held.",
    columns=(
        CHILD_NUMBER,
        _REFERRAL_NUMBER,
        _PLAN_NUMBER,
        CHILD,
        _day("reviewed_on", "CPPreviewDate", "The day of the review.", required=True),
    ),
    key=("plan_number", "reviewed_on"),
)


def _new(name: str, kind: Kind, statutory: str, description: str) -> Column:
    return Column(name, kind, description, required=False, statutory=(statutory,), first_year=2026)


PRE_PROCEEDINGS = Table(
    name="pre_proceedings",
    file="PreProceedingsandFGDM",
    description="One row for each pre-proceedings process and offer of family group decision making; from 2026.",
    counted="What the authority recorded.",
    not_counted="Proceedings themselves. The element is named in the collection's description, not in the schema at hand: "
    "its codes are kept as they are written.",
    columns=(
        *_LINKS,
        _new("started_on", Kind.DATE, "PPStartDate", "The day on which pre-proceedings began."),
        _new("letter_sent_on", Kind.DATE, "LBPSentDate", "The day of the letter before proceedings."),
        _new("family_meeting_offered", Kind.LABEL, "FGDMMeetingOffer", "Whether a family group meeting was offered."),
        _new("family_meeting_facilitated", Kind.LABEL, "FGDMMeetingFac", "Whether one was held."),
        _new("first_meeting_on", Kind.DATE, "InitialPPMeetingDate", "The day of the first pre-proceedings meeting."),
        _new("review_meetings", Kind.WHOLE_NUMBER, "ReviewMeetingsCount", "How many review meetings were held."),
        _new("decided_on", Kind.DATE, "StepDecisionDate", "The day of the decision to step up or down."),
        _new("outcome", Kind.LABEL, "PPOutcome", "The outcome."),
        _new("court_application_on", Kind.DATE, "CourtAppDate", "The day of the application to the court."),
        _new("care_letter_on", Kind.DATE, "LetterInitCPDate", "The day of the letter that began care proceedings."),
    ),
)


def _of_header(name: str, statutory: str, description: str) -> Column:
    return Column(name, Kind.LABEL, description, required=False, statutory=(statutory,))


HEADER = Table(
    name="header",
    file="Header",
    description="One row for the return.",
    counted="What the return says about itself.",
    not_counted="Names of persons.",
    columns=(
        _of_header("collection", "Collection", "The collection: CIN."),
        _of_header("year", "Year", "The year in which the collection ends."),
        _of_header("returned_on", "ReferenceDate", "The day of the return: 31 March."),
        _of_header("level", "SourceLevel", "Who returns it: L, an authority."),
        _of_header("authority", "LEA", "The three-digit code of the authority."),
        _of_header("software", "SoftwareCode", "What wrote it."),
        _of_header("release", "Release", "Its release."),
        _of_header("serial_number", "SerialNo", "The number of the attempt."),
        _of_header("written_at", "DateTime", "When it was written."),
    ),
)

CIN_CENSUS = StatutoryReturn(
    name="cin_census",
    title="Children in need census",
    description="The yearly return of children in need, from 1 April to 31 March: an academic year needs two. It has no school.",
    form="XML: Message, Header and Children. No namespace, no document type.",
    tables=(
        HEADER,
        CHILDREN,
        DISABILITIES,
        REFERRALS,
        ASSESSMENTS,
        ASSESSMENT_FACTORS,
        CHILD_IN_NEED_PLANS,
        SECTION_47_ENQUIRIES,
        INITIAL_CONFERENCES,
        CHILD_PROTECTION_PLANS,
        CHILD_PROTECTION_REVIEWS,
        PRE_PROCEEDINGS,
    ),
)
