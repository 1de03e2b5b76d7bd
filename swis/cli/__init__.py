"""The command line: what a person types, and what they read in answer."""

from __future__ import annotations

from swis.cli.entry import main

__all__ = ["main"]
