"""A machine's /proc and /sys in a folder, as tests want them."""

from pathlib import Path

PI_4 = """processor\t: 0
BogoMIPS\t: 108.00
Features\t: fp asimd evtstrm crc32 cpuid
CPU implementer\t: 0x41
CPU architecture: 8
CPU variant\t: 0x0
CPU part\t: 0xd08
CPU revision\t: 3

processor\t: 1
BogoMIPS\t: 108.00
Features\t: fp asimd evtstrm crc32 cpuid
CPU implementer\t: 0x41
CPU part\t: 0xd08

Revision\t: c03111
Serial\t\t: 10000000abcdef01
Model\t\t: Raspberry Pi 4 Model B Rev 1.1
"""

PI_5 = """processor\t: 0
Features\t: fp asimd evtstrm aes pmull sha1 sha2 crc32 atomics fphp asimdhp cpuid asimdrdm lrcpc dcpop asimddp
CPU implementer\t: 0x41
CPU part\t: 0xd0b
"""

ROCKCHIP = """processor\t: 0
Features\t: fp asimd aes asimddp
CPU implementer\t: 0x41
CPU part\t: 0xd05

processor\t: 4
Features\t: fp asimd aes asimddp i8mm
CPU implementer\t: 0x41
CPU part\t: 0xd0b
"""

PC = """processor\t: 0
vendor_id\t: GenuineIntel
model name\t: Intel(R) Core(TM) i5-1235U
flags\t\t: fpu sse4_2 avx avx2 fma avx_vnni

processor\t: 1
vendor_id\t: GenuineIntel
model name\t: Intel(R) Core(TM) i5-1235U
flags\t\t: fpu sse4_2 avx avx2 fma avx_vnni
"""


def write(root: Path, **files: str) -> Path:
    """Write files below a root, `__` standing for `/` and `-` kept: `write(root, proc__meminfo="...")`."""
    for name, content in files.items():
        path = root / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return root


def meminfo(total_mb: int, available_mb: int) -> str:
    return f"MemTotal:       {total_mb * 1024} kB\nMemFree:        1 kB\nMemAvailable:   {available_mb * 1024} kB\n"
