"""What people do before, in and after a review, one function a deed."""
