"""Sentences of trained networks, and their scores."""
