"""The live page: what the camera sees, as it comes, and what has been."""
