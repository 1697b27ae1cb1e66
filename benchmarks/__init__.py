"""The measuring workshop: how fast, how good, how near to the limit."""
