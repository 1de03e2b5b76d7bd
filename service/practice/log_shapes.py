"""The three shapes of log that the pilots kept, and which core code stands for the words they used."""

from __future__ import annotations

import re
from dataclasses import dataclass

from service.practice.core_codes import CORE, CodeList
from service.practice.models.imports import Shape


@dataclass(frozen=True)
class LogField:
    """A field that a log may hold, the headings by which it is known, and the list of codes that its words belong to."""

    name: str
    label: str
    headings: tuple[str, ...]
    needed: bool = False
    code_list: CodeList | None = None


DATE = LogField("date", "Date", ("date", "date of contact", "date of enquiry", "day"), needed=True)
SCHOOL = LogField("school", "School", ("school", "school name", "name of school", "urn"))
YEAR_GROUP = LogField("year_group", "Year group", ("year group", "year", "yr", "ncy"))
RAISED_BY = LogField(
    "raised_by", "Who raised it",
    ("member of staff", "staff member", "raised by", "enquirer", "who enquired", "person making enquiry", "who"),
    code_list=CodeList.RAISED_BY,
)  # fmt: skip
KIND_OF_WORK = LogField(
    "kind_of_work", "Type of work", ("type of work", "type", "kind of work", "activity", "category"),
    code_list=CodeList.KIND_OF_WORK,
)  # fmt: skip
TIME_BAND = LogField(
    "time_band", "Time", ("time", "time band", "time taken", "time spent", "duration", "minutes"),
    code_list=CodeList.TIME_BAND,
)  # fmt: skip
OUTCOME = LogField("outcome", "Outcome", ("outcome", "result"), code_list=CodeList.OUTCOME)
ACCOUNT = LogField(
    "account", "Account", ("account", "what was done", "notes", "advice/ action", "advice / action", "advice", "action")
)
QUERY = LogField("query", "Query", ("query", "what was the query?", "what was the query", "question", "enquiry"))
RESPONSE = LogField(
    "response", "Response and advice",
    ("response", "social worker response and advice given", "response and advice", "response/advice", "advice given"),
)  # fmt: skip

FIELDS: dict[str, tuple[LogField, ...]] = {
    Shape.LAMBETH: (DATE, SCHOOL, KIND_OF_WORK, ACCOUNT, RAISED_BY, YEAR_GROUP, TIME_BAND, OUTCOME),
    Shape.SOUTHAMPTON: (DATE, SCHOOL, YEAR_GROUP, RAISED_BY, ACCOUNT, KIND_OF_WORK, TIME_BAND, OUTCOME),
    Shape.STOCKPORT: (DATE, SCHOOL, RAISED_BY, QUERY, RESPONSE, TIME_BAND, KIND_OF_WORK, YEAR_GROUP, OUTCOME),
}

WORDS: dict[str, dict[str, str]] = {
    CodeList.RAISED_BY: {
        "dsl": "safeguarding lead", "deputy dsl": "safeguarding lead", "designated safeguarding lead": "safeguarding lead",
        "safeguarding": "safeguarding lead", "headteacher": "head", "head teacher": "head", "deputy head": "head",
        "senior management": "head", "slt": "head", "head of house": "head of year", "year head": "head of year",
        "hoy": "head of year", "pastoral": "pastoral staff", "pastoral team": "pastoral staff",
        "attendance officer": "pastoral staff", "senco": "teacher", "class teacher": "teacher", "tutor": "teacher",
        "teaching assistant": "teacher", "young person": "child", "pupil": "child", "student": "child", "mother": "parent",
        "father": "parent", "carer": "parent", "grandparent": "parent", "parents": "parent", "social worker": "social care",
        "mash": "social care", "school nurse": "other professional", "police": "other professional",
        "health visitor": "other professional",
    },
    CodeList.KIND_OF_WORK: {
        "direct work with child": "direct work", "direct work with young person": "direct work",
        "direct work with pupil": "direct work", "discussion": "advice", "discussion and advice": "advice",
        "advice and guidance": "advice", "consultation": "advice", "work with parents": "family work",
        "parent contact": "family work", "home visit": "family work", "group": "group work", "drop-in": "group work",
        "drop in": "group work", "section 47": "assessment", "child and family assessment": "assessment",
        "strategy meeting": "meeting", "tas": "meeting", "team around the school": "meeting", "conference": "meeting",
        "staff training": "training",
    },
    CodeList.TIME_BAND: {
        "<5": "under 5 minutes", "under 5": "under 5 minutes", "less than 5 minutes": "under 5 minutes",
        "5-30": "5 to 30 minutes", "5 - 30 minutes": "5 to 30 minutes", "5-30 minutes": "5 to 30 minutes",
        "30-60": "30 to 60 minutes", "30-60 minutes": "30 to 60 minutes", "30 minutes to an hour": "30 to 60 minutes",
        ">60": "over 60 minutes", "over an hour": "over 60 minutes", "more than an hour": "over 60 minutes",
        "over 1 hour": "over 60 minutes",
    },
    CodeList.OUTCOME: {
        "nfa": "advice given", "no further action": "advice given", "advice": "advice given", "mash referral": "referral",
        "referred to mash": "referral", "referred": "referral", "ongoing": "continuing", "caf": "early help",
    },
}  # fmt: skip


def plain_word(text: str) -> str:
    """A word of a log without what makes no difference: case, spaces around and a full stop."""
    return re.sub(r"\s+", " ", text.replace("–", "-")).strip(" .").lower()


def guess_columns(shape: str, headings: list[str]) -> dict[str, str]:
    """Which heading seems to hold which field; a heading is taken once."""
    plain = {plain_word(heading): heading for heading in headings}
    guessed: dict[str, str] = {}
    for field in FIELDS[shape]:
        taken = set(guessed.values())
        found = next((plain[word] for word in field.headings if word in plain and plain[word] not in taken), None)
        if found is not None:
            guessed[field.name] = found
    return guessed


def code_of(list_name: CodeList, word: str, *, chosen: dict[str, str]) -> str | None:
    """The core code that stands for a word of the log: as somebody chose, as the list has it, or as the pilots used it."""
    plain = plain_word(word)
    if plain in chosen:
        return chosen[plain]
    if plain in CORE[list_name]:
        return plain
    names = {plain_word(name): code for code, name in CORE[list_name].items()}
    return names.get(plain) or WORDS.get(list_name, {}).get(plain)
