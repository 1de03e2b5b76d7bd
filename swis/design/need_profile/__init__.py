"""Which schools need a social worker most, as far as counts can tell: small numbers are treated as small."""
