"""The template of the impact assessment is that of this version."""

from __future__ import annotations

from pathlib import Path

from service.permissions import Role
from service.records.dpia import ABOUT_CHILDREN, write_dpia
from service.records.holdings import our_models


def test_the_page_is_what_the_command_prints() -> None:
    page = Path("docs/service/dpia.md").read_text(encoding="utf-8")
    assert page == write_dpia(), "Run: python manage.py dpia > docs/service/dpia.md"


def test_every_column_about_children_and_every_role_is_in_it() -> None:
    page = write_dpia()
    for model in our_models():
        for name, kind in model.privacy.items():  # type: ignore[attr-defined]
            if kind in ABOUT_CHILDREN:
                assert f"| {model._meta.verbose_name} | {name} | {kind.value} |" in page
    assert all(f"| {role.value} |" in page for role in Role)
