"""Arrow and numpy, which the extra ``arrow`` brings; where they are missing, one line says so."""

from __future__ import annotations

from tdl.codec.errors import TdlError


class ArrowMissing(TdlError):
    """The extra ``arrow`` is not installed."""

    def __init__(self) -> None:
        super().__init__("columns need the extra `arrow`: pip install 'tdl-compiler[arrow]'")


try:
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc
except ImportError:
    raise ArrowMissing from None

__all__ = ["ArrowMissing", "np", "pa", "pc"]
