"""One command of `edge-caption` a file."""
