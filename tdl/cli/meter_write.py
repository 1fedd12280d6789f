"""`tdl meter write`: tables and elements of a meter."""

from __future__ import annotations

import json
from collections.abc import Mapping

import click

from tdl.cli.console import Failed, say
from tdl.cli.images import image_of
from tdl.cli.meter_options import credential_options
from tdl.cli.meter_talk import talk
from tdl.cli.options import binding_options, definition_options, project
from tdl.codec.errors import DecodeError, EncodeError
from tdl.codec.json_values import from_json
from tdl.codec.values import Record
from tdl.image import Image
from tdl.project.definition import Definition
from tdl.project.failures import failure_finding
from tdl.systems.client.elements import Element, UnknownElement, element
from tdl.systems.client.remote import RemoteMeter
from tdl.systems.wire.credentials import Credentials


@click.command("write")
@definition_options
@click.argument("url", metavar="URL")
@click.argument("changes", nargs=-1, metavar="[ELEMENT_PATH=VALUE|ST5=HEX]...")
@click.option("--image", metavar="IMAGE", help="Write every table of an image too, in the order of its tables.")
@click.option("--offset", type=click.IntRange(0, 0xFFFFFF), metavar="N", help="With ST5=HEX: write from this octet on.")
@click.option("--no-check", is_flag=True, help="Do not read back and compare.")
@binding_options
@credential_options
def command(
    definition: str | None,
    fragments: tuple[str, ...],
    url: str,
    changes: tuple[str, ...],
    image: str | None,
    offset: int | None,
    no_check: bool,
    bind: str | None,
    settings: tuple[str, ...],
    credentials: Credentials,
) -> int:
    """Write elements of a meter's tables, or whole tables, and read them back.

    VALUE is JSON as `tdl meter read --format json` prints it; what is no JSON is text. Of a table only the octets of
    the elements are written, where the meter has partial access. ST5=HEX writes octets as they are, and IMAGE is all
    that `tdl decode` reads.

    The first write that fails is the last. One whose answer is missing is not repeated.
    """
    chosen = project(definition, fragments)
    compiled = chosen.compile()
    if not changes and image is None:
        raise click.UsageError("say what to write: ELEMENT_PATH=VALUE, ST5=HEX or --image")
    asked = _changes(compiled, changes)
    if offset is not None and (image is not None or len(asked) != 1 or next(iter(asked)).path):
        raise click.UsageError("--offset goes with one ST5=HEX")
    held = None if image is None else image_of(image, compiled)

    async def write(meter: RemoteMeter) -> int:
        tables = {} if held is None else await _write_image(meter, held, not no_check)
        tables |= await _write_changes(meter, asked, offset, not no_check)
        return len(tables)

    bound = chosen.binding(bind)
    if bound is None and held is not None and held.profile is not None:
        bound = held.profile
    try:
        count = talk(url, compiled, credentials, write, bound, settings)
    except (DecodeError, EncodeError) as error:
        raise Failed(failure_finding(error, image=url)) from None
    say(f"wrote {count} table{'s' if count != 1 else ''}{'' if no_check else ', read back and the same'}")
    return 0


async def _write_image(meter: RemoteMeter, image: Image, check: bool) -> dict[str, None]:
    written: dict[str, None] = {}
    for name, content in image.tables.items():
        key = meter.definition.key(name)
        octets = content if isinstance(content, bytes) else await meter.encoded(key, content)
        await meter.write_octets(key, octets, check=check)
        written[key] = None
    return written


async def _write_changes(
    meter: RemoteMeter, changes: Mapping[Element, object], offset: int | None, check: bool
) -> dict[str, None]:
    written = dict.fromkeys(each.table for each in changes)
    for key in written:
        for each, value in changes.items():
            if each.table == key and not each.path:
                octets = value if isinstance(value, bytes) else await meter.encoded(key, value)  # type: ignore[arg-type]
                await meter.write_octets(key, octets, offset=offset, check=check)
        inside = {each: value for each, value in changes.items() if each.table == key and each.path}
        if inside:
            try:
                await meter.write_elements(key, inside, check=check)
            except LookupError as error:
                raise click.UsageError(f"the meter has no such element: {error}") from None
    return written


def _changes(definition: Definition, texts: tuple[str, ...]) -> dict[Element, object]:
    found: dict[Element, object] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise click.UsageError(f"`{text[:80]}` says no value, ELEMENT_PATH=VALUE expected")
        try:
            wanted = element(definition, name)
        except UnknownElement as error:
            raise click.UsageError(str(error)) from None
        if "[]" in wanted.path:
            raise click.UsageError(f"`{name}` stands for several elements: say which, as in `{name}[0]`")
        if any(each.table == wanted.table and each.path == wanted.path for each in found):
            raise click.UsageError(f"`{name}` is written twice")
        found[wanted] = _value(name, value) if wanted.path else _content(name, value)
    return found


def _value(name: str, text: str) -> object:
    try:
        return from_json(json.loads(text))
    except RecursionError:
        raise click.UsageError(f"`{name}`: JSON nested too deep") from None
    except ValueError:
        return text


def _content(name: str, text: str) -> object:
    """A table's octets from hexadecimal digits, or its record from JSON."""
    try:
        return bytes.fromhex(text)
    except ValueError:
        content = _value(name, text)
    if not isinstance(content, Record):
        raise click.UsageError(f"`{name}`: neither hexadecimal digits nor an object of JSON")
    return content
