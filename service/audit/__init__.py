"""Who looked at, changed, searched or took out what: appended to, chained, never altered."""
