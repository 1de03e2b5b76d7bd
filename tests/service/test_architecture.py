"""Rules of the tree that an import linter cannot see."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils.module_loading import import_string

from service.permissions import ScopedQuerySet
from tests.service.test_access import every_address

SERVICE = Path("service")
ORDER = (
    "pages",
    "audit",
    "schools",
    "accounts",
    "programmes",
    "practice",
    "diary",
    "enquiries",
    "reviews",
    "sight",
    "records",
    "evidence",
    "operations",
    "demonstration",
)
WRITES = {"save", "create", "update", "delete", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}
VIEWS = sorted(
    {
        *SERVICE.glob("*/views.py"),
        *SERVICE.glob("*/views/*.py"),
        *SERVICE.glob("*/forms.py"),
        *SERVICE.glob("*/forms/*.py"),
    }
)


@pytest.mark.parametrize("path", VIEWS, ids=str)
def test_views_and_forms_read_and_call_but_do_not_write(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES:
            owner = ast.unparse(node.func.value)
            assert not _is_a_row(owner), f"{path}:{node.lineno}: {owner}.{node.func.attr} belongs in an action"


def _is_a_row(owner: str) -> bool:
    """Sessions, sets and dictionaries may be updated in a view; rows may not."""
    return "objects" in owner or not any(
        word in owner for word in ("session", "context", "initial", "attrs", "data", "kwargs", "super()")
    )


@pytest.mark.parametrize("path", VIEWS, ids=str)
def test_views_and_forms_take_rows_only_through_scope(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute) and node.value.attr == "objects":
            assert node.attr in {"visible_to", "fetch_for", "none"}, (
                f"{path}:{node.lineno}: rows come from visible_to or fetch_for"
            )


def test_foreign_keys_point_downwards() -> None:
    for model in apps.get_models():
        if not model.__module__.startswith("service."):
            continue
        for field in model._meta.get_fields():
            if isinstance(field, models.ForeignKey | models.ManyToManyField):
                other = field.related_model
                if other.__module__.startswith("service."):
                    here, there = (ORDER.index(m.__module__.split(".")[1]) for m in (model, other))
                    assert there <= here, f"{model.__name__}.{field.name} points up to {other.__name__}"


def test_every_model_with_scope_has_the_scoped_manager() -> None:
    for model in apps.get_models():
        if model.__module__.startswith("service.") and hasattr(model, "view_permission"):
            assert isinstance(model._default_manager.get_queryset(), ScopedQuerySet), model.__name__


def test_every_form_that_is_kept_has_an_address_and_a_keeper() -> None:
    for name, place in settings.SWIS_KEPT_FORMS.items():
        assert name in set(every_address()), name
        assert callable(import_string(place))
