"""What an export loses, measured and reported."""
