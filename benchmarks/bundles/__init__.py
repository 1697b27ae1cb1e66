"""What bundles take, and what their sentences are worth: side by side, in one run."""
