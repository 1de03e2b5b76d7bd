"""The pack of a review: built from the log for the team or for the school, as a Word file or a PDF."""
