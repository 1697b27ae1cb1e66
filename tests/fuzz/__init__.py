"""Damaged inputs by the thousand, from a seed."""
