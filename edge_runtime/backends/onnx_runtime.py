"""The one place that imports ONNX Runtime, with its telemetry off."""

import importlib
import os
from typing import Any


def onnx_runtime(part: str = "") -> Any:
    """Return the package `onnxruntime`, or a module of it.

    From 1.29 on it records what it does while it is imported: an id of the device and a database in the user's cache, which it
    sends later. Only this variable, set before the import, stops all of it; `disable_telemetry_events()` comes too late.

    Args:
        part: Module within the package, such as `quantization`; empty for the package itself.

    Raises:
        ImportError: It is not installed, or a library that it needs is missing.
    """
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    return importlib.import_module(f"onnxruntime.{part}" if part else "onnxruntime")
