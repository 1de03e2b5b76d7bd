from __future__ import annotations

import pytest

from docs.generate import pages, write_data_dictionary, write_panel_folder
from swis.panel.panel_table import PANEL_TABLES
from swis.tables.declared import TABLES
from swis.tables.table import Table


def test_the_generated_pages_are_current() -> None:
    for path, text in pages().items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name} is stale: run python -m docs.generate"


@pytest.mark.parametrize(("text", "tables"), [(write_data_dictionary(), TABLES), (write_panel_folder(), PANEL_TABLES)])
def test_a_page_of_tables_names_every_column_and_code(text: str, tables: tuple[Table, ...]) -> None:
    for table in tables:
        assert table.file in text
        for column in table.columns:
            assert f"| `{column.name}` |" in text
            for code in column.code_names:
                assert f"- `{code}`: " in text
