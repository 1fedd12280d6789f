"""`tdl meter`: meters that are spoken to, and meters that are simulated."""

from __future__ import annotations

from importlib import import_module

import click

VERBS = {
    "read": ("meter_read", "Print values of a meter's tables, or read them all to an image."),
    "write": ("meter_write", "Write a meter's tables, or elements of them."),
    "procedure": ("meter_procedure", "Run a procedure of a meter."),
    "serve": ("meter_serve", "Make a definition and an image a meter that answers."),
}
"""Each verb's module in `tdl.cli`, loaded when it is called, and what it does."""


class Verbs(click.Group):
    """The verbs above."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            return None
        command: click.Command = import_module(f"tdl.cli.{VERBS[cmd_name][0]}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, help) for name, (_, help) in VERBS.items()])


@click.group("meter", cls=Verbs)
def command() -> None:
    """Speak to meters by C12.18, C12.21 and C12.22, and simulate them.

    URL is c1218+tcp://HOST:PORT or c1218:/dev/ttyUSB0, the same with c1221, c1222+tcp://HOST/TITLE or
    c1222+udp://HOST/TITLE; or simulated:IMAGE, a meter in this process that holds an image or a profile such as
    std:residential.
    """
