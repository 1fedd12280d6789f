"""The engine of native code: a layout's own C, compiled once and kept; Python runs on while it decodes."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence

from tdl.batches.arrow import np, pa
from tdl.batches.engine import Dense
from tdl.batches.kernel import kernel
from tdl.batches.layout import Layout
from tdl.native.building import NativeError, shared_object

__all__ = ["NativeEngine", "NativeError", "compiled"]

FLAGS = ("-O3",)


class NativeEngine:
    """See `tdl.batches.engine.Engine`; `compiled` makes them."""

    def __init__(self, call: Callable[..., None]) -> None:
        self._call = call

    def fill(self, images: Dense, arrays: Sequence[np.ndarray | None]) -> None:
        """Fill the arrays of all leaves."""
        places = [None if array is None else _address(array) for array in arrays]
        self._call(_address(images.octets), images.count, (ctypes.c_void_p * len(places))(*places))


def _address(array: np.ndarray) -> int:
    """Where a flat array begins; numpy's own ways to say so take several times as long."""
    address: int = pa.py_buffer(array).address
    return address


def compiled(*layouts: Layout) -> list[NativeEngine]:
    """An engine for each layout, out of one run of the compiler.

    Raises:
        NativeError: they cannot be compiled.
    """
    names = [f"tdl_columns_{number}" for number in range(len(layouts))]
    texts = {f"{name}.c": kernel(layout, name) for name, layout in zip(names, layouts, strict=True)}
    path = shared_object("tdl_columns", texts, exports=tuple(names), flags=FLAGS)
    try:
        library = ctypes.CDLL(str(path))  # its calls release the interpreter's lock
    except OSError as error:
        raise NativeError(f"the compiled code cannot be loaded: {error}") from None
    engines = []
    for name in names:
        call = library[name]
        call.argtypes, call.restype = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_void_p), None
        engines.append(NativeEngine(call))
    return engines
