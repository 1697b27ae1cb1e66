"""What others draw; see `tests.nonpictures_of_others`."""
