"""`python -m swis` is `swis`."""

from __future__ import annotations

from swis.cli.entry import main

if __name__ == "__main__":
    main()
