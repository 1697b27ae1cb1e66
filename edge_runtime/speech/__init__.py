"""Captions said aloud: what is said of a scene, who synthesizes it, and who plays it."""
