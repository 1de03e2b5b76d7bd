"""Every key of study.toml, declared once: the reader reads by these, the reference is tested against them."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from swis.costs.annuity import ANNUITY_RULES
from swis.study.section import Form, Key, Section

FORMAT = 1
ZERO, ONE = Decimal(0), Decimal(1)

STUDY = Section(
    "study",
    "What is evaluated, and how the comparison came about.",
    (
        Key("title", Form.TEXT, "the title of the evaluation."),
        Key("authority", Form.TEXT, "the local authority."),
        Key("launched", Form.YEAR_MONTH, "the month in which the programme started."),
        Key("comparison", Form.CODE, "how schools came by their arm.", codes=("matched comparison", "randomised")),
        Key("summary", Form.TEXT, "two or three sentences on what was done.", required=False, default=""),
        Key("source", Form.TEXT, "where the figures come from.", required=False, default=""),
    ),
)
TERMS = Section(
    "terms",
    "The terms in their order.",
    (
        Key("order", Form.TEXTS, "every term, from the first to the last."),
        Key("reference", Form.TEXT, "the term that others are compared with."),
        Key("after", Form.TEXTS, "the last term or terms, in which an effect is looked for."),
        Key("starts", Form.MONTH_OF_EACH, "the month in which each term begins.", required=False, default={}),
        Key("days", Form.NUMBER_OF_EACH, "the length of each term in days.", required=False, default={}, above=ZERO),
    ),
)
SCHOOL = Section(
    "schools.ID",
    "One school; ID is the name that the study gives it.",
    (
        Key("arm", Form.CODE, "with or without a social worker.", codes=("intervention", "comparison")),
        Key("phase", Form.TEXT, "primary, secondary, special.", required=False, default=""),
        Key("cluster", Form.TEXT, "the group that was given the programme together.", required=False),
        Key("stratum", Form.TEXT, "the group within which arms could have changed places.", required=False),
        Key("printed_as", Form.TEXTS, "the labels it has in the tables; without it: the ID.", required=False),
    ),
)
OUTCOME = Section(
    "outcome",
    "One outcome; there may be several.",
    (
        Key("code", Form.TEXT, "the short name used in the tables."),
        Key("name", Form.TEXT, "the name in words."),
        Key("kind", Form.CODE, "what is counted.", codes=("events", "days")),
        Key("per", Form.WHOLE_NUMBER, "rates are shown per so many pupils.", required=False, default=100, above=ZERO),
        Key("primary", Form.YES_OR_NO, "whether it is the primary outcome.", required=False, default=False),
        Key("schools", Form.TEXTS, "the schools in their printed order.", required=False),
        Key("constant_school", Form.TEXT, "the school that a published constant belongs to.", required=False),
        Key(
            "published_claim",
            Form.CODE,
            "what was published of the effect.",
            required=False,
            codes=("significant", "not significant"),
        ),
        Key(
            "unit_of_count",
            Form.NUMBER,
            "how many counts make one independent event; for days in care the days of a term.",
            required=False,
            default=ONE,
            above=ZERO,
        ),
    ),
)
CORRECTION = Section(
    "correction",
    "A printed value that is replaced, with the reason; there may be several.",
    (
        Key("outcome", Form.TEXT, "the outcome whose table is corrected."),
        Key("school", Form.TEXT, "the ID of the school."),
        Key("term", Form.TEXT, "the term; for a count only.", required=False),
        Key("field", Form.CODE, "what is corrected.", codes=("count", "arm")),
        Key("printed", Form.TEXT_OR_NUMBER, "the printed value; for an arm, what the label says."),
        Key("corrected", Form.TEXT_OR_NUMBER, "the value to use."),
        Key("kind", Form.CODE, "how sure it is.", codes=("forced by the table", "inferred")),
        Key("reason", Form.TEXT, "why."),
    ),
)
PROGRAMME = Section(
    "programme",
    "The size of the programme; what is not published is left out.",
    (
        Key("schools", Form.WHOLE_NUMBER, "schools with a social worker.", required=False, above=ZERO),
        Key("workers", Form.WHOLE_NUMBER, "social workers in the team.", required=False, above=ZERO),
        Key("pupils", Form.WHOLE_NUMBER, "pupils of all its schools.", required=False, above=ZERO),
        Key("clusters", Form.WHOLE_NUMBER, "groups of schools that it was given to.", required=False, above=ZERO),
    ),
)
# How claims become the cost of a period: the same keys for pilots and for a trial.
PART_OF_YEAR = (
    Key(
        "share_of_year",
        Form.FRACTION,
        "its part of a year; without it: months/12.",
        required=False,
        above=ZERO,
        at_most=ONE,
    ),
    Key("terms", Form.WHOLE_NUMBER, "the school terms in the period.", required=False, default=1, above=ZERO),
)
SPREADING = (
    Key(
        "useful_life_years",
        Form.NUMBER,
        "how long a claimed purchase lasts.",
        required=False,
        default=Decimal(4),
        above=ZERO,
        at_most=Decimal(100),
    ),
    Key(
        "annuity_rule",
        Form.CODE,
        "how a claimed purchase is spread.",
        required=False,
        default="ordinary",
        codes=ANNUITY_RULES,
    ),
)
MONEY = Section(
    "money",
    "How claims become the cost of a period.",
    (
        Key("price_year", Form.WHOLE_NUMBER, "the year of the prices.", at_least=Decimal(1900), at_most=Decimal(2100)),
        Key("period", Form.TEXT, "the period, as named in claims.csv."),
        Key("months", Form.WHOLE_NUMBER, "its length in months.", above=ZERO, at_most=Decimal(12)),
        *PART_OF_YEAR,
        Key(
            "discount_rate",
            Form.NUMBER,
            "the yearly rate; 0.035 is 3.5%.",
            required=False,
            default=Decimal("0.035"),
            at_least=ZERO,
            at_most=ONE,
        ),
        *SPREADING,
    ),
)
PUBLISHED_COST = Section(
    "published_cost",
    "A sum that the source prints, to check against; there may be several.",
    (
        Key("what", Form.CODE, "which sum.", codes=("staffing", "ancillary", "total")),
        Key("printed", Form.TEXT, "the digits as printed."),
        Key("source", Form.TEXT, "where it is printed.", required=False, default=""),
    ),
)
ANALYSIS = Section(
    "analysis",
    "Options of the analysis.",
    (
        Key(
            "seed", Form.WHOLE_NUMBER, "the seed of every random draw.", required=False, default=20200501, at_least=ZERO
        ),
        Key(
            "worthwhile_rate_ratio",
            Form.NUMBER,
            "the smallest effect that would be worth having.",
            required=False,
            default=Decimal("0.8"),
            above=ZERO,
            at_most=Decimal(10),
        ),
        Key(
            "permutation_unit",
            Form.CODE,
            "what changes places in a permutation.",
            required=False,
            default="school",
            codes=("school", "cluster"),
        ),
        Key(
            "strata",
            Form.CODE,
            "within which groups it changes places.",
            required=False,
            default="none",
            codes=("none", "phase", "stratum"),
        ),
    ),
)
NOTE = Section(
    "note",
    "Something about the source that no check can see; it is carried as a finding. There may be several.",
    (
        Key("what", Form.TEXT, "what the source says or contradicts."),
        Key("what_to_do", Form.TEXT, "what follows for the reader."),
        Key("outcome", Form.TEXT, "the outcome that it is about.", required=False, default=""),
        Key("severity", Form.CODE, "how much it matters.", required=False, default="note", codes=("warning", "note")),
    ),
)
LITERATURE = Section(
    "literature",
    "What was found elsewhere, to stand beside the result as literature; there may be several.",
    (
        Key("what", Form.TEXT, "which study, in a few words."),
        Key("outcome", Form.TEXT, "the code of the outcome."),
        Key("rate_ratio", Form.TEXT, "the rate ratio as printed."),
        Key("ci_low", Form.TEXT, "the lower end of its 95% interval as printed."),
        Key("ci_high", Form.TEXT, "the upper end of its 95% interval as printed."),
        Key("schools", Form.WHOLE_NUMBER, "how many schools it rests on.", required=False, default=None, at_least=ONE),
        Key("source", Form.TEXT, "where it is printed."),
    ),
)

SINGLE_SECTIONS: tuple[Section, ...] = (STUDY, TERMS, PROGRAMME, MONEY, ANALYSIS)
REPEATED_SECTIONS: tuple[Section, ...] = (OUTCOME, CORRECTION, PUBLISHED_COST, NOTE, LITERATURE)
ALL_SECTIONS: tuple[Section, ...] = (*SINGLE_SECTIONS, SCHOOL, *REPEATED_SECTIONS)
TOP_LEVEL_KEYS: tuple[str, ...] = ("format", "schools", *(s.name for s in (*SINGLE_SECTIONS, *REPEATED_SECTIONS)))


def share_of_year(money: dict[str, object]) -> Fraction:
    """The period's part of a year: as written, else its months over twelve."""
    written = money["share_of_year"]
    return written if isinstance(written, Fraction) else Fraction(int(str(money["months"])), 12)
