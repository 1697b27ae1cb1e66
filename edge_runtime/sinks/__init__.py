"""Where captions go: one kind of sink a file."""
