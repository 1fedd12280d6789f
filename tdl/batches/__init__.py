"""Many images of one table as columns: octets in Arrow's columns in, values in Arrow's columns out.

    import tdl
    for batch in tdl.batches.decode_batches("std:2012", "ST23", images, bind="std:polyphase-tou"):
        ...  # a pyarrow.RecordBatch

Input: a definition, a table, images of it. Output: record batches, a column for each element. It needs the extra
``arrow``, and says so when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tdl.batches.columns import Buffers
    from tdl.batches.decoding import BatchDecoder, UnknownColumn, batch_decoder, decode_batches
    from tdl.batches.images import UnusableImages

__all__ = ["BatchDecoder", "Buffers", "UnknownColumn", "UnusableImages", "batch_decoder", "decode_batches"]

_HOMES = {"Buffers": "tdl.batches.columns", "UnusableImages": "tdl.batches.images"}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module `tdl.batches` has no attribute `{name}`")
    from importlib import import_module

    value = getattr(import_module(_HOMES.get(name, "tdl.batches.decoding")), name)
    globals()[name] = value
    return value
