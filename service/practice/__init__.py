"""The work: contacts, enquiries, involvement, and the code lists that they are recorded in."""
