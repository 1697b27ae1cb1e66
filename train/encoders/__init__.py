"""Networks from pixels to a grid of features."""
