"""The SSDA903: the yearly return of looked-after children."""

from __future__ import annotations

from swis.tables.column import Column, Kind
from swis.tables.returns.codes import ETHNICITY, PRIMARY_NEED, SEX, SEX_CAVEAT, SEX_TO_2024
from swis.tables.returns.shape import Element, names_of
from swis.tables.returns.statutory_return import StatutoryReturn
from swis.tables.table import Table

LEGAL_STATUS = (
    ("C1", "interim care order"),
    ("C2", "full care order"),
    ("D1", "freeing order granted"),
    ("E1", "placement order granted"),
    ("V2", "accommodated under section 20"),
    ("V3", "agreed series of short breaks, each break an episode"),
    ("V4", "agreed series of short breaks, the agreement as one episode"),
    ("L1", "under police protection"),
    ("L2", "emergency protection order"),
    ("L3", "child assessment order"),
    ("J1", "remanded to accommodation or to youth detention accommodation"),
    ("J2", "accommodated under the Police and Criminal Evidence Act"),
    ("J3", "youth rehabilitation order with residence or intensive fostering"),
)

SHORT_BREAKS = ("V3", "V4")

REASON_FOR_NEW_EPISODE = (
    ("S", "started to be looked after"),
    ("L", "change of legal status only"),
    ("P", "change of placement only"),
    ("T", "change of legal status and placement"),
    ("B", "change of legal status and carer, same placement"),
    ("U", "change of carer only, same placement"),
)

REASON_EPISODE_CEASED = (
    ("X1", "a new episode begins on the same day"),
    ("E11", "adopted, unopposed"),
    ("E12", "adopted, consent dispensed with"),
    ("E2", "died"),
    ("E3", "taken over by another authority"),
    ("E4A", "returned home, planned"),
    ("E4B", "returned home, unplanned"),
    ("E13", "left to live with relatives or another person without parental responsibility"),
    ("E41", "child arrangements order"),
    ("E45", "special guardianship order to former foster carers"),
    ("E46", "special guardianship order to other carers"),
    ("E47", "special guardianship order to relatives or friends who had fostered"),
    ("E48", "special guardianship order to others who had fostered"),
    ("E5", "independent living with support"),
    ("E6", "independent living without support"),
    ("E7", "to residential care of adult services"),
    ("E8", "any other reason"),
    ("E9", "sentenced to custody"),
    ("E14", "accommodation on remand ended"),
    ("E15", "age assessment found an adult"),
    ("E16", "moved abroad"),
    ("E17", "18 and stayed with the carers"),
)

PLACEMENT = (
    ("A3", "placed for adoption with the foster carer, with consent"),
    ("A4", "placed for adoption with others, with consent"),
    ("A5", "placed for adoption with the foster carer, with a placement order"),
    ("A6", "placed for adoption with others, with a placement order"),
    ("H5", "semi-independent living"),
    ("K1", "secure children's home"),
    ("K2", "children's home"),
    ("P1", "with own parents"),
    ("P2", "independent living"),
    ("P3", "residential employment"),
    ("R1", "residential care home"),
    ("R2", "health trust or other establishment for health"),
    ("R3", "family centre or mother and baby unit"),
    ("R5", "young offender institution or prison"),
    ("S1", "residential school"),
    ("T0", "temporary move of any kind"),
    ("T1", "temporary: hospital"),
    ("T2", "temporary: holiday"),
    ("T3", "temporary: carer on holiday"),
    ("T4", "temporary: other, more than seven days"),
    ("U1", "foster placement with relative or friend, long term"),
    ("U2", "foster placement with relative or friend who may adopt"),
    ("U3", "foster placement with relative or friend, other"),
    ("U4", "foster placement with others, long term"),
    ("U5", "foster placement with others who may adopt"),
    ("U6", "foster placement with others, other"),
    ("Z1", "other"),
)

_CHILD = Column(
    "child",
    Kind.LABEL,
    "The authority's own identifier of the child in this return.",
    statutory=("CHILD", "CHILDID"),
    caveat="It need not be the identifier of the children in need census; the unique pupil number joins the two.",
)

LOOKED_AFTER_CHILDREN = Table(
    name="looked_after_children",
    file="header",
    description="One row for each child of the return.",
    counted="Children looked after at some time in the year to 31 March.",
    not_counted="The school of the child.",
    columns=(
        _CHILD,
        Column(
            "sex",
            Kind.CODE,
            "The sex of the child.",
            required=False,
            codes=SEX,
            recoded=SEX_TO_2024,
            statutory=("SEX",),
            caveat=SEX_CAVEAT,
        ),
        Column("born_on", Kind.DATE, "The date of birth.", required=False, statutory=("DOB",)),
        Column("ethnicity", Kind.CODE, "The ethnic group.", required=False, codes=ETHNICITY, statutory=("ETHNIC",)),
        Column(
            "unique_pupil_number",
            Kind.LABEL,
            "The unique pupil number, or the reason why there is none (UN1 to UN7).",
            required=False,
            statutory=("UPN",),
        ),
        Column("mother", Kind.YES_NO, "Whether the child is a mother.", required=False, statutory=("MOTHER",)),
        Column("own_child_born_on", Kind.DATE, "The birth of her child.", required=False, statutory=("MC_DOB",)),
    ),
    key=("child",),
    marks=("sex", "born_on"),
)

