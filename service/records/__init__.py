"""Information governance: retention, legal hold, disposal, subject access, and the whole export."""
