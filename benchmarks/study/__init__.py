"""The original study, run again: its systems by its own protocol and measures, beside a bundle of ours."""
