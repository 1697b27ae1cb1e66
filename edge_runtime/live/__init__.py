"""The live loop: capture, gate, rate limiter, stabiliser, options and session."""
