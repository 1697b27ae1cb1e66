"""Other captioners beside ours, in one run: how much slower and how much bigger they are."""
