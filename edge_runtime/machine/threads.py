"""How many threads are used."""

from edge_runtime.machine.device import available_cores

MAX_THREADS = 64
"""Threads that may be asked for."""
_USUAL_THREADS = 4
"""Threads unless asked otherwise, at the most: what the boards have, and what the encoder can share."""


def usual_threads() -> int:
    """Return threads unless asked otherwise: as many as this machine has for us, 4 at the most."""
    return min(_USUAL_THREADS, available_cores())
