"""The one way in which counts leave: a table and a policy in, a table that may be shown out."""
