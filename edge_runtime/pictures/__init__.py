"""Encoded pictures from outside: what their headers say, what decoding them would cost, and what their pixels mean."""
