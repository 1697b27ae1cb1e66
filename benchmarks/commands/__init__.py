"""One command of `python -m benchmarks` a file."""
