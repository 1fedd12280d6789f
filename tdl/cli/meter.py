"""`tdl meter`: meters that are spoken to, and meters that are simulated."""

from __future__ import annotations

import click

from tdl.cli.verbs import Verbs

VERBS = {
    "read": ("meter_read", "Print values of a meter's tables, or read them all to an image."),
    "write": ("meter_write", "Write a meter's tables, or elements of them."),
    "procedure": ("meter_procedure", "Run a procedure of a meter."),
    "serve": ("meter_serve", "Make a definition and an image a meter that answers."),
}
"""Each verb's module in `tdl.cli`, loaded when it is called, and what it does."""


@click.group("meter", cls=Verbs, verbs=VERBS)
def command() -> None:
    """Speak to meters by C12.18, C12.21 and C12.22, and simulate them.

    URL is c1218+tcp://HOST:PORT or c1218:/dev/ttyUSB0, the same with c1221, c1222+tcp://HOST/TITLE or
    c1222+udp://HOST/TITLE; or simulated:IMAGE, a meter in this process that holds an image or a profile such as
    std:residential.
    """
