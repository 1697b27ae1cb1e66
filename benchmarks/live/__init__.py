"""The whole live loop, measured."""
