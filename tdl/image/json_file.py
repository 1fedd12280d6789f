"""An image as JSON: ``{"ST1": {"MANUFACTURER": ...}}`` as `tdl decode --format json` writes it, or
``{"ST1": "45 4C 53 ..."}`` with a table's octets in hexadecimal. ``$profile`` holds what the layouts of these tables
depend on and the tables do not say, as a profile has it, and ``$schema`` may say where an editor finds a schema.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from tdl.codec.json_values import from_json, to_json
from tdl.codec.values import Record
from tdl.image.content import MAX_TABLES, Image, Profile, TableContent, UnreadableImage, table_octets

PROFILE, SCHEMA = "$profile", "$schema"

MAX_JSON_OCTETS = 64 * 1024 * 1024


def read_json(name: str, octets: bytes) -> Image:
    """The image in JSON text.

    Raises:
        UnreadableImage: not JSON, or not of the shape above.
    """
    try:
        content = json.loads(octets.decode("utf-8-sig"), object_pairs_hook=_object)
    except UnicodeDecodeError:
        raise UnreadableImage(name, "neither a directory nor JSON, EDL or hexadecimal text", _HELP) from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        problem = f"neither a directory nor JSON, EDL or hexadecimal text ({_lower(error.msg)} at {place})"
        raise UnreadableImage(name, problem, _HELP) from None
    except _Twice as error:
        raise UnreadableImage(name, f"the name `{error}` stands twice in one object") from None
    except (RecursionError, ValueError):
        raise UnreadableImage(name, "JSON nested too deep, or with a number too long") from None
    if not isinstance(content, dict):
        raise UnreadableImage(name, f"{_kind(content)} found, an object of tables expected", _HELP)
    if isinstance(content.get(SCHEMA), str):
        del content[SCHEMA]
    if len(content) > MAX_TABLES:
        raise UnreadableImage(name, f"{len(content)} tables found, a meter has at most {MAX_TABLES}")
    profile = content.pop(PROFILE, None)
    if profile is not None and not isinstance(profile, dict):
        raise UnreadableImage(name, f"`{PROFILE}`: {_kind(profile)} found, an object of tables expected")
    return Image(
        name=name,
        tables={key: _table(name, key, value) for key, value in content.items()},
        profile=None if profile is None else Profile(values=profile, name=f"{name}: {PROFILE}"),
    )


def write_json(tables: Mapping[str, object], profile: Mapping[str, object] | None = None) -> str:
    """Tables by key, or other values by name, as JSON text that `read_json` takes back."""
    content: dict[str, object] = {key: to_json(value) for key, value in tables.items()}
    if profile:
        content[PROFILE] = dict(profile)
    return json.dumps(content, indent=2) + "\n"


def _table(name: str, key: str, value: object) -> TableContent:
    if isinstance(value, str):
        return table_octets(name, key, value)
    if not isinstance(value, dict):
        raise UnreadableImage(name, f"table `{key}`: {_kind(value)} found, an object of elements or octets expected")
    try:
        content = from_json(value)
    except (ValueError, RecursionError) as error:
        raise UnreadableImage(name, f"table `{key}`: {error}") from None
    if not isinstance(content, Record):
        raise UnreadableImage(name, f"table `{key}`: one value found, an object of elements expected")
    return content


class _Twice(ValueError):
    """A name that an object has twice."""


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found:
            raise _Twice(name)
        found[name] = value
    return found


def _kind(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "a truth value"
        case int() | float():
            return "a number"
        case str():
            return "text"
        case list():
            return "a list"
        case _:
            return "an object"


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


_HELP = 'an image is a directory of `ST0.bin`, `MT5.bin` ..., or JSON such as `{"ST1": {"MANUFACTURER": "ACME"}}`'
