"""Rules: what of a caption counts, when, and what is done then."""
