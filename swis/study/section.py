"""Reading one section of study.toml against the keys that are declared for it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Any

from swis.tables.nearest import did_you_mean
from swis.tables.problem import Problem

PROTOCOL_FILE = "study.toml"
_YEAR_MONTH = re.compile(r"(19|20)\d\d-(0[1-9]|1[0-2])", re.ASCII)
_FRACTION = re.compile(r"\d{1,6}/[1-9]\d{0,5}", re.ASCII)


class Form(Enum):
    """The form of a value in study.toml. The text is what messages and the reference say."""

    TEXT = "a text"
    TEXTS = "a list of texts"
    WHOLE_NUMBER = "a whole number"
    NUMBER = "a number"
    NUMBERS = "a list of numbers"
    YES_OR_NO = "true or false"
    YEAR_MONTH = 'a month, such as "2019-04"'
    FRACTION = 'a fraction, such as "4/12"'
    CODE = "one of the codes"
    TEXT_OR_NUMBER = "a text or a whole number"
    MONTH_OF_EACH = "a month for each term"
    NUMBER_OF_EACH = "a whole number for each term"


@dataclass(frozen=True)
class Key:
    """One key of a section: its form, and what it means. `default` is used where a key that is not required lacks."""

    name: str
    form: Form
    description: str
    required: bool = True
    default: Any = None
    codes: tuple[str, ...] = ()
    above: Decimal | None = None
    at_least: Decimal | None = None
    at_most: Decimal | None = None


@dataclass(frozen=True)
class Section:
    """One section of study.toml and its keys."""

    name: str
    description: str
    keys: tuple[Key, ...]


def read_section(section: Section, values: object, where: str, problems: list[Problem]) -> dict[str, Any] | None:
    """The values of a section, converted, with defaults; what is wrong is added to the problems. None: unusable."""
    if not isinstance(values, Mapping):
        problems.append(protocol_problem(f"{where} is not a section", f"Write it as {where} with keys below."))
        return None
    before = len(problems)
    known = {key.name for key in section.keys}
    for name in values:
        if name not in known:
            problems.append(
                protocol_problem(f"{where} has the unknown key {name!r}", f"Take it out.{did_you_mean(name, known)}")
            )
    read = {key.name: _read_key(key, values, where, problems) for key in section.keys}
    return read if len(problems) == before else None


def protocol_problem(what: str, what_to_do: str) -> Problem:
    """A problem of study.toml."""
    return Problem(PROTOCOL_FILE, what, what_to_do)


def _read_key(key: Key, values: Mapping[str, object], where: str, problems: list[Problem]) -> Any:
    if key.name not in values:
        if key.required:
            problems.append(protocol_problem(f"{where} has no {key.name}", _say_how(key)))
        return key.default
    value = _READERS[key.form](values[key.name])
    if value is None:
        problems.append(protocol_problem(f"{where} {key.name} is not {key.form.value}", _say_how(key)))
    elif key.codes and value not in key.codes:
        problems.append(protocol_problem(f"{where} {key.name} is none of the codes", _say_how(key)))
    elif not _is_within(key, value):
        problems.append(protocol_problem(f"{where} {key.name} is {value}, which cannot be", _say_how(key)))
    return value


def _say_how(key: Key) -> str:
    if key.codes:
        return f"Write one of: {', '.join(key.codes)}."
    bounds = (("above", key.above), ("at least", key.at_least), ("at most", key.at_most))
    limits = [f"{name} {bound}" for name, bound in bounds if bound is not None]
    said = f", {' and '.join(limits)}" if limits else ""
    return f"Write {key.name} as {key.form.value}{said}: {key.description}"


def _is_within(key: Key, value: Any) -> bool:
    if key.above is None and key.at_least is None and key.at_most is None:
        return True
    several = value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else [value]
    numbers = [Fraction(number) for number in several]
    return all(
        (key.above is None or number > Fraction(key.above))
        and (key.at_least is None or number >= Fraction(key.at_least))
        and (key.at_most is None or number <= Fraction(key.at_most))
        for number in numbers
    )


def _text(value: object) -> str | None:
    return value.strip() if isinstance(value, str) and value.strip() else None


def _texts(value: object) -> tuple[str, ...] | None:
    if not isinstance(value, list):
        return None
    texts = tuple(text for text in map(_text, value) if text)
    return texts if len(texts) == len(value) else None


def _whole_number(value: object) -> int | None:
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if abs(value) < 10**15 else None


def _number(value: object) -> Decimal | None:
    if isinstance(value, Decimal):
        return value if value.is_finite() and abs(value.adjusted()) < 30 else None
    whole = _whole_number(value)
    return None if whole is None else Decimal(whole)


def _numbers(value: object) -> tuple[Decimal, ...] | None:
    if not isinstance(value, list):
        return None
    numbers = tuple(number for number in map(_number, value) if number is not None)
    return numbers if len(numbers) == len(value) else None


def _year_month(value: object) -> str | None:
    return value if isinstance(value, str) and _YEAR_MONTH.fullmatch(value) else None


def _fraction(value: object) -> Fraction | None:
    return Fraction(value) if isinstance(value, str) and _FRACTION.fullmatch(value) else None


def _yes_or_no(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _text_or_number(value: object) -> str | int | None:
    return _text(value) if isinstance(value, str) else _whole_number(value)


def _of_each(read: Callable[[object], Any]) -> Callable[[object], dict[str, Any] | None]:
    def read_each(value: object) -> dict[str, Any] | None:
        if not isinstance(value, dict):
            return None
        each = {name: read(part) for name, part in value.items()}
        return None if None in each.values() else each

    return read_each


_READERS: dict[Form, Callable[[object], Any]] = {
    Form.TEXT: _text,
    Form.TEXTS: _texts,
    Form.WHOLE_NUMBER: _whole_number,
    Form.NUMBER: _number,
    Form.NUMBERS: _numbers,
    Form.YES_OR_NO: _yes_or_no,
    Form.YEAR_MONTH: _year_month,
    Form.FRACTION: _fraction,
    Form.CODE: _text,
    Form.TEXT_OR_NUMBER: _text_or_number,
    Form.MONTH_OF_EACH: _of_each(_year_month),
    Form.NUMBER_OF_EACH: _of_each(_whole_number),
}
