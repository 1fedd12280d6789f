"""A meter for programs without asyncio: the same calls, each of which returns when it is done."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterable, Mapping
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Any, TypeVar

from tdl.codec.values import Record
from tdl.project.definition import Definition, DocumentName
from tdl.project.opening import Binding
from tdl.project.profile import Settings
from tdl.systems.client import opening
from tdl.systems.client.procedures import Response
from tdl.systems.client.remote import RemoteMeter, Whole
from tdl.systems.wire.credentials import Credentials

T = TypeVar("T")


class MeterConnection:
    """A meter at a URL, made by `tdl.connect`. `with` ends the session; what goes wrong is a `WireError`."""

    def __init__(self, open_meter: Callable[[AsyncExitStack], Coroutine[Any, Any, RemoteMeter]]) -> None:
        # A thread of its own: the caller's may have an event loop that is running, as notebooks have.
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="tdl meter", daemon=True)
        self._thread.start()
        self._stack = AsyncExitStack()
        try:
            self._meter = self._done(open_meter(self._stack))
        except BaseException:
            self._end()
            raise

    @property
    def definition(self) -> Definition:
        """What its tables are."""
        return self._meter.definition

    def __getitem__(self, key: str) -> Record:
        """A table's values, read now.

        Raises:
            tdl.project.definition.UnknownTable: the definition has no such table.
            DecodeError: it does not fit the definition.
        """
        return self._done(self._meter.reading(key))[key]

    def read(self, path: str) -> object:
        """The value of an element, such as ``ST23.TOT_DATA_BLOCK.SUMMATIONS[0]``, read alone where that is possible.

        Raises:
            LookupError: the definition or this meter has no such element.
        """
        return self._done(self._meter.read(path))

    def octets(self, key: str, *, offset: int | None = None, count: int | None = None) -> bytes:
        """A table as it is, or a part of it."""
        return self._done(self._meter.octets(key, offset=offset, count=count))

    def write(self, path: str, value: object, *, check: bool = True) -> None:
        """Write an element, or a table from its record or octets, and read it back.

        Raises:
            tdl.systems.client.remote.NotKept: it reads back as something else.
            EncodeError: the value does not fit.
        """
        self._done(self._meter.write(path, value, check=check))

    def procedure(self, name: str, parameters: Mapping[str, object] | Record | bytes = b"") -> Response:
        """Run a procedure, once, and wait for what comes of it."""
        return self._done(self._meter.procedure(name, parameters))

    def image(self) -> Whole:
        """Every table that the meter says it has, as octets, and what it refused."""
        return self._done(self._meter.image())

    def close(self) -> None:
        """End the session and the connection."""
        if self._loop.is_closed():
            return
        try:
            self._done(self._stack.aclose())
        finally:
            self._end()

    def __enter__(self) -> MeterConnection:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _done(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def _end(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


def connect(
    url: str,
    definition: Definition | DocumentName = "std:2012",
    *,
    fragments: Iterable[DocumentName] = (),
    credentials: Credentials | None = None,
    bind: Binding | None = None,
    set: Settings | None = None,
) -> MeterConnection:
    """A meter whose tables are read and written by their names.

    Args:
        url: ``c1218+tcp://HOST:PORT``, ``c1218:/dev/ttyUSB0``, the same with ``c1221``, ``c1222+tcp://HOST/TITLE``,
            ``c1222+udp://HOST/TITLE``, or ``simulated:IMAGE``, a meter in this process.
        definition: a path, a library name or a definition that `tdl.load` made, in which case fragments are in it.
        credentials: who asks, a `tdl.systems.wire.credentials.Credentials`.
        bind: a profile or an image for what layouts depend on, which then is not read.
        set: single values, as `tdl.open` has them.

    Raises:
        TdlError: there is no line to it, or the definition does not compile.
    """

    async def open_meter(stack: AsyncExitStack) -> RemoteMeter:
        meter = opening.connect(url, definition, fragments=fragments, credentials=credentials, bind=bind, set=set)
        return await stack.enter_async_context(meter)

    return MeterConnection(open_meter)
