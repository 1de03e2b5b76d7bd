"""From pilots to a trial: what could be expected of the trial, what it changes, and what it was worth."""
