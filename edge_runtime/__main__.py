"""`python -m edge_runtime` is the command `edge-caption`."""

import sys

from edge_runtime.cli import main

sys.exit(main())
