"""Dashboards, the summary for a school, and everything that leaves the team that holds the cases."""
