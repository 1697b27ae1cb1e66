"""The camera of a Raspberry Pi by picamera2, which Debian installs for the system's Python."""

import concurrent.futures
import importlib
import threading
import time
from types import TracebackType
from typing import Any, Self

import numpy as np

from edge_runtime.errors import CameraAwayError, SourceError, SourceLostError
from edge_runtime.frames.base import STALL_SECONDS, Pixels
from edge_runtime.frames.options import SourceOptions

_DEFAULT_SIZE = (1280, 720)
_WAIT_SECONDS = 0.1
"""How long a grab waits before it looks whether the source has been closed."""
_opening = threading.Lock()
"""All cameras share one manager of libcamera's, which is asked by one thread at a time."""


class PiCameraSource:
    """A camera that libcamera knows, number 0 unless told otherwise."""

    def __init__(self, spec: str, number: int = 0, options: SourceOptions | None = None) -> None:
        """Does not open it yet.

        Args:
            spec: As the user wrote it.
            number: Which camera.
            options: Size (1280 x 720 by default) and rate (the camera's own by default).
        """
        self._name, self._number = spec, number
        self._options = options or SourceOptions()
        self._camera: Any = None
        self._request: Any = None
        self._job: Any = None
        self._lock = threading.Lock()
        self._closing = threading.Event()

    @property
    def name(self) -> str:
        """As the user wrote it."""
        return self._name

    @property
    def live(self) -> bool:
        """True: frames that nobody takes are gone."""
        return True

    @property
    def position(self) -> float | None:
        """None: a camera has no start."""
        return None

    def __enter__(self) -> Self:
        """Open and start it.

        Raises:
            SourceError: picamera2 is missing, there is no such camera, or it is in use.
        """
        try:
            # The package of libcamera's Python comes with Debian and cannot be installed by pip.
            picamera2 = importlib.import_module("picamera2")
        except ImportError:
            raise SourceError(
                f"{self.name}: the package picamera2 cannot be imported; run: sudo apt install python3-picamera2, and make the "
                "virtual environment with --system-site-packages, or use rpicam as the source"
            ) from None
        except (ValueError, AttributeError, RuntimeError) as error:  # as a build for another numpy says it
            raise SourceError(
                f"{self.name}: the package picamera2 cannot be loaded ({' '.join(str(error).split())}); run: pip install "
                "'numpy<2', or use rpicam as the source"
            ) from None
        size = (self._options.width or _DEFAULT_SIZE[0], self._options.height or _DEFAULT_SIZE[1])
        controls = {"FrameRate": self._options.fps} if self._options.fps else {}
        with self._lock, _opening:
            self._release()
            try:
                self._camera = picamera2.Picamera2(self._number)
                # libcamera names formats by the order of bits in a word: RGB888 is B, G, R byte by byte in memory.
                configuration = self._camera.create_video_configuration(
                    main={"size": size, "format": "RGB888"}, controls=controls
                )
                self._camera.configure(configuration)
                self._camera.start()
            except (RuntimeError, IndexError, OSError, ValueError) as error:
                self._release()
                raise CameraAwayError(f"{self.name}: {self._reason(picamera2, error)}") from None
            self._closing.clear()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop and close it; a `grab` that waits in another thread gives up first."""
        self._closing.set()
        with self._lock:
            self._release()

    def grab(self) -> bool:
        """Wait for the next frame; it is copied by `retrieve` only.

        Returns:
            True; False after it was closed.

        Raises:
            SourceLostError: The camera failed, or gave no frame for `STALL_SECONDS`.
        """
        with self._lock:
            if self._camera is None:
                return False
            self._give_back()
            deadline = time.monotonic() + STALL_SECONDS
            try:
                self._job = self._camera.capture_request(wait=False)
                while not self._closing.is_set():
                    try:
                        self._request = self._job.get_result(timeout=_WAIT_SECONDS)
                    except (TimeoutError, concurrent.futures.TimeoutError):
                        if time.monotonic() < deadline:
                            continue
                        raise SourceLostError(f"{self.name}: no frame for {STALL_SECONDS:.0f} s") from None
                    self._job = None
                    return True
            except (RuntimeError, concurrent.futures.CancelledError) as error:
                raise SourceLostError(f"{self.name}: the camera has stopped ({error})") from None
        return False

    def retrieve(self) -> Pixels:
        """Return the frame that was grabbed last, uint8 [H, W, 3], B, G, R.

        Raises:
            SourceLostError: There is none.
        """
        with self._lock:
            if self._request is None:
                raise SourceLostError(f"{self.name}: no frame was grabbed")
            return np.asarray(self._request.make_array("main"), np.uint8)

    def _give_back(self) -> None:
        """Let the camera fill the frame's buffer again; it has only a few."""
        if self._request is not None:
            self._request.release()
        self._request = None

    def _release(self) -> None:
        if self._camera is None:
            return
        self._give_back()
        camera, self._camera = self._camera, None
        if self._job is not None:
            camera.cancel_all_and_flush()  # or stopping would wait for its frame
        self._job = None
        camera.stop()
        camera.close()

    def _reason(self, picamera2: Any, error: Exception) -> str:
        known = [str(camera.get("Model", "unknown")) for camera in picamera2.Picamera2.global_camera_info()]
        if self._number >= len(known):
            numbered = "; ".join(f"picamera:{number} is {model}" for number, model in enumerate(known))
            found = numbered or "none was found, check the ribbon cable and run: rpicam-hello --list-cameras"
            return f"no such camera; {found}"
        return f"cannot be used ({error}); end other programs that use the camera"
