"""Every field of every model says what it may tell."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import models

from service.permissions import Privacy

OURS = [model for model in apps.get_models() if model.__module__.startswith("service.")]


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_every_field_is_classified(model: type[models.Model]) -> None:
    fields = {field.name for field in model._meta.get_fields() if not field.auto_created or field.concrete}
    declared = dict(getattr(model, "privacy", {}))
    missing = dict.fromkeys(sorted(fields - set(declared)), "Privacy.?")
    assert set(declared) == fields, f"{model.__name__}.privacy: add {missing}, remove {sorted(set(declared) - fields)}"
    assert all(isinstance(kind, Privacy) for kind in declared.values())


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_every_case_text_is_marked_as_such(model: type[models.Model]) -> None:
    """Free text that people write is text of a case until somebody has said otherwise in words."""
    for field in model._meta.get_fields():
        if isinstance(field, models.TextField) and not isinstance(field, models.CharField):
            kind = model.privacy[field.name]
            said = field.name in getattr(model, "text_without_children", ())
            assert kind in {Privacy.CASE_TEXT, Privacy.SECRET} or said, f"{model.__name__}.{field.name} is {kind}"
