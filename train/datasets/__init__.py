"""Captioned pictures, from the formats that they come in."""
