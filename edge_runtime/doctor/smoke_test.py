"""`python -m edge_runtime.doctor.smoke_test VARIANT [BUNDLE]`: captions a made-up picture in every language and says how long one took.

Run by `edge-caption doctor` in a process of its own, see `edge_runtime.machine.isolated`.
"""

import json
import sys
from collections.abc import Sequence

from edge_runtime.captioner import Captioner
from edge_runtime.console.terminal import plain
from edge_runtime.errors import EdgeCaptionError
from edge_runtime.pictures.synthetic import synthetic_frames

_WARMUP = 2


def main(arguments: Sequence[str]) -> int:
    """Print `{"milliseconds": ..., "threads": ...}`, or one sentence to stderr."""
    variant, *path = arguments
    (picture,) = synthetic_frames(1)
    try:
        captioner = Captioner.load(path[0] if path else None, variant, abstains=False)
        for _ in range(_WARMUP):
            captioner.caption(picture)
        milliseconds = captioner.caption(picture).timings.total
        seen = captioner.encode(picture)
        for tag, spoken in captioner.manifest.languages.items():
            if variant not in spoken.variants:
                continue
            captioner.also(tag).decode(seen)
    except EdgeCaptionError as error:
        print(plain(str(error)), file=sys.stderr)
        return 1
    print(json.dumps({"milliseconds": milliseconds, "threads": captioner.threads}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
