"""The numbers behind a trial, timed beside their peers: re-draws, thousands of simulated trials, random signs, mixed models."""
