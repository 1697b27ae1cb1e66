"""Damaged files by the thousand, each by a seed."""
