"""One page of everything that was measured: quality, speed, limits, peers, growth, failures."""
