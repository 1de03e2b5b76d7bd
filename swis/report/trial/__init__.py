"""The report of a cluster randomised trial, chapter by chapter."""
