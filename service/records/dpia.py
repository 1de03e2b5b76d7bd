"""A data protection impact assessment, filled in from the models and the permissions as far as these can fill it in."""

from __future__ import annotations

from django.template.loader import render_to_string

from service.permissions import ROLES_WITH, Permission, Privacy, Role
from service.records.holdings import our_models

ABOUT_CHILDREN = (Privacy.CHILD, Privacy.CASE_TEXT, Privacy.IDENTIFIER)
MEANINGS = {
    Privacy.OPERATIONAL: "nothing about a person",
    Privacy.STAFF: "about a member of staff of a school or an authority",
    Privacy.CHILD: "about a child, without a name",
    Privacy.CASE_TEXT: "free text that may tell of a child or a family",
    Privacy.IDENTIFIER: "leads to a named child in another system",
    Privacy.SECRET: "opens a door: kept as a hash, or encrypted; never exported",
}
REACHES_CHILDREN = (
    Permission.VIEW_CONTACTS,
    Permission.VIEW_CHILD,
    Permission.VIEW_CASE_IDENTIFIER,
    Permission.BREAK_GLASS,
    Permission.VIEW_ENQUIRIES,
    Permission.VIEW_REVIEW,
    Permission.ANSWER_SUBJECT_ACCESS,
    Permission.EXPORT_AUTHORITY,
    Permission.UPLOAD_RETURNS,
)


def write_dpia() -> str:
    """The assessment as Markdown. What a person must decide stands in brackets."""
    columns = [
        (model._meta.verbose_name, name, kind)
        for model in our_models()
        for name, kind in model.privacy.items()  # type: ignore[attr-defined]
    ]
    kinds = [(kind.value, text, sum(held == kind for _, _, held in columns)) for kind, text in MEANINGS.items()]
    roles = [(role.value, [role in ROLES_WITH[permission] for permission in REACHES_CHILDREN]) for role in Role]
    context = {
        "kinds": kinds,
        "columns": [(table, name, kind.value) for table, name, kind in columns if kind in ABOUT_CHILDREN],
        "permissions": [permission.value for permission in REACHES_CHILDREN],
        "roles": roles,
    }
    return render_to_string("records/dpia.md", context)
