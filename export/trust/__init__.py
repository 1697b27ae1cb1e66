"""When a bundle's sentences can be trusted: is it a clear picture, is the sentence right, is it sure of a person's sex."""
