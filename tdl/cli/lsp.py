"""`tdl lsp`: the language server, for editors."""

from __future__ import annotations

import logging

import click


@click.command("lsp")
@click.option("--stdio", is_flag=True, help="Talk over standard input and output, which it does anyway.")
def command(stdio: bool) -> int:
    """Serve editors over standard input and output, by the language server protocol.

    Needs the extra `lsp`: pip install "tdl-compiler[lsp]".
    """
    try:
        from tdl.lsp.server import Server
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("pygls", "lsprotocol"):
            raise
        raise click.UsageError('the language server needs the extra `lsp`: pip install "tdl-compiler[lsp]"') from None
    logging.disable(logging.INFO)  # standard error is shown by editors
    Server().start_io()
    return 0
