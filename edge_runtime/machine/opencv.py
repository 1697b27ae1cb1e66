"""The one loader of OpenCV: when it is first needed, and kept from talking."""

import os
import re
from functools import cache
from typing import Any

from edge_runtime.errors import SourceError

STALL_SECONDS = 4.0
"""A camera or a stream that gives no frame for so long is lost."""
_QUIET = {
    "OPENCV_LOG_LEVEL": "SILENT",
    "OPENCV_FFMPEG_LOGLEVEL": "-8",  # AV_LOG_QUIET; FFmpeg's own messages may hold a password
    "OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT": str(int(STALL_SECONDS)),  # whole seconds, 10 by default
}
"""OpenCV reads these once, the first when it is imported, the others when the first source is opened."""


@cache
def opencv() -> Any:
    """The module `cv2`, silent unless the user has set `OPENCV_LOG_LEVEL` or `OPENCV_FFMPEG_LOGLEVEL`.

    Raises:
        SourceError: It is not installed, or cannot be loaded.
    """
    talkative = "OPENCV_LOG_LEVEL" in os.environ and os.environ["OPENCV_LOG_LEVEL"] != _QUIET["OPENCV_LOG_LEVEL"]
    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)
    try:
        import cv2
    except ModuleNotFoundError:
        raise SourceError("cameras and videos need OpenCV; run: pip install 'edge-caption[live]'") from None
    except (
        ImportError,
        AttributeError,
        RuntimeError,
    ) as error:  # what a build for another numpy raises depends on both
        raise SourceError(_unloadable(" ".join(str(error).split()))) from None
    module: Any = cv2
    if not talkative:
        _silence(module)
    return module


def _unloadable(why: str) -> str:
    remedy = "pip install --force-reinstall opencv-python-headless"
    if "numpy" in why:
        remedy = "pip install --upgrade opencv-python-headless numpy"
    elif re.search(r"lib(GL|EGL|gthread|glib|SM|Xext|xcb)", why):
        # The build with windows needs a display's libraries.
        remedy = "pip uninstall opencv-python, then: pip install --force-reinstall opencv-python-headless"
    return f"OpenCV is installed and cannot be loaded ({why}); run: {remedy}"


def _silence(cv2: Any) -> None:
    """Keep it quiet even where another module has imported it first: 4.10 and 4.11 have no such call, and `utils` is optional."""
    logging = getattr(getattr(cv2, "utils", None), "logging", None)
    level = getattr(logging, "setLogLevel", None) or getattr(cv2, "setLogLevel", None)
    if level is not None:
        level(0)
