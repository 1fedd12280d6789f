"""`tdl gateway`: meters behind HTTP."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tdl.cli.console import Failed, emit
from tdl.report.rules import gateway as rules

if TYPE_CHECKING:
    from tdl.systems.gateway.audit import BrokenAudit
    from tdl.systems.gateway.settings import BadSettings

_CONFIG = click.option(
    "--config",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    default=Path("gateway.toml"),
    show_default=True,
    help="The gateway's configuration.",
)


@click.group("gateway")
def command() -> None:
    """Serve meters to callers over HTTP."""


@command.command("serve")
@_CONFIG
@click.option("--check", is_flag=True, help="Look at the configuration and its definitions, and serve nothing.")
def serve(config: Path, check: bool) -> int:
    """Serve tables as JSON, CBOR and octets, until interrupted.

    The gateway listens on this computer alone unless its configuration says otherwise, which takes tokens and TLS.
    """
    from tdl.systems.gateway.audit import BrokenAudit
    from tdl.systems.gateway.runs import BadRuns
    from tdl.systems.gateway.serving import definitions
    from tdl.systems.gateway.serving import serve as served
    from tdl.systems.gateway.settings import BadSettings, read_settings

    try:
        settings = read_settings(config)
        found = definitions(settings)
        meters = "1 meter" if len(found) == 1 else f"{len(found)} meters"
        if check:
            emit(f"{config}: {meters}\n")
            return 0
        served(settings, lambda address: click.echo(f"{meters} at {address}", err=True))
    except BadSettings as error:
        raise _bad(error) from None
    except BadRuns as error:
        raise _bad(BadSettings(str(config), str(error))) from None
    except BrokenAudit as error:
        raise _broken(error) from None
    except ImportError as error:
        name = (error.name or "").partition(".")[0]
        if name not in ("starlette", "uvicorn", "cbor2"):
            raise
        raise click.UsageError(f"`{name}` is not installed: `pip install 'tdl-compiler[gateway]'`") from None
    except OSError as error:
        where = error.filename or f"{settings.host}:{settings.port}"
        raise click.UsageError(f"{where}: {os.strerror(error.errno or 0).lower()}") from None
    return 0


@command.command("token")
def token() -> int:
    """Make a token: the caller gets it, the configuration gets its hash.

    It is printed once, and kept nowhere.
    """
    from tdl.systems.gateway.access import new_token

    made, hash = new_token()
    emit(f'token = "{made}"\nhash = "{hash}"\n')
    return 0


@command.command("openapi")
@_CONFIG
def openapi(config: Path) -> int:
    """Print what the gateway does as a document of OpenAPI."""
    from tdl.systems.gateway.openapi import openapi as described
    from tdl.systems.gateway.serving import opened
    from tdl.systems.gateway.settings import BadSettings, read_settings

    try:
        settings = read_settings(config)
    except BadSettings as error:
        raise _bad(error) from None
    with opened(settings, apart=True) as gateway:
        document = described(tuple(gateway.desk.meters.values()))
    emit(json.dumps(document, indent=2, ensure_ascii=True) + "\n")
    return 0


@command.command("audit")
@click.argument("log", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def audit(log: Path) -> int:
    """Follow the chain of an audit log: how many entries it has, and the last one's hash."""
    from tdl.systems.gateway.audit import BrokenAudit, follow

    try:
        entries, head = follow(log)
    except BrokenAudit as error:
        raise _broken(error) from None
    except OSError as error:
        raise click.UsageError(f"{log}: {(error.strerror or 'cannot be read').lower()}") from None
    emit(f"{entries} entries, {head}\n")
    return 0


def _bad(error: BadSettings) -> Failed:
    return Failed(rules.BAD_GATEWAY.at(None, place=error.name, name=error.name, problem=error.problem))


def _broken(error: BrokenAudit) -> Failed:
    return Failed(rules.BROKEN_AUDIT.at(None, problem=str(error)))
