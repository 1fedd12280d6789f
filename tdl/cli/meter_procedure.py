"""`tdl meter procedure`: a procedure of a meter, and what it answers."""

from __future__ import annotations

import json

import click

from tdl.cli.console import Failed, columns, emit, ended, standard_input
from tdl.cli.meter_options import credential_options
from tdl.cli.meter_talk import talk
from tdl.cli.options import binding_options, definition_options, project
from tdl.cli.tables import value_lines
from tdl.codec.decoder import Moved
from tdl.codec.errors import DecodeError, EncodeError
from tdl.codec.json_values import from_json, to_json
from tdl.codec.values import Record
from tdl.project.describing import Describer
from tdl.project.failures import failure_finding
from tdl.readings.procedures import UnknownProcedure
from tdl.report import Report
from tdl.report.rules import client as rules
from tdl.systems.client.procedures import Response
from tdl.systems.client.remote import RemoteMeter
from tdl.systems.wire.credentials import Credentials

_MOST = 1 << 20

_UNKNOWN = 6
_HELP = "`tdl meter read URL ST0.STD_PROC_USED` says which procedures it has"


@click.command("procedure")
@definition_options
@click.argument("url", metavar="URL")
@click.argument("name", metavar="PROCEDURE")
@click.argument("parameters", required=False, metavar="[JSON|HEX|-]")
@click.option(
    "--format",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="For people, or one object of JSON.",
)
@binding_options
@credential_options
def command(
    definition: str | None,
    fragments: tuple[str, ...],
    url: str,
    name: str,
    parameters: str | None,
    format: str,
    bind: str | None,
    settings: tuple[str, ...],
    credentials: Credentials,
) -> int:
    """Run PROCEDURE, by its name, key or number: REMOTE_RESET, SP9, MP70 or 9; and print what it answers.

    Its parameters are an object of JSON with the elements of the definition's parameter record, or their octets in
    hexadecimal digits. The request is sent once, whatever happens.
    """
    chosen = project(definition, fragments)
    compiled = chosen.compile()
    given = _parameters(parameters)

    async def run(meter: RemoteMeter) -> tuple[Response, tuple[Moved, ...]]:
        response = await meter.procedure(name, given)
        return response, await meter.leaves(response)

    try:
        response, leaves = talk(url, compiled, credentials, run, chosen.binding(bind), settings)
    except UnknownProcedure as error:
        raise click.UsageError(str(error)) from None
    except (DecodeError, EncodeError) as error:
        raise Failed(failure_finding(error, image=url)) from None
    if format == "json":
        values = None if response.record is None else to_json(response.record)
        content = {"procedure": response.key, "result": response.result, "meaning": response.meaning}
        emit(json.dumps({**content, "response": values, "octets": response.octets.hex().upper()}) + "\n")
    else:
        lines = [f"{response.key}: {response.meaning}"]
        if response.record is not None:
            lines += value_lines(leaves, response.record, Describer(compiled), columns())
        elif any(response.octets) and not response.notes:
            lines.append(f"  {response.octets.hex(' ').upper()}")
        emit("\n".join([*lines, *(f"  note: {note}" for note in response.notes)]) + "\n")
    findings = Report()
    if not response.done:
        meaning, help = response.meaning, _HELP if response.result == _UNKNOWN else ""
        findings.add(rules.PROCEDURE_REFUSED.at(None, place=url, key=response.key, meaning=meaning, help=help))
    return ended(findings)


def _parameters(text: str | None) -> Record | bytes:
    if text == "-":
        source = standard_input()
        text = "" if source is None else source.read(_MOST).decode("utf-8", "replace")
    if text is None:
        return b""
    try:
        return bytes.fromhex(text)
    except ValueError:
        pass
    try:
        found = from_json(json.loads(text))
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, Record):
        raise click.UsageError("parameters are an object of JSON, or hexadecimal digits")
    return found
