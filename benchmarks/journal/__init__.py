"""The journal: a million scenes, and processes that are killed while they write."""
