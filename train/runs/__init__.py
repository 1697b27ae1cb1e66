"""Run folders, and what a run begins with."""
