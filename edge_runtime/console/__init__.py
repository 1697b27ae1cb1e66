"""What a command line and a configuration ask, and how a command says what it found and ends."""
