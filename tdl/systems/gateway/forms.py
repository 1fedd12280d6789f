"""The forms in which a table or an element is sent, which of them a caller wants, and the tag of each."""

from __future__ import annotations

import hashlib
import io
import json
from enum import StrEnum

from tdl.codec.json_values import from_json
from tdl.systems.gateway.problems import Problem


class Form(StrEnum):
    """By media type; the first is what a caller gets who does not say."""

    JSON = "application/json"
    CBOR = "application/cbor"
    OCTETS = "application/octet-stream"


PATCH = "application/merge-patch+json"
"""The media type of a merge patch."""

MAX_ACCEPT = 1000
"""Characters of a header `Accept` that are looked at."""


def wanted(accept: str | None) -> Form:
    """The form that a header `Accept` asks for.

    Raises:
        Problem: none of those there are.
    """
    best: tuple[float, Form] | None = None
    weights = list(_weights((accept or "*/*")[:MAX_ACCEPT]))
    for form in Form:
        # What names a form exactly stands before what only covers it.
        kinds = (form.value, "application/*", "*/*")
        said = next((weight for kind in kinds for name, weight in weights if name == kind), 0.0)
        if said > 0 and (best is None or said > best[0]):
            best = said, form
    if best is None:
        raise Problem(406, f"one of {', '.join(f'`{form.value}`' for form in Form)} expected in `Accept`")
    return best[1]


def _weights(accept: str) -> list[tuple[str, float]]:
    found = []
    for part in accept.split(","):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        weight = 1.0
        for parameter in parameters:
            if parameter.startswith("q="):
                try:
                    weight = min(max(float(parameter[2:]), 0.0), 1.0)
                except ValueError:
                    weight = 0.0
        found.append((name, weight if weight == weight else 0.0))
    return found


def sent_form(content_type: str | None) -> Form:
    """The form of what a caller sends.

    Raises:
        Problem: none of those there are.
    """
    name = (content_type or "").partition(";")[0].strip().lower()
    try:
        return Form(name)
    except ValueError:
        raise Problem(415, f"one of {', '.join(f'`{form.value}`' for form in Form)} expected") from None


def written(form: Form, document: object) -> bytes:
    """A document as JSON or CBOR."""
    if form is Form.CBOR:
        import cbor2

        return cbor2.dumps(document)
    return json.dumps(document, ensure_ascii=False, allow_nan=False).encode("utf-8")


def read(form: Form, body: bytes) -> object:
    """What JSON or CBOR says, as it comes; see `values_of`.

    Raises:
        Problem: it is neither.
    """
    try:
        if form is Form.CBOR:
            import cbor2

            stream = io.BytesIO(body)
            content: object = cbor2.load(stream)
            if stream.tell() != len(body):
                raise ValueError("more behind it")
            return content
        return json.loads(body, parse_constant=_refuse)
    except Exception:  # of any kind: these are octets from outside, and two libraries that read them
        raise Problem(400, f"this is no {'CBOR' if form is Form.CBOR else 'JSON'}") from None


def values_of(content: object) -> object:
    """What an encoder takes for what a caller sent.

    Raises:
        Problem: no form of a value.
    """
    try:
        return from_json(_plain(content, 0))  # type: ignore[arg-type]
    except ValueError as error:
        raise Problem(422, str(error)) from None


def tag(form: Form, layout: str, octets: bytes, place: str) -> str:
    """The strong tag of a table or an element in a form: other octets, another layout or form are another tag."""
    content = hashlib.sha256(octets).hexdigest()
    return f'"{hashlib.sha256(" ".join((form.value, layout, place, content)).encode("utf-8")).hexdigest()[:32]}"'


def tags(header: str) -> tuple[str, ...]:
    """The tags of a header `If-Match`, among which a weak one is like no other."""
    return tuple(part.strip() for part in header.split(","))


def has_tag(header: str, tag: str) -> bool:
    """Whether a header `If-None-Match` has a tag, weak or not, or stands for all there are."""
    return header.strip() == "*" or tag in (part.strip().removeprefix("W/") for part in header.split(","))


def _refuse(name: str) -> object:
    raise ValueError(name)


def _plain(content: object, depth: int) -> object:
    """CBOR has more kinds of values than JSON: those that JSON lacks are refused."""
    match content:
        case None | bool() | int() | float() | str():
            return content
        case list() if depth < 200:
            return [_plain(each, depth + 1) for each in content]
        case dict() if depth < 200 and all(isinstance(name, str) for name in content):
            return {name: _plain(each, depth + 1) for name, each in content.items()}
        case _:
            raise ValueError("a value that JSON does not have, or one that is nested too deep")
