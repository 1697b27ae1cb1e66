"""The numbers of a bundle's judge, in its file `judge`."""

import io

import numpy as np
import numpy.typing as npt
from numpy.lib import format as npy

from edge_runtime.bundle.judge_spec import HIGHEST, JUDGE
from edge_runtime.bundle.reader import Bundle
from edge_runtime.errors import BundleError


def judge_matrix(bundle: Bundle) -> npt.NDArray[np.float32] | None:
    """Return the matrix that `JudgeSpec` describes, None where the bundle has none.

    Raises:
        BundleError: The file is altered, or not what the manifest says.
    """
    spec, file = bundle.manifest.judge, bundle.manifest.files.get(JUDGE)
    if spec is None or file is None:
        return None
    named = f"{bundle.path}/{file.path}"
    stream = io.BytesIO(bundle.read(file))
    try:
        npy.read_magic(stream)
        found, by_column, dtype = npy.read_array_header_1_0(stream)
    except Exception:
        # The header is a Python literal, whose reader fails in many ways. NumPy's own loader would make room for what it says.
        raise BundleError(f"{named}: not an array of NumPy; export the bundle again") from None
    rows, columns = shape = spec.shape(bundle.manifest.decoder)
    content = stream.read()
    if found != shape or by_column or dtype != np.dtype("<f4") or len(content) != 4 * rows * columns:
        raise BundleError(f"{named}: not float32 {list(shape)}; export the bundle again")
    matrix = np.frombuffer(content, "<f4").reshape(shape).astype(np.float32)
    if not (np.abs(matrix) <= HIGHEST).all():
        raise BundleError(f"{named}: numbers that are not finite, or beyond {HIGHEST:,.0f}; export the bundle again")
    return matrix
