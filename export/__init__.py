"""The export workshop: run folders become bundles."""
