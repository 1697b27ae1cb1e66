"""What is thought of a picture and of a sentence: whether it is clear, how sure it is, how it speaks of people."""
