"""Modules that are loaded when something of them is first used.

The library brings frames, figures and solvers with it, which take seconds to load. Commands, workers that wait and most pages
need none of them. The types of such a module are imported as always, for whoever reads and for the checks of layers.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType


class _LoadedWhenUsed(ModuleType):
    def __getattr__(self, name: str) -> object:
        return getattr(import_module(self.__name__), name)


def when_used(name: str) -> ModuleType:
    """A module in name; the first use of anything in it loads it."""
    return _LoadedWhenUsed(name)
