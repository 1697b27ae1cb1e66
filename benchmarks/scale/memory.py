"""What a process has of the memory."""

from pathlib import Path


def resident() -> tuple[float, float]:
    """Memory of this process now and at the most so far, 10^6 bytes (`VmRSS` and `VmHWM`); 0 where the kernel does not tell."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return 0.0, 0.0
    found = dict(line.split(":", 1) for line in lines)
    now, most = (int(found[name].split()[0]) * 1024 / 1e6 for name in ("VmRSS", "VmHWM"))
    return round(now, 2), round(most, 2)
