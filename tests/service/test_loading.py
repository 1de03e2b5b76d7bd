"""Starting the service does not wait for the library's frames, figures and solvers."""

from __future__ import annotations

import subprocess
import sys

import pytest

from service.loading import when_used

HEAVY = {"polars", "scipy", "ibis", "duckdb", "altair", "vl_convert"}
START = """
import sys
import django
django.setup()
from django.urls import get_resolver
from service.operations.management.commands import work
assert len(get_resolver().reverse_dict) > 50
print(*{name.partition(".")[0] for name in sys.modules})
"""


def test_neither_the_addresses_nor_a_worker_load_what_only_the_library_needs() -> None:
    ran = subprocess.run([sys.executable, "-c", START], capture_output=True, text=True, check=True)
    loaded = set(ran.stdout.split())
    assert "service" in loaded
    assert not loaded & HEAVY


def test_a_module_is_loaded_at_its_first_use_and_is_the_module_itself() -> None:
    module = when_used("colorsys")
    assert "colorsys" in repr(module)
    sys.modules.pop("colorsys", None)
    assert module.rgb_to_hsv(0, 0, 0) == (0, 0, 0)
    assert "colorsys" in sys.modules
    with pytest.raises(AttributeError, match="no_such_name"):
        assert module.no_such_name
