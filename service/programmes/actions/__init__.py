"""What people do with the programme: each function is one act, in one transaction, with its entry in the audit."""
