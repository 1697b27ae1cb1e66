"""Ranges of activations, and weights rounded and scaled by what was seen."""
