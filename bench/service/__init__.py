"""How long the pages of the service take, and saving a contact, at one million contacts."""
