"""The figures of a report: each maker gives back a `Figure` with its finding in words and its data."""
