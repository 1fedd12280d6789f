"""Connections that take up a place and ask nothing are given up."""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol

PLACES = 512
"""Callers at one time; more are told that the gateway is busy."""

TOLD = 64
"""Connections beyond these, to be told so. Further ones are closed."""

HEAD_SECONDS = 20.0
"""From one answer, or from the beginning, to the end of the next request's head."""


class Connection(H11Protocol):
    """A caller's connection. Uvicorn's own lets who sends a head octet by octet stay for ever."""

    _watch: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > PLACES + TOLD:
            transport.abort()
        self._begin()

    def handle_events(self) -> None:
        before = self.cycle
        super().handle_events()
        if self.cycle is not before:
            self._end()

    def on_response_complete(self) -> None:
        self._begin()  # before the next request, which may have come already
        super().on_response_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._end()
        super().connection_lost(exc)

    def _begin(self) -> None:
        self._end()
        self._watch = self.loop.call_later(HEAD_SECONDS, self.transport.abort)

    def _end(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None
