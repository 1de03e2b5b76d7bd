"""The school census, or an extract of the school rolls in its shape."""

from __future__ import annotations

from swis.tables.column import Column, Kind
from swis.tables.returns.codes import SEX, SEX_TO_2024
from swis.tables.returns.statutory_return import StatutoryReturn
from swis.tables.table import Table

COLLECTION = Column(
    "collection",
    Kind.LABEL,
    "The census that the row is from, as 2024 autumn, by the name of the file.",
    required=False,
    caveat="Empty where the name of the file does not say.",
)
PUPIL_RECORD = Column(
    "pupil_record",
    Kind.LABEL,
    "The identifier of the pupil's record in the extract, by which sessions are joined.",
    required=False,
    statutory=("pupilonrolltableid", "pupilnolongeronrolltableid", "pupiltableid", "pupilid"),
)
SCHOOL = Column(
    "school",
    Kind.LABEL,
    "The school, as the extract names it.",
    statutory=("urn", "laestab", "estab", "school", "schoolurn", "nativeid"),
    caveat="A URN, an authority and establishment number, or a number of the authority's system: the panel says which.",
)
_UPN = Column(
    "unique_pupil_number",
    Kind.LABEL,
    "A check letter, eleven digits, and a digit (or a letter if the number is temporary).",
    required=False,
    statutory=("upn", "unique_pupil_number", "uniquepupilnumber"),
    caveat="Without it a pupil counts on the roll but no event can be joined.",
)
_SEX = Column(
    "sex",
    Kind.CODE,
    "The sex of the pupil.",
    required=False,
    codes=SEX,
    recoded=SEX_TO_2024,
    statutory=("sex", "gender"),
)
_BORN_ON = Column(
    "born_on",
    Kind.DATE,
    "The date of birth.",
    required=False,
    statutory=("dob", "dateofbirth", "personbirthdate"),
)
_YEAR_GROUPS = (
    ("E1", "early years, first"),
    ("E2", "early years, second"),
    ("N1", "nursery, first"),
    ("N2", "nursery, second"),
    ("R", "reception"),
    *((str(year), f"year {year}") for year in range(1, 15)),
    ("M", "mixed"),
    ("X", "no year group"),
)


def _sessions(name: str, statutory: str, description: str) -> Column:
    return Column(name, Kind.WHOLE_NUMBER, description, required=False, minimum=0, statutory=(statutory,))


_ATTENDANCE = (
    _sessions(
        "sessions_possible", "termlysessionspossible", "Sessions (half days) that the pupil could have attended."
    ),
    _sessions("sessions_authorised", "termlysessionsauthorised", "Sessions missed with leave."),
    _sessions("sessions_unauthorised", "termlysessionsunauthorised", "Sessions missed without leave."),
    _sessions(
        "summer_2_sessions_possible",
        "summerhalfterm2sessionspossible",
        "Sessions possible in the second half of the summer before; in the autumn census only.",
    ),
    _sessions(
        "summer_2_sessions_authorised",
        "summerhalfterm2sessionsauthorised",
        "Sessions missed with leave in that half-term.",
    ),
    _sessions(
        "summer_2_sessions_unauthorised",
        "summerhalfterm2sessionsunauthorised",
        "Sessions missed without leave in that half-term.",
    ),
)

PUPILS_ON_ROLL = Table(
    name="pupils_on_roll",
    file="pupilonroll",
    description="One row for each pupil on the roll of a school on census day.",
    counted="Pupils on roll, with the sessions of the term before.",
    not_counted="Names, addresses, learner numbers and attainment: they are in the file and are not read.",
    columns=(
        COLLECTION,
        PUPIL_RECORD,
        SCHOOL,
        _UPN,
        Column(
            "former_unique_pupil_number",
            Kind.LABEL,
            "An earlier unique pupil number.",
            required=False,
            statutory=("formerupn",),
        ),
        _BORN_ON,
        _SEX,
        Column(
            "entered_on",
            Kind.DATE,
            "The day on which the pupil joined the roll.",
            statutory=("entrydate", "dateofentry", "startdate"),
        ),
        Column(
            "left_on",
            Kind.DATE,
            "The day on which the pupil left the roll, in an extract that holds both.",
            required=False,
            statutory=("leavingdate", "dateofleaving", "enddate"),
            caveat="Empty: still on the roll. Files of the census have leavers in a table of their own.",
        ),
        Column(
            "year_group",
            Kind.CODE,
            "The national curriculum year group.",
            required=False,
            codes=_YEAR_GROUPS,
            statutory=("ncyearactual", "yeargroup", "ncyear"),
        ),
        Column(
            "enrolment_status",
            Kind.CODE,
            "How the pupil is enrolled.",
            required=False,
            codes=(
                ("C", "current, this school only"),
                ("M", "current, main school of two"),
                ("S", "current, subsidiary school of two"),
                ("F", "further education college"),
                ("O", "other provider"),
                ("G", "guest"),
            ),
            statutory=("enrolstatus",),
            caveat="A pupil at two schools is on both rolls; count C and M only, or once.",
        ),
        Column(
            "part_time", Kind.YES_NO, "Whether the pupil attends part-time.", required=False, statutory=("parttime",)
        ),
        Column(
            "special_educational_needs",
            Kind.CODE,
            "The provision for special educational needs.",
            required=False,
            codes=(
                ("N", "none"),
                ("K", "support"),
                ("E", "education, health and care plan"),
                ("S", "statement, to 2018"),
                ("A", "school action, to 2015"),
                ("P", "school action plus, to 2015"),
            ),
            statutory=("senprovision",),
        ),
        Column(
            "free_school_meals",
            Kind.YES_NO,
            "Whether the pupil is eligible for free school meals.",
            required=False,
            statutory=("fsm", "fsmeligible"),
            caveat="The census has periods of eligibility instead; rolls of authorities often have this flag.",
        ),
        Column(
            "lives_in", Kind.LABEL, "The authority in which the pupil lives.", required=False, statutory=("homela",)
        ),
        *_ATTENDANCE,
    ),
)

