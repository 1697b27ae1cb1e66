"""From a run to a bundle: variants, the model card, and writing."""
