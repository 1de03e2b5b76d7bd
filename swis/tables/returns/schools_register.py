"""The register of schools (Get Information about Schools), its links, and the Department's school tables."""

from __future__ import annotations

from swis.tables.column import Column, Kind
from swis.tables.returns.statutory_return import StatutoryReturn
from swis.tables.table import Table

_URN = r"\d{6}"
_AUTHORITY = r"\d{3}"


def _coded(
    name: str, statutory: str, description: str, codes: tuple[tuple[str, str], ...] = (), caveat: str = ""
) -> Column:
    kind = Kind.CODE if codes else Kind.LABEL
    return Column(name, kind, description, required=False, codes=codes, caveat=caveat, statutory=(statutory,))


def _number(name: str, statutory: str, description: str, kind: Kind = Kind.WHOLE_NUMBER, caveat: str = "") -> Column:
    return Column(
        name, kind, description, required=False, minimum=0, statutory=(statutory,), symbols=True, caveat=caveat
    )


URN = Column(
    "urn",
    Kind.LABEL,
    "The unique reference number of the school.",
    statutory=("URN",),
    pattern=_URN,
    caveat="It changes when a school becomes an academy: follow the links.",
)

SCHOOLS = Table(
    name="schools",
    file="edubasealldata",
    description="One row for each school, open or closed.",
    counted="Establishments of every type in the register.",
    not_counted="Addresses and names of staff: they are in the file and are not read.",
    columns=(
        URN,
        Column("authority", Kind.LABEL, "The code of the authority.", statutory=("LA (code)",), pattern=_AUTHORITY),
        _coded("authority_name", "LA (name)", "The name of the authority."),
        _coded("establishment_number", "EstablishmentNumber", "The number of the school in its authority."),
        Column(
            "authority_and_establishment",
            Kind.LABEL,
            "The code of the authority and four digits for the school (LAESTAB).",
            required=False,
        ),
        Column("school_name", Kind.TEXT, "The name of the school.", statutory=("EstablishmentName",)),
        _coded("type", "TypeOfEstablishment (code)", "The type, by its code."),
        _coded("type_name", "TypeOfEstablishment (name)", "The type in words."),
        _coded("type_group", "EstablishmentTypeGroup (name)", "The group of types in words."),
        _coded(
            "status",
            "EstablishmentStatus (code)",
            "Whether the school is open.",
            (("1", "open"), ("2", "closed"), ("3", "open, to close"), ("4", "to open")),
        ),
        Column("opened_on", Kind.DATE, "The day of opening.", required=False, statutory=("OpenDate",)),
        Column("closed_on", Kind.DATE, "The day of closing.", required=False, statutory=("CloseDate",)),
        _coded(
            "phase",
            "PhaseOfEducation (code)",
            "The phase.",
            (
                ("0", "not applicable"),
                ("1", "nursery"),
                ("2", "primary"),
                ("3", "middle, deemed primary"),
                ("4", "secondary"),
                ("5", "middle, deemed secondary"),
                ("6", "16 plus"),
                ("7", "all-through"),
            ),
        ),
        _number("youngest", "StatutoryLowAge", "The lowest age."),
        _number("oldest", "StatutoryHighAge", "The highest age."),
        _coded("gender_of_entry", "Gender (name)", "Boys, girls or mixed."),
        _coded("admissions", "AdmissionsPolicy (name)", "The admissions policy in words."),
        _number("capacity", "SchoolCapacity", "Places."),
        Column("counted_on", Kind.DATE, "The census day of the numbers.", required=False, statutory=("CensusDate",)),
        _number(
            "pupils", "NumberOfPupils", "Pupils on roll.", caveat="Of the latest census, whatever the year studied."
        ),
        _number("boys", "NumberOfBoys", "Boys on roll."),
        _number("girls", "NumberOfGirls", "Girls on roll."),
        _number("free_school_meals_percent", "PercentageFSM", "Per cent eligible for free school meals.", Kind.NUMBER),
        _number("free_school_meals", "FSM", "Pupils eligible for free school meals."),
        _coded("trust", "Trusts (code)", "The trust, by its code."),
        _coded("region", "GOR (name)", "The region in words."),
        _coded("urban_or_rural", "UrbanRural (code)", "The class of settlement, by its code."),
        _coded("neighbourhood", "LSOA (code)", "The lower layer super output area."),
        _number("easting", "Easting", "Metres east on the national grid."),
        _number("northing", "Northing", "Metres north on the national grid."),
    ),
    key=("urn",),
)

