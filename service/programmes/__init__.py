"""Nominations, allocation, placements, readiness, agreements, milestones, governance, risks and the menu."""
