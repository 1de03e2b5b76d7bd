"""The hand-written reference of the trial folder says what the code reads and finds."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from swis.study.keys import LITERATURE, MONEY, NOTE, PROGRAMME
from swis.study.section import Section
from swis.study.trial.keys import ALL_SECTIONS, TOP_LEVEL_KEYS
from swis.study.trial.read_protocol import read_trial_protocol
from swis.tables.trial_schools import SUBGROUP_COLUMNS, TRIAL_SCHOOLS

ROOT = Path(__file__).parents[3]
REFERENCE = (ROOT / "docs" / "reference" / "trial-folder.md").read_text(encoding="utf-8")
HOW_TO = (ROOT / "docs" / "how-to" / "evaluate-a-trial.md").read_text(encoding="utf-8")
OF_STUDIES = (PROGRAMME, MONEY, NOTE, LITERATURE)
OWN_SECTIONS = [section for section in ALL_SECTIONS if section not in OF_STUDIES]


def passage_of(section: Section) -> str:
    for name in (f"[{section.name}]", f"[[{section.name}]]"):
        match = re.search(rf"### `{re.escape(name)}`\n(.*?)\n##", REFERENCE, re.DOTALL)
        if match:
            return match[1]
    raise AssertionError(f"the reference has no passage on {section.name}")


@pytest.mark.parametrize("section", OWN_SECTIONS, ids=lambda section: section.name)
def test_the_reference_has_exactly_the_keys_of_each_section(section: Section) -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| ([\w, ]+) \|", passage_of(section), re.MULTILINE))
    assert list(rows) == [key.name for key in section.keys]
    for key in section.keys:
        assert (rows[key.name] == "yes") is key.required, key.name


@pytest.mark.parametrize("section", OWN_SECTIONS, ids=lambda section: section.name)
def test_the_reference_names_every_code(section: Section) -> None:
    for key in section.keys:
        for code in key.codes:
            assert f'"{code}"' in passage_of(section), (key.name, code)


def test_the_reference_names_every_section_and_subgroup() -> None:
    for name in (*TOP_LEVEL_KEYS, *SUBGROUP_COLUMNS):
        assert name in REFERENCE
    assert set(SUBGROUP_COLUMNS) <= set(TRIAL_SCHOOLS.column_names)


def test_the_reference_explains_every_finding_that_the_code_can_make() -> None:
    files = [*(ROOT / "swis" / "study" / "trial").glob("*.py"), ROOT / "swis" / "study" / "lock.py"]
    code = "".join(path.read_text(encoding="utf-8") for path in files)
    made = set(re.findall(r'(?:Finding|_find|_find_rows)\(\s*"(?:warning|note)",\s*"([a-z_]+)"', code))
    made |= {"outcome_missing", "outcome_missing_without_reason", "covariate_filled_in", "covariate_left_out"}
    made |= {"declared_note", "repaired", "plan_changed", "plan_added", "plan_removed"}
    table = REFERENCE.split("| Finding |")[1].split("## Locking")[0]
    explained = set(re.findall(r"`([a-z]+(?:_[a-z]+)*)`", table.replace("`[", "")))
    assert made <= explained
    assert {name for name in explained if "_" in name} - {"school_terms"} <= made | {"file_not_read"}
    assert len(made) > 25


def test_the_protocol_of_the_how_to_is_one() -> None:
    (text, *_) = re.findall(r"```toml\n(.*?)```", HOW_TO, re.DOTALL)
    protocol = read_trial_protocol(text.encode())
    assert protocol.outcome("s47").primary
    change = re.findall(r"```toml\n(.*?)```", HOW_TO, re.DOTALL)[1]
    assert tomllib.loads(change)["change"][0]["kind"] == "merged"


@pytest.mark.parametrize("page", ["evaluate-a-trial.md", "weigh-the-money.md"])
def test_the_sections_that_the_how_to_pages_add_are_ones(page: str) -> None:
    text = (ROOT / "docs" / "how-to" / page).read_text(encoding="utf-8")
    (protocol, *_) = re.findall(r"```toml\n(.*?)```", HOW_TO, re.DOTALL)
    added = [block for block in re.findall(r"```toml\n(.*?)```", text, re.DOTALL) if re.match(r"\[(?!\[)", block)]
    assert added
    for block in added:
        read = read_trial_protocol(f"{protocol}\n{block}".encode())
        (name,) = tomllib.loads(block)
        assert getattr(read, name) is not None
