"""Decoders, and their registry."""
