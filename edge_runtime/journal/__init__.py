"""What was seen, kept and found again: scenes in an SQLite database, searched by words and by likeness."""
