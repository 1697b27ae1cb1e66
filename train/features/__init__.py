"""Encoder features: computed once, pooled, augmented."""
