"""What a process has of the memory."""

from edge_runtime.machine.device import process_memory


def resident() -> tuple[float, float]:
    """Return memory of this process now and at the most so far, 10^6 bytes (`VmRSS` and `VmHWM`); 0 where the kernel does not tell."""
    found = process_memory()
    return (round(found.resident / 1e6, 2), round(found.peak / 1e6, 2)) if found else (0.0, 0.0)
