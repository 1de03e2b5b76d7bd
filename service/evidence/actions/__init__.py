"""What people do with returns, panels, studies and reports."""
