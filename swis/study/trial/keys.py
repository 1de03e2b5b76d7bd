"""Every key of trial.toml, declared once: the reader reads by these, the reference is tested against them."""

from __future__ import annotations

from decimal import Decimal

from swis.costs.discount import GREEN_BOOK, MOST_YEARS
from swis.costs.resample import LEAST_DRAWS
from swis.estimate.trial.intention_to_treat import ROBUST
from swis.estimate.trial.model import ESTIMANDS
from swis.study.keys import LITERATURE, NOTE, ONE, PART_OF_YEAR, PROGRAMME, SPREADING, ZERO
from swis.study.section import Form, Key, Section

TRIAL_FILE = "trial.toml"
FORMAT = 1
COVARIATES = ("baseline", "pupils", "free_school_meals")
THOUSAND = Decimal(1_000)
MOST_DRAWS = Decimal(1_000_000)

TRIAL = Section(
    "trial",
    "What was tried, where, and how schools came by their arm.",
    (
        Key("title", Form.TEXT, "the title of the trial."),
        Key("authorities", Form.TEXTS, "the local authorities, each once."),
        Key("launched", Form.YEAR_MONTH, "the month in which social workers started."),
        Key("primary", Form.TEXT, "the code of the one primary outcome."),
        Key("certificate", Form.TEXT, "the file of the allocation's certificate, in the folder.", required=False),
        Key("registration", Form.TEXT, "where the trial is registered.", required=False, default=""),
        Key("summary", Form.TEXT, "two or three sentences on what was done.", required=False, default=""),
        Key("source", Form.TEXT, "where the figures come from.", required=False, default=""),
    ),
)
TERMS = Section(
    "terms",
    "The terms in their order, before and after the draw.",
    (
        Key("order", Form.TEXTS, "every term, from the first to the last."),
        Key("baseline", Form.TEXTS, "the terms before the draw.", required=False, default=()),
        Key("follow_up", Form.TEXTS, "the terms of the only follow-up.", required=False, default=()),
        Key("starts", Form.MONTH_OF_EACH, "the month in which each term begins.", required=False, default={}),
        Key("days", Form.NUMBER_OF_EACH, "the length of each term in days.", required=False, default={}, above=ZERO),
        Key(
            "terms_in_year",
            Form.WHOLE_NUMBER,
            "how many terms make a year, for terms whose days are not given.",
            required=False,
            default=3,
            above=ZERO,
            at_most=Decimal(12),
        ),
    ),
)
FOLLOW_UP = Section(
    "follow_up",
    "One of several follow-ups, in their order.",
    (
        Key("name", Form.TEXT, "its name."),
        Key("terms", Form.TEXTS, "the terms that are added up in it."),
    ),
)
OUTCOME = Section(
    "outcome",
    "One outcome; there may be several.",
    (
        Key("code", Form.TEXT, "the short name used in the tables."),
        Key("name", Form.TEXT, "the name in words."),
        Key("kind", Form.CODE, "what it is.", codes=("events", "days", "sessions", "scores")),
        Key(
            "per",
            Form.WHOLE_NUMBER,
            "rates are shown per so many pupil-years.",
            required=False,
            default=1000,
            above=ZERO,
        ),
        Key(
            "unit_of_count",
            Form.NUMBER,
            "how many counts make one event; for days in care the days of a term.",
            required=False,
            default=ONE,
            above=ZERO,
        ),
        Key("possible", Form.TEXT, "for sessions: the code of the sessions possible.", required=False),
    ),
)
ANALYSIS = Section(
    "analysis",
    "Options of the analysis, settled before outcomes are seen.",
    (
        Key(
            "seed", Form.WHOLE_NUMBER, "the seed of every random draw.", required=False, default=20200501, at_least=ZERO
        ),
        Key("variance", Form.CODE, "the standard error.", required=False, default="HC3", codes=tuple(ROBUST)),
        Key(
            "estimand",
            Form.CODE,
            "what is averaged over.",
            required=False,
            default="participant",
            codes=tuple(ESTIMANDS),
        ),
        Key(
            "covariates",
            Form.TEXTS,
            "what is adjusted for; an empty list: only the authorities.",
            required=False,
            default=COVARIATES,
        ),
        Key(
            "draws",
            Form.WHOLE_NUMBER,
            "how often the allocation is drawn again.",
            required=False,
            default=9_999,
            at_least=Decimal(199),
            at_most=MOST_DRAWS,
        ),
        Key(
            "worthwhile_rate_ratio",
            Form.NUMBER,
            "the smallest effect that would be worth having, as a ratio.",
            required=False,
            default=Decimal("0.8"),
            above=ZERO,
            at_most=Decimal(10),
        ),
        Key(
            "worthwhile_effect_size",
            Form.NUMBER,
            "the same for scores, in standard deviations.",
            required=False,
            default=Decimal("0.1"),
            at_least=Decimal(-3),
            at_most=Decimal(3),
        ),
        Key(
            "multiplicity",
            Form.CODE,
            "how outcomes beside the primary one are adjusted for their number.",
            required=False,
            default="holm",
            codes=("holm", "romano-wolf"),
        ),
        Key(
            "main_follow_up",
            Form.TEXT,
            "the follow-up that the planned analysis is of; without it: all, added up.",
            required=False,
        ),
        Key(
            "looks",
            Form.NUMBERS,
            "shares of information at which the trial is looked at, the last of them 1.",
            required=False,
            default=(),
            above=ZERO,
            at_most=ONE,
        ),
        Key("look", Form.WHOLE_NUMBER, "which of the looks this is; without it: the last.", required=False, above=ZERO),
    ),
)
SUBGROUP = Section(
    "subgroup",
    "A subgroup named before the draw; there may be several.",
    (
        Key("name", Form.TEXT, "the name in words."),
        Key("column", Form.TEXT, "the column of trial_schools.csv that says who is in which."),
    ),
)
CHANGE = Section(
    "change",
    "What became of a school after the draw; there may be several.",
    (
        Key("school", Form.TEXT, "the school, as in trial_schools.csv."),
        Key("kind", Form.CODE, "what happened.", codes=("closed", "merged", "new_urn", "withdrew")),
        Key("reason", Form.TEXT, "why, in a few words."),
        Key("into", Form.TEXT, "its new label, or the school that it merged into.", required=False),
        Key(
            "merged_arm_is_that_of",
            Form.TEXT,
            "for a merger across arms: the school whose arm is kept.",
            required=False,
        ),
        Key("on", Form.YEAR_MONTH, "the month.", required=False),
    ),
)
TIDIER_ITEMS = (
    ("brief_name", "1: the name of the intervention."),
    ("why", "2: the reasoning behind it."),
    ("materials", "3: what materials were used."),
    ("procedures", "4: what was done."),
    ("provider", "5: who did it, with which training."),
    ("how", "6: in which way: face to face, alone or in groups."),
    ("where", "7: in which places."),
    ("when_and_how_much", "8: when, how often and how much."),
    ("tailoring", "9: what was fitted to whom."),
    ("modifications", "10: what was changed on the way."),
    ("how_well_planned", "11: how fidelity was to be measured and kept up."),
    ("how_well_actual", "12: how far it was carried out as planned."),
)
TIDIER = Section(
    "tidier",
    "What was delivered, by the twelve items of TIDieR.",
    tuple(Key(name, Form.TEXT, what, required=False) for name, what in TIDIER_ITEMS),
)
CONSORT_ITEMS = (
    ("sample_size", "7a: how the number of schools was chosen, and which k or intra-cluster correlation was assumed."),
    ("who_drew", "10a: who drew the schools, who enrolled them, who told them their arm."),
    ("consent", "10c: whose consent was asked, and whether before or after the draw."),
    ("why_ended", "14b: why the trial ended or was stopped."),
    ("funding", "25: who paid for it, and what they had a say in."),
)
CONSORT = Section(
    "consort",
    "What CONSORT for cluster trials asks and no other file of the folder tells.",
    tuple(Key(name, Form.TEXT, what, required=False) for name, what in CONSORT_ITEMS),
)
MONEY = Section(
    "money",
    "How the money is weighed, and how claims become the cost of a period.",
    (
        Key("price_year", Form.TEXT_OR_NUMBER, 'the year of the prices: 2019, or "2019-20" for a financial year.'),
        Key("perspective", Form.TEXT, "whose costs and savings are counted.", required=False),
        Key("source", Form.TEXT, "where the costs come from.", required=False),
        Key(
            "synthetic",
            Form.YES_OR_NO,
            "whether they are made up: every sum is then labelled SYNTHETIC.",
            required=False,
            default=False,
        ),
        Key(
            "worths",
            Form.NUMBERS,
            "what one of the primary outcome averted could be worth, in pounds.",
            required=False,
            default=tuple(map(Decimal, (1_000, 10_000, 20_000))),
            at_least=ZERO,
        ),
        Key(
            "discount_rate",
            Form.NUMBER,
            "the yearly rate; 0.035 is 3.5%.",
            required=False,
            default=Decimal(str(GREEN_BOOK)),
            at_least=ZERO,
            at_most=Decimal("0.99"),
        ),
        Key(
            "schools_affected",
            Form.WHOLE_NUMBER,
            "how many schools the decision is about in a year.",
            required=False,
            above=ZERO,
        ),
        Key(
            "horizon_years",
            Form.WHOLE_NUMBER,
            "for how many years it is decided.",
            required=False,
            default=1,
            above=ZERO,
            at_most=Decimal(MOST_YEARS),
        ),
        Key(
            "rollout",
            Form.NUMBERS,
            "how many schools would have it in each year of a budget.",
            required=False,
            default=(),
            at_least=ZERO,
        ),
        Key(
            "draws",
            Form.WHOLE_NUMBER,
            "how often schools are drawn anew.",
            required=False,
            default=10_000,
            at_least=Decimal(LEAST_DRAWS),
            at_most=Decimal(100_000),
        ),
        Key("period", Form.TEXT, "the period of the claims, as named in claims.csv.", required=False),
        Key(
            "months",
            Form.WHOLE_NUMBER,
            "the length of that period in months.",
            required=False,
            above=ZERO,
            at_most=Decimal(12),
        ),
        *PART_OF_YEAR,
        *SPREADING,
    ),
)
PILOTS = Section(
    "pilots",
    "The pilots that came before, for the lesson.",
    (
        Key("folders", Form.TEXTS, "the folders of their studies, by their way from this one."),
        Key(
            "trial",
            Form.CODE,
            "the trial that they are held against: this one, or the published one that is quoted as literature.",
            required=False,
            default="this",
            codes=("this", "published"),
        ),
    ),
)

SINGLE_SECTIONS: tuple[Section, ...] = (TRIAL, TERMS, ANALYSIS, TIDIER, CONSORT, PROGRAMME, MONEY, PILOTS)
REPEATED_SECTIONS: tuple[Section, ...] = (FOLLOW_UP, OUTCOME, SUBGROUP, CHANGE, NOTE, LITERATURE)
ALL_SECTIONS: tuple[Section, ...] = (*SINGLE_SECTIONS, *REPEATED_SECTIONS)
TOP_LEVEL_KEYS: tuple[str, ...] = ("format", *(section.name for section in ALL_SECTIONS))