SCHOOL_LINKS = Table(
    name="school_links",
    file="links_edubasealldata",
    description="One row for each link from one school to another.",
    counted="Predecessors and successors, mergers, splits and changes of age range.",
    not_counted="Trusts and federations.",
    columns=(
        URN,
        Column("linked_urn", Kind.LABEL, "The school that it is linked to.", statutory=("LinkURN",), pattern=_URN),
        Column("linked_name", Kind.TEXT, "The name of that school.", required=False, statutory=("LinkName",)),
        Column(
            "link",
            Kind.CODE,
            "What the linked school is to this one.",
            required=False,
            statutory=("LinkType",),
            codes=(
                ("Predecessor", "it came before"),
                ("Predecessor - amalgamated", "it came before, and was one of several that became one"),
                ("Predecessor - merged", "it came before, and was merged into this one"),
                ("Predecessor - Split School", "it came before, and was split"),
                ("Successor", "it came after"),
                ("Successor - amalgamated", "it came after, made of several"),
                ("Successor - merged", "it came after, and took this one in"),
                ("Successor - Split School", "it came after, one of several"),
                ("Merged - expansion of school capacity", "merged to hold more pupils"),
                ("Merged - change in age range", "merged to change the ages"),
                ("Expansion", "expansion"),
                ("Closure", "closure"),
                ("Sixth Form Centre Link", "a shared sixth form: the centre"),
                ("Sixth Form Centre School", "a shared sixth form: a school"),
                ("Result of Amalgamation", "made of several"),
                ("Other", "another link"),
            ),
            caveat="The list is gathered from public software that reads the file; another type is counted and kept as null.",
        ),
        Column("linked_on", Kind.DATE, "The day of the link.", required=False, statutory=("LinkEstablishedDate",)),
    ),
    key=("urn", "linked_urn"),
)

SCHOOL_PUPIL_NUMBERS = Table(
    name="school_pupil_numbers",
    file="census (performance tables)",
    description="One row for each school: pupils and their characteristics in one January census.",
    counted="State schools and independent schools.",
    not_counted="National rows at the end of the file: they are dropped and counted.",
    columns=(
        URN,
        _coded("authority", "LA", "The code of the authority."),
        _coded("establishment_number", "ESTAB", "The number of the school in its authority."),
        _coded("school_type", "SCHOOLTYPE", "The kind of school in words."),
        _number("pupils", "NOR", "Pupils on roll."),
        _number("girls", "NORG", "Girls on roll."),
        _number("boys", "NORB", "Boys on roll."),
        _number("education_health_and_care_plan", "TSENELSE", "Pupils with a statement or plan."),
        _number("special_needs_support", "TSENELK", "Pupils with support for special educational needs."),
        _number("english_as_additional_language", "NUMEAL", "Pupils with English as an additional language."),
        _number("free_school_meals", "NUMFSM", "Pupils eligible for free school meals."),
        _number("free_school_meals_in_six_years", "NUMFSMEVER", "Pupils eligible at some time in six years."),
    ),
    key=("urn",),
)

SCHOOL_ABSENCE = Table(
    name="school_absence",
    file="abs (performance tables)",
    description="One row for each school: absence in one academic year.",
    counted="State schools.",
    not_counted="National rows at the end of the file: they are dropped and counted.",
    columns=(
        URN,
        _coded("authority", "LA", "The code of the authority."),
        _coded("establishment_number", "ESTAB", "The number of the school in its authority."),
        _number("absence_percent", "PERCTOT", "Per cent of possible sessions missed.", Kind.NUMBER),
        _number(
            "persistent_absence_percent", "PPERSABS10", "Per cent of pupils who missed a tenth or more.", Kind.NUMBER
        ),
    ),
    key=("urn",),
)

SCHOOLS_REGISTER = StatutoryReturn(
    name="schools_register",
    title="Register of schools and the Department's school tables",
    description="Public files about schools, not children.",
    form="CSV in Windows-1252 or UTF-8. Symbols in place of numbers become null, with the symbol kept in a column beside it "
    "whose name ends in _symbol.",
    tables=(SCHOOLS, SCHOOL_LINKS, SCHOOL_PUPIL_NUMBERS, SCHOOL_ABSENCE),
)
