"""The training loop: batches, checkpoints, logs."""
