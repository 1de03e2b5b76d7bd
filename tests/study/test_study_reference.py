"""The hand-written reference of the study folder says what the code reads and finds."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from swis.study.keys import ALL_SECTIONS, TOP_LEVEL_KEYS
from swis.study.section import Section

ROOT = Path(__file__).parents[2]
REFERENCE = (ROOT / "docs" / "reference" / "study-folder.md").read_text(encoding="utf-8")
NAMES = {"schools.ID": "[schools]"}


def passage_of(section: Section) -> str:
    heading = NAMES.get(section.name)
    for name in [heading] if heading else [f"[{section.name}]", f"[[{section.name}]]"]:
        match = re.search(rf"### `{re.escape(name)}`\n(.*?)\n##", REFERENCE, re.DOTALL)
        if match:
            return match[1]
    raise AssertionError(f"the reference has no passage on {section.name}")


@pytest.mark.parametrize("section", ALL_SECTIONS, ids=lambda section: section.name)
def test_the_reference_has_exactly_the_keys_of_each_section(section: Section) -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| ([\w ]+) \|", passage_of(section), re.MULTILINE))
    assert list(rows) == [key.name for key in section.keys]
    for key in section.keys:
        assert (rows[key.name] == "yes") is key.required, key.name


@pytest.mark.parametrize("section", ALL_SECTIONS, ids=lambda section: section.name)
def test_the_reference_names_every_code(section: Section) -> None:
    for key in section.keys:
        for code in key.codes:
            assert f'"{code}"' in passage_of(section), (key.name, code)


def test_the_reference_names_every_section() -> None:
    for name in TOP_LEVEL_KEYS:
        assert name in REFERENCE


def test_the_reference_explains_every_finding_that_the_code_can_make() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "swis" / "study").glob("*.py"))
    named = set(re.findall(r'"([a-z]+(?:_[a-z]+)+)"', code))
    explained = set(re.findall(r"`([a-z]+(?:_[a-z]+)*)`", REFERENCE.split("| Finding |")[1].split("## Locking")[0]))
    made_from_parts = {"plan_changed", "plan_added", "plan_removed", "repaired"}
    assert explained - made_from_parts <= named
    found_in_calls = set(re.findall(r'(?:_find|_without_rows)\(\s*(?:"(?:warning|note)", )?"([a-z_]+)"', code))
    found_in_calls |= set(re.findall(r'"(?:warning|note)",\s*"([a-z_]+)"', code))
    assert found_in_calls - {"note", "warning"} <= explained
    assert len(found_in_calls) > 20
