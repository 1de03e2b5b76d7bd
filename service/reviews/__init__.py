"""Half-termly reviews and Team Around the School meetings, with the actions that come back."""