PUPILS_NO_LONGER_ON_ROLL = Table(
    name="pupils_no_longer_on_roll",
    file="pupilnolongeronroll",
    description="One row for each stay of a pupil who left the roll since the census before.",
    counted="Stays that ended; a pupil who left twice has two rows.",
    not_counted="Where the pupil went.",
    columns=(
        COLLECTION,
        PUPIL_RECORD,
        SCHOOL,
        _UPN,
        _BORN_ON,
        _SEX,
        Column("entered_on", Kind.DATE, "The day on which the pupil joined the roll.", statutory=("entrydate",)),
        Column(
            "left_on",
            Kind.DATE,
            "The day on which the pupil left the roll.",
            statutory=("leavingdate", "dateofleaving", "enddate"),
        ),
        Column(
            "year_group",
            Kind.CODE,
            "The national curriculum year group on leaving.",
            required=False,
            codes=_YEAR_GROUPS,
            statutory=("ncyearleaving", "ncyearactual", "yeargroup"),
        ),
        *_ATTENDANCE,
    ),
)

ABSENCE_SESSIONS = Table(
    name="absence_sessions",
    file="termlysessiondetails",
    description="One row for each pupil and code of the register, with the sessions under it.",
    counted="Sessions under a code in the term.",
    not_counted="Sessions attended (but for codes of attendance elsewhere).",
    columns=(
        COLLECTION,
        PUPIL_RECORD,
        Column(
            "school",
            SCHOOL.kind,
            SCHOOL.description,
            required=False,
            statutory=SCHOOL.statutory,
            caveat="Follows from the pupil's record where it is empty.",
        ),
        Column("sessions", Kind.WHOLE_NUMBER, "How many sessions.", minimum=0, statutory=("sessions",)),
        Column(
            "absence_code",
            Kind.CODE,
            "The code of the register.",
            codes=(
                ("C", "leave in exceptional circumstances"),
                ("E", "suspended or excluded, no provision made"),
                ("G", "holiday without leave"),
                ("H", "holiday with leave"),
                ("I", "illness"),
                ("M", "medical or dental appointment"),
                ("N", "no reason given yet"),
                ("O", "without leave"),
                ("R", "religious observance"),
                ("S", "study leave"),
                ("T", "Traveller absence"),
                ("U", "late, after the register closed"),
                ("X", "not required to attend"),
                ("Y", "unable to attend"),
                ("Z", "not yet on roll"),
                ("#", "school closed"),
            ),
            statutory=("attendancereason",),
            caveat="X, Y, Z and # are no absence. The rate of absence is authorised and unauthorised over possible.",
        ),
    ),
)

EXCLUSIONS = Table(
    name="exclusions",
    file="termlyexclusions",
    description="One row for each suspension or permanent exclusion.",
    counted="Suspensions and permanent exclusions that began in the period of the census.",
    not_counted="Internal exclusion.",
    columns=(
        COLLECTION,
        PUPIL_RECORD,
        Column("school", SCHOOL.kind, SCHOOL.description, required=False, statutory=SCHOOL.statutory),
        Column(
            "category",
            Kind.CODE,
            "The kind of exclusion.",
            codes=(
                ("FIXD", "suspension (fixed period)"),
                ("SUSP", "suspension"),
                ("LNCH", "suspension at lunch time"),
                ("PERM", "permanent exclusion"),
            ),
            statutory=("category", "exclusioncategory"),
        ),
        Column("started_on", Kind.DATE, "The day on which it began.", statutory=("startdate", "exclusionstartdate")),
        _sessions("sessions", "sessions", "Sessions missed; empty for a permanent exclusion."),
        *(
            Column(
                f"reason_{number}",
                Kind.LABEL,
                "A reason, by its code." if number == 1 else "A further reason.",
                required=False,
                statutory=(f"reason{number}",),
            )
            for number in (1, 2, 3)
        ),
    ),
)

FREE_SCHOOL_MEAL_PERIODS = Table(
    name="free_school_meal_periods",
    file="fsmperiods",
    description="One row for each period in which a pupil was eligible for free school meals.",
    counted="Eligibility, not meals eaten.",
    not_counted="Universal infant free school meals.",
    columns=(
        COLLECTION,
        PUPIL_RECORD,
        Column("school", SCHOOL.kind, SCHOOL.description, required=False, statutory=SCHOOL.statutory),
        Column("started_on", Kind.DATE, "The first day.", statutory=("fsmstartdate",)),
        Column(
            "ended_on", Kind.DATE, "The last day.", required=False, statutory=("fsmenddate",), caveat="Empty: goes on."
        ),
    ),
)

SCHOOL_CENSUS = StatutoryReturn(
    name="school_census",
    title="School census, or an extract of the rolls",
    description="The census of each term as authorities hold it, one file a table, or one file of the rolls. The term is taken "
    "from a file name such as 2024_autumn_pupilonroll.csv.",
    form="CSV files or workbooks (.xlsx). Names of columns may be in any case.",
    tables=(
        PUPILS_ON_ROLL,
        PUPILS_NO_LONGER_ON_ROLL,
        ABSENCE_SESSIONS,
        EXCLUSIONS,
        FREE_SCHOOL_MEAL_PERIODS,
    ),
)
