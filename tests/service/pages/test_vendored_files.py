"""What is vendored has no branding that a service outside GOV.UK may not carry, and nothing in a template is inline."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

SERVICE = Path(__file__).parents[3] / "service"
VENDORED = SERVICE / "pages" / "static" / "pages" / "govuk"
TEMPLATES = sorted(SERVICE.glob("*/templates/**/*.html"))

INLINE = {
    "a style attribute": re.compile(r"\sstyle\s*="),
    "a style element": re.compile(r"<style\b"),
    "a script without a file": re.compile(r"<script(?![^>]*\b(?:src=|type=.application/json))"),
    "an event handler": re.compile(r"\son[a-z]+\s*="),
    "something from elsewhere": re.compile(r"(?:src|href)=\"(?:https?:)?//"),
}


@pytest.mark.parametrize("trace", ["gds transport", "@font-face", "woff", "crown", "crest", "url(", "sourcemappingurl"])
def test_the_style_sheet_has_no_trace_of_branding_or_of_files_left_behind(trace: str) -> None:
    style = (VENDORED / "govuk-frontend.min.css").read_text(encoding="utf-8")
    assert trace not in style.lower()
    assert "font-family:Arial,sans-serif" in style


def test_no_font_and_no_picture_is_vendored() -> None:
    assert {path.suffix for path in VENDORED.iterdir()} == {".css", ".js", ".txt", ".md", ""}


def test_style_sheet_script_and_note_are_of_one_release() -> None:
    version = (VENDORED / "VERSION").read_text(encoding="utf-8").split()[0]
    assert f'--govuk-frontend-version:"{version}"' in (VENDORED / "govuk-frontend.min.css").read_text(encoding="utf-8")
    assert f'version="{version}"' in (VENDORED / "govuk-frontend.min.js").read_text(encoding="utf-8")


def test_the_braces_of_the_style_sheet_still_match() -> None:
    style = (VENDORED / "govuk-frontend.min.css").read_text(encoding="utf-8")
    assert style.count("{") == style.count("}") > 1000


def test_the_licence_is_kept() -> None:
    text = (VENDORED / "LICENSE.txt").read_text(encoding="utf-8")
    assert "MIT License" in text
    assert "Crown Copyright (Government Digital Service)" in text


@pytest.mark.parametrize("what", INLINE)
def test_no_template_holds_what_the_content_policy_blocks(what: str) -> None:
    # links that a person follows to another site are not loaded, and are marked by their rel
    found = [
        f"{path.relative_to(SERVICE)}: {line.strip()[:100]}"
        for path in TEMPLATES
        for line in path.read_text(encoding="utf-8").splitlines()
        if INLINE[what].search(line) and 'rel="external"' not in line
    ]
    assert found == []
