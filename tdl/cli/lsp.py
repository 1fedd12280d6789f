"""`tdl lsp`: the language server, for editors."""

from __future__ import annotations

import logging

import click

from tdl.cli.console import standard_input, standard_output


@click.command("lsp")
@click.option("--stdio", is_flag=True, help="Talk over standard input and output, which it does anyway.")
def command(stdio: bool) -> int:
    """Serve editors over standard input and output, by the language server protocol.

    Needs the extra `lsp`: pip install "tdl-compiler[lsp]".
    """
    try:
        from tdl.lsp.listening import Listening
        from tdl.lsp.server import Server
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("pygls", "lsprotocol"):
            raise
        raise click.UsageError('the language server needs the extra `lsp`: pip install "tdl-compiler[lsp]"') from None
    logging.disable(logging.INFO)  # standard error is shown by editors
    heard, said = standard_input(), standard_output()
    if heard is None:
        raise click.UsageError("standard input is closed")
    Server().start_io(Listening(heard), said)  # type: ignore[arg-type]  # of a stream, only reading is used
    return 0
