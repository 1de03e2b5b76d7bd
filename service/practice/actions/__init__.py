"""What people do in practice, one function a deed."""
