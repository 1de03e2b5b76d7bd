"""The chapters of the report, each a function from results to blocks."""
