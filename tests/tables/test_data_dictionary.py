from __future__ import annotations

from docs.generate import pages, write_data_dictionary
from swis.tables.declared import TABLES


def test_the_generated_pages_are_current() -> None:
    for path, text in pages().items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name} is stale: run python -m docs.generate"


def test_the_data_dictionary_names_every_column_and_code() -> None:
    text = write_data_dictionary()
    for table in TABLES:
        assert table.file in text
        for column in table.columns:
            assert f"| `{column.name}` |" in text
            for code in column.code_names:
                assert f"- `{code}`: " in text
