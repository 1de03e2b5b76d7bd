"""What runs a deployment: preparing it, working through its tasks, keeping copies of it and bringing them back."""
