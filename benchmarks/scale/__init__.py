"""Time and memory against pictures, cameras, words, input size and threads, each in processes of its own."""
