"""Everything that an authority owns in one archive: a CSV file for each table, and a dictionary of every column."""

from __future__ import annotations

import csv
import io
import json
import shutil
import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path, PurePath
from typing import Any, TextIO

from django.db import models
from django.utils import timezone

from service.pages.downloads import neutralise
from service.records.holdings import (
    COLUMNS_LEFT_OUT,
    NOT_EXPORTED,
    TOLD,
    Model,
    columns_of,
    exported_models,
    name_of,
    told_rows_of,
)
from service.schools.models import Authority

CHUNK = 2_000
DICTIONARY = "data-dictionary.csv"
NOT_HERE = "not-in-this-export.csv"


def write_export(authority: Authority, target: Path | io.RawIOBase, *, identifiers: bool = False) -> int:
    """Write the archive and give back how many rows it holds.

    Counted: every row of the authority in every table, superseded and withdrawn versions included, with the files that were
    uploaded to them. Not counted: what people have begun to type, secrets, and files that are downloaded elsewhere; the
    archive lists them with the reason.
    """
    rows = 0
    missing: list[tuple[str, ...]] = []
    with zipfile.ZipFile(target, "w", compression=zipfile.ZIP_DEFLATED) as archive:
        for model in exported_models():
            with archive.open(f"{model._meta.label_lower}.csv", "w", force_zip64=True) as binary:
                rows += _write_table(model, authority, io.TextIOWrapper(binary, "utf-8-sig", newline=""), identifiers)
            missing += _write_files(archive, model, authority)
        _write_rows(archive, DICTIONARY, _dictionary(identifiers))
        _write_rows(archive, NOT_HERE, [*_not_here(identifiers), *missing])
    return rows


def _write_files(archive: zipfile.ZipFile, model: Model, authority: Authority) -> list[tuple[str, ...]]:
    """Write the uploaded files of a table, and give back those that are not where they should be."""
    missing: list[tuple[str, ...]] = []
    for field in (field for field in columns_of(model) if isinstance(field, models.FileField)):
        for row in told_rows_of(model, authority).exclude(**{field.name: ""}).order_by("pk").iterator(CHUNK):
            try:
                with getattr(row, field.name).open("rb") as file, archive.open(_place_of(row, field), "w") as kept:
                    shutil.copyfileobj(file, kept)
            except FileNotFoundError:
                missing.append((model._meta.label_lower, field.name, f"{row.public_id}: the file is not in its place"))
    return missing


def _place_of(row: Any, field: models.Field[Any, Any]) -> str:
    """Where an uploaded file lies in the archive. Its name is made here: no name that somebody chose becomes a path."""
    name = getattr(row, field.name).name
    return f"files/{row._meta.label_lower}/{row.public_id}{PurePath(name).suffix}" if name else ""


def _write_table(model: Model, authority: Authority, file: TextIO, identifiers: bool) -> int:
    columns, count = columns_of(model, identifiers=identifiers), 0
    single = [field.name for field in columns if field.is_relation and not field.many_to_many]
    many = [field.name for field in columns if field.many_to_many]
    writer = csv.writer(file)
    writer.writerow([field.name for field in columns])
    found = told_rows_of(model, authority).select_related(*single).prefetch_related(*many).order_by("pk")
    for row in found.iterator(chunk_size=CHUNK):
        writer.writerow([_cell(row, field, authority) for field in columns])
        count += 1
    file.flush()
    file.detach()  # type: ignore[attr-defined]
    return count


def _cell(row: Any, field: models.Field[Any, Any], authority: Authority) -> str:
    value = getattr(row, field.name)
    if field.many_to_many:
        return "; ".join(name_of(other) for other in value.all() if _is_of(other, authority))
    if field.is_relation:
        return name_of(value)
    if isinstance(field, models.FileField):
        return _place_of(row, field)
    return neutralise(_text(value))


def _is_of(row: Any, authority: Authority) -> bool:
    """Whether a row that another refers to may be named: not the schools or the panels of another authority."""
    own = getattr(row, "authority_id", authority.pk)
    return bool(row.pk == authority.pk if isinstance(row, Authority) else own == authority.pk or own is None)


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime():
            return timezone.localtime(value).isoformat(timespec="seconds")
        case dict() | list():
            return json.dumps(value, ensure_ascii=False, sort_keys=True)
    return str(value)


def _dictionary(identifiers: bool) -> Iterator[tuple[str, ...]]:
    yield "table", "column", "type", "what it may tell", "values", "meaning"
    for model in exported_models():
        for field in columns_of(model, identifiers=identifiers):
            kind = model.privacy[field.name].value  # type: ignore[attr-defined]
            values = "; ".join(str(choice[0]) for choice in field.flatchoices if choice[0] != "")
            meaning = str(field.help_text) or str(field.verbose_name).capitalize()
            meaning = "Where the file lies in this archive" if isinstance(field, models.FileField) else meaning
            yield model._meta.label_lower, field.name, _type_of(field), kind, values, meaning


def _type_of(field: models.Field[Any, Any]) -> str:
    if field.is_relation and field.related_model is not None:
        many = "several of " if field.many_to_many else ""
        return f"{many}{field.related_model._meta.label_lower}"
    return field.get_internal_type().removesuffix("Field").lower()


def _not_here(identifiers: bool) -> Iterator[tuple[str, ...]]:
    yield "table", "column", "why"
    for label in TOLD:
        yield label.lower(), "", "rows that are not told or released yet"
    for label, why in NOT_EXPORTED.items():
        yield label.lower(), "", why
    for model in exported_models():
        shown = {field.name for field in columns_of(model, identifiers=identifiers)} | {"id"}
        for name, kind in model.privacy.items():  # type: ignore[attr-defined]
            if name not in shown:
                shared = name in COLUMNS_LEFT_OUT.get(model._meta.label, set())
                yield (
                    model._meta.label_lower,
                    name,
                    "a whole file, or shared with other authorities" if shared else kind.value,
                )


def _write_rows(archive: zipfile.ZipFile, name: str, rows: Iterable[tuple[str, ...]]) -> None:
    text = io.StringIO()
    csv.writer(text).writerows([[neutralise(cell) for cell in row] for row in rows])
    archive.writestr(name, text.getvalue().encode("utf-8-sig"))
