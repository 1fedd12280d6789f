"""Which engine decodes: the one that was asked for, or native code as soon as there is so much that compiling pays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

from tdl.batches.arrow import np
from tdl.batches.engine import Dense, Engine
from tdl.batches.layout import Layout
from tdl.batches.native_engine import NativeEngine, NativeError, compiled
from tdl.batches.with_numpy import NumpyEngine

EngineName: TypeAlias = Literal["auto", "numpy", "native"]

PAYS = 64 * 1024 * 1024
"""Octets after which native code is compiled: about as many as numpy decodes in the meantime."""


class Runner:
    """Fills arrays with one engine or the other; which one makes no difference to what is in them.

    Raises:
        NativeError: native code was asked for, and cannot be compiled.
    """

    def __init__(self, layout: Layout, name: EngineName) -> None:
        self._layout = layout
        self._left = PAYS if name == "auto" else None
        self._engine: Engine = compiled(layout)[0] if name == "native" else NumpyEngine(layout)

    @property
    def now(self) -> Literal["numpy", "native"]:
        return "native" if isinstance(self._engine, NativeEngine) else "numpy"

    def fill(self, images: Dense, arrays: Sequence[np.ndarray | None]) -> None:
        """See `tdl.batches.engine.Engine`."""
        if self._left is not None:
            self._left -= images.count * images.size
            if self._left < 0:
                self._left = None
                self._engine = self._compiled()
        if images.count:
            self._engine.fill(images, arrays)

    def _compiled(self) -> Engine:
        try:
            return compiled(self._layout)[0]
        except NativeError:
            return self._engine
