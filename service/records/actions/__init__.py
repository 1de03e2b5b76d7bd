"""What people of information governance do. One function for one thing done."""