EPISODES = Table(
    name="episodes",
    file="episodes",
    description="One row for each episode of being looked after: one legal status in one placement.",
    counted="Episodes open at some time in the year. Days in care are the union of a child's episodes, from the first day to "
    "the day before the last.",
    not_counted="Days twice: where episodes overlap, the overlap is counted once. Short breaks (V3, V4) are left out by option.",
    columns=(
        _CHILD,
        Column("started_on", Kind.DATE, "The first day.", statutory=("DECOM",)),
        Column(
            "reason_for_new_episode",
            Kind.CODE,
            "Why the episode began.",
            required=False,
            codes=REASON_FOR_NEW_EPISODE,
            statutory=("RNE",),
            caveat="A child enters care where it is S; an episode that follows another is not an entry.",
        ),
        Column(
            "legal_status",
            Kind.CODE,
            "The legal status.",
            required=False,
            codes=LEGAL_STATUS,
            statutory=("LS",),
            caveat="The Department's main counts leave out V3 and V4.",
        ),
        Column(
            "primary_need",
            Kind.CODE,
            "The main reason for the need.",
            required=False,
            codes=PRIMARY_NEED,
            statutory=("CIN",),
        ),
        Column(
            "placement",
            Kind.CODE,
            "The kind of placement.",
            required=False,
            codes=PLACEMENT,
            statutory=("PLACE", "PL"),
            caveat="Named PL in the XML form.",
        ),
        Column(
            "provider",
            Kind.CODE,
            "Who provides the placement.",
            required=False,
            codes=(
                ("PR0", "the parents"),
                ("PR1", "the authority"),
                ("PR2", "another authority"),
                ("PR3", "another public body"),
                ("PR4", "a private provider"),
                ("PR5", "a voluntary or third-sector provider"),
            ),
            statutory=("PLACE_PROVIDER",),
        ),
        Column(
            "ended_on",
            Kind.DATE,
            "The last day, which is not counted.",
            required=False,
            statutory=("DEC",),
            caveat="Empty: still looked after.",
        ),
        Column(
            "reason_ended",
            Kind.CODE,
            "Why the episode ended.",
            required=False,
            codes=REASON_EPISODE_CEASED,
            statutory=("REC",),
            caveat="X1 is no end of care.",
        ),
    ),
    key=("child", "started_on"),
)

HEADINGS_NOT_READ = (
    ("reviews", ("REVIEW", "REVIEW_CODE")),
    ("uasc", ("SEX", "DUC")),
    ("oc2", ("SDQ_SCORE", "SDQ_REASON")),
    ("oc3", ("IN_TOUCH", "ACTIV", "ACCOM")),
    ("ad1", ("DATE_INT", "DATE_MATCH")),
    ("placed_for_adoption", ("DATE_PLACED", "DATE_PLACED_CEASED")),
    ("previous_permanence", ("PREV_PERM",)),
    ("missing", ("MISSING", "MIS_START", "MIS_END")),
    ("sw_episodes", ("SW_ID", "SW_DECOM")),
    ("dolo", ("DOLO_START", "DOLO_END")),
)

SSDA903 = StatutoryReturn(
    name="ssda903",
    title="SSDA903 (children looked after)",
    description="The yearly return of looked-after children, from 1 April to 31 March. Its URN is that of the placement, not of "
    "a school, and is not read; nor are postcodes.",
    form="CSV files with dates as dd/mm/yyyy, or one XML file (EXPSSDA903).",
    tables=(LOOKED_AFTER_CHILDREN, EPISODES),
    not_read=(
        ("reviews", "reviews of looked-after children"),
        ("uasc", "unaccompanied asylum-seeking children"),
        ("oc2", "health and offending"),
        ("oc3", "care leavers"),
        ("ad1", "adoption"),
        ("placed_for_adoption", "placement for adoption"),
        ("previous_permanence", "previous permanence arrangements"),
        ("missing", "missing from care"),
        ("sw_episodes", "episodes with social workers"),
        ("dolo", "deprivation of liberty orders, from 2026-27"),
    ),
)

SSDA903_SHAPE = Element(
    "EXPSSDA903",
    elements=(
        Element(
            "CHILD",
            LOOKED_AFTER_CHILDREN,
            elements=(
                Element("HEADER", fills=tuple(name for name in names_of(LOOKED_AFTER_CHILDREN) if name != "CHILD")),
                Element("EPISODE", EPISODES, fills=names_of(EPISODES, without=("child",))),
            ),
        ),
    ),
)
