"""Which answer belongs to which request: by their places in the two lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tdl.systems.wire import answers
from tdl.systems.wire.answers import Answer
from tdl.systems.wire.errors import Layer, WireError
from tdl.systems.wire.requests import Request, Security


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A request with its answer; None for a password that is not answered by itself."""

    request: Request
    answer: Answer | None


def pair(asked: Sequence[Request], services: Sequence[bytes]) -> tuple[Exchange, ...]:
    """What was asked, with what answers it.

    Sources differ on a password in front of other requests: in the standard's example 8 it has no answer of its own,
    for others it has. So one answer may be missing if the first of several requests is a password.

    Args:
        services: the answers as octets, of the message that answers.

    Raises:
        WireError: if their numbers do not agree, or an answer is not one that its request may have.
    """
    silent = len(asked) == len(services) + 1 and len(asked) > 1 and isinstance(asked[0], Security)
    if len(asked) != len(services) and not silent:
        raise WireError(Layer.SERVICE, f"{len(services)} answers", str(len(asked)))
    heard = [None, *services] if silent else list(services)
    return tuple(
        Exchange(request=request, answer=None if octets is None else answers.decode(octets, request))
        for request, octets in zip(asked, heard, strict=True)
    )
