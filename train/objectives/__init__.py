"""What a run minimises: cross-entropy, distillation, rewards."""
