"""Who asks a meter, said without a secret on the command line."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from typing import Any

import click

from tdl.cli.console import Failed
from tdl.cli.keys import key_for
from tdl.report import Diagnostic
from tdl.report.rules import invocation
from tdl.systems.wire.credentials import Credentials
from tdl.systems.wire.data import BLANK

PASSWORD_VARIABLE = "TDL_METER_PASSWORD"

_LONGEST = 4096
_OCTETS = 20
"""Of a password."""


def credential_options(function: Callable[..., int]) -> Callable[..., int]:
    """``--user``, ``--user-id`` and where passwords and keys are; the function gets a ``url`` and `Credentials`."""

    @functools.wraps(function)
    def with_credentials(
        url: str,
        user: str,
        user_id: int,
        password_file: str | None,
        ask_password: bool,
        zero_padding: bool,
        keys: str | None,
        key_id: int,
        **others: Any,
    ) -> int:
        if password_file is not None and ask_password:
            raise click.UsageError("--password-file and --ask-password exclude each other")
        credentials = Credentials(
            user_id=user_id,
            user=_limited("--user", user.encode(), 10),
            password=_password(password_file, ask_password),
            pad=0 if zero_padding else BLANK,
            key=None if keys is None else key_for(url, keys, key_id),
            key_id=key_id,
        )
        return function(url=url, credentials=credentials, **others)

    for option in (
        click.option("--key-id", type=click.IntRange(0, 255), default=0, help="Which of the meter's keys it is."),
        click.option(
            "--keys", metavar="FILE", help="The meter's keys by their numbers: for C12.22, and for C12.21 with DES."
        ),
        click.option("--zero-padding", is_flag=True, help="Fill the password up with zeros instead of blanks."),
        click.option("--ask-password", is_flag=True, help="Ask for the password at the terminal."),
        click.option(
            "--password-file",
            metavar="FILE",
            help=f"A file with the password. Without it, the environment variable {PASSWORD_VARIABLE} is looked at.",
        ),
        click.option(
            "--user-id", type=click.IntRange(0, 65535), default=0, show_default=True, help="The user's number."
        ),
        click.option("--user", default="", metavar="NAME", help="The user's name, of at most ten octets."),
    ):
        with_credentials = option(with_credentials)
    return with_credentials


def _password(file: str | None, ask: bool) -> bytes | None:
    if file is not None:
        text = _first_line(file)
    elif ask:
        text = str(click.prompt("Password", hide_input=True, err=True, default="", show_default=False)).encode()
    else:
        given = os.environ.get(PASSWORD_VARIABLE)
        if given is None:
            return None
        text = given.encode()
    return _limited("the password", text, _OCTETS)


def _limited(what: str, octets: bytes, most: int) -> bytes:
    if len(octets) > most:
        raise click.UsageError(f"{what} has {len(octets)} octets, at most {most} are possible")
    return octets


def _first_line(file: str) -> bytes:
    try:
        with open(file, "rb") as stream:
            content = stream.read(_LONGEST)
    except OSError as error:
        raise Failed(_unreadable(file, (error.strerror or "cannot be read").lower())) from None
    return content.splitlines()[0] if content else b""


def _unreadable(file: str, problem: str) -> Diagnostic:
    return invocation.UNREADABLE.at(None, place=file, name=file, problem=problem)
