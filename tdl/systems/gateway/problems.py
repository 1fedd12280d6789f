"""What a caller is told when something is not done: RFC 9457, with the meter's own code where it gave one."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from tdl.codec.errors import EncodeError, ImageError, TdlError, path_text
from tdl.systems.wire.answers import Code
from tdl.systems.wire.errors import Garbled, LineFailed, LinkFailed, LoginRefused, ServiceRefused, Uncertain, WireError

RETRY_AFTER = 2
"""Seconds after which a caller may ask again."""

_STATUS: Mapping[int, int] = MappingProxyType(
    {
        Code.ERR: 502,
        Code.SNS: 501,
        Code.ISC: 403,
        Code.ONP: 422,
        Code.IAR: 422,
        Code.BSY: 503,
        Code.DNR: 503,
        Code.DLK: 423,
        Code.UAT: 404,
        Code.NETT: 504,
        Code.NETR: 504,
        Code.RQTL: 413,
    }
)
"""By the meter's code; for all others the gateway got an answer that is of no use to the caller: 502."""

_TITLES: Mapping[int, str] = MappingProxyType(
    {
        400: "the request makes no sense",
        401: "a token is needed",
        403: "not allowed",
        404: "not there",
        405: "not done to this",
        406: "not available in that form",
        408: "the request took too long",
        409: "something else came between",
        412: "the table has changed",
        413: "too large",
        415: "a form of content that is not known",
        416: "octets that the table does not have",
        421: "not this host",
        422: "the values do not fit",
        423: "locked",
        428: "a tag is needed",
        431: "the head is too large",
        500: "the gateway failed",
        501: "the meter does not do this",
        502: "the meter did not do it",
        503: "busy",
        504: "the meter took too long",
        507: "what is done cannot be recorded",
    }
)


class Problem(TdlError):
    """A request that is not done, or not known to be.

    Attributes:
        status: of HTTP.
        detail: in words; nothing secret is in it.
        c12: what the meter said.
        more: other members of the answer.
        headers: of the answer.
    """

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        c12: Mapping[str, object] | None = None,
        more: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status, detail)
        self.status, self.detail = status, detail
        self.c12, self.more = c12, dict(more or {})
        self.headers = {"Retry-After": str(RETRY_AFTER)} if status == 503 else {}
        self.headers.update(headers or {})

    def __str__(self) -> str:
        return f"{self.status}: {self.detail}"

    @property
    def title(self) -> str:
        return _TITLES.get(self.status, "not done")

    def document(self) -> dict[str, object]:
        """The members of ``application/problem+json``."""
        told: dict[str, object] = {"type": "about:blank", "title": self.title, "status": self.status}
        told["detail"] = self.detail
        if self.c12:
            told["c12"] = dict(self.c12)
        return told | self.more


def of_wire(error: WireError, table: str) -> Problem:
    """What a failure between the gateway and a meter is to a caller."""
    detail = str(error)
    c12: dict[str, object] = {"layer": error.layer.value, "table": table}
    match error:
        case Uncertain():
            return Problem(502, detail, c12=c12, more={"uncertain": True, "written": error.written})
        case LoginRefused():
            # The caller has no part in how the gateway logs on: never 401 or 403.
            return Problem(502, detail, c12=c12 | {"code": error.code, "name": error.name})
        case ServiceRefused():
            told = c12 | {"code": error.code, "name": error.name}
            return Problem(_STATUS.get(error.code, 502), detail, c12=told)
        case LineFailed():
            # Where the meter is, callers need not know.
            return Problem(502, "there is no line to the meter", c12=c12)
        case Garbled():
            return Problem(502, detail, c12=c12)
        case LinkFailed():
            return Problem(504, detail, c12=c12)
        case _:
            return Problem(502, detail, c12=c12)


def of_image(error: ImageError) -> Problem:
    """Octets of the meter that do not have the layout are its fault, values that do not fit the caller's."""
    more = {"table": error.table, "element": path_text(error.path), "offset": error.offset}
    return Problem(422 if isinstance(error, EncodeError) else 502, str(error), more=more)
