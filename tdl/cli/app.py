"""The `tdl` command: its verbs, each loaded when it is called, and how every run ends.

Exit codes: 0 clean, 1 findings, 2 usage, configuration or input and output, 70 internal error, 130 interrupted.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence
from typing import Any

import click

import tdl
from tdl.cli.start import EXIT_INTERRUPTED
from tdl.cli.verbs import Verbs

VERBS: dict[str, tuple[str, str]] = {
    "check": ("check", "Say what is wrong with documents and fragments."),
    "fmt": ("fmt", "Write documents and fragments in their canonical spelling."),
    "merge": ("merge", "Apply fragments to a definition and print the result."),
    "fragment": ("fragment", "Make fragments."),
    "diff": ("diff", "Compare two definitions: what changed, and what breaks readers."),
    "decode": ("decode", "Print the values in a meter's tables."),
    "encode": ("encode", "Write a meter's tables from values."),
    "readings": ("readings", "Print a meter's engineering values: what registers and load profile say, with units."),
    "events": ("events", "Print the events in a meter's logs."),
    "convert": ("convert", "Write an image as JSON, EDL, CSV or a directory."),
    "generate": ("generate", "Write codecs for a definition."),
    "conformance": ("conformance", "Report on a definition: every rule with its verdict and place."),
    "docs": ("docs", "Write the pages of a definition: a site that needs no server, or Markdown."),
    "explore": ("explore", "Write an image as a page: octets beside the elements that they are."),
    "graph": ("graph", "Write the graph of tables: which layout depends on which other table."),
    "vectors": ("vectors", "Write test vectors: octets with the verdict and values that every codec must give."),
    "layout": ("layout", "List where each element of a table lies."),
    "explain": ("explain", "Explain a diagnostic, or show a table of a definition."),
    "blame": ("blame", "Say which document set what."),
    "lsp": ("lsp", "Serve editors by the language server protocol."),
    "meter": ("meter", "Speak to meters, and simulate them."),
    "wire": ("wire", "Read what went over the wire."),
    "gateway": ("gateway", "Serve meters to callers over HTTP."),
    "init": ("init", "Start a vendor's project: definition, profile, image and a check for CI."),
    "plugins": ("plugins", "List what is installed beside tdl: back ends, rules and libraries."),
    "debug": ("debug", "Show what a pass of the compiler makes."),
    "demo": ("demo", "Run the main job on a real meter's table."),
}
"""Verbs in the order of `tdl --help`: the module in `tdl.cli` that holds ``command``, and what it does."""

ARGUMENTS = "arguments"
"""Where the context's object holds the command line as it was given."""

EXIT_USAGE = 2

EPILOG = """\
A definition is a path or a library name such as std:2012; an image is a directory of ST0.bin, MT5.bin ..., a JSON or
EDL file, or hexadecimal text; - is standard input or output.

Completion: eval "$(_TDL_COMPLETE=bash_source tdl)" in ~/.bashrc, or zsh_source, or fish_source, for those shells.
"""


class App(Verbs):
    """The command itself, which ends in one of the exit codes above."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_paragraph()
        for paragraph in EPILOG.split("\n\n"):
            formatter.write_text(" ".join(paragraph.split()))
            formatter.write_paragraph()

    def main(  # type: ignore[override]  # always ends in an exit code, so it takes no `standalone_mode`
        self, args: Sequence[str] | None = None, prog_name: str | None = None, **extra: Any
    ) -> Any:
        extra["standalone_mode"] = False
        extra["obj"] = {ARGUMENTS: tuple(sys.argv[1:] if args is None else args)}
        code = self._run(args, prog_name or "tdl", extra)
        sys.exit(_flushed(code))

    def _run(self, args: Sequence[str] | None, prog_name: str, extra: dict[str, Any]) -> int:
        try:
            result = super().main(args, prog_name, **extra)
        except click.ClickException as error:
            return _usage(error)
        except (KeyboardInterrupt, click.Abort):
            _say("interrupted")
            return EXIT_INTERRUPTED
        except BrokenPipeError:
            return 0  # whoever reads has seen enough
        except Exception as error:
            from tdl.cli.ending import exit_of

            return exit_of(error)
        return result if isinstance(result, int) else 0


def _usage(error: click.ClickException) -> int:
    with contextlib.suppress(OSError, ValueError):  # standard error may be closed: then the exit code has to do
        error.show()
    return EXIT_USAGE


def _say(text: str) -> None:
    with contextlib.suppress(OSError, ValueError):
        click.echo(text, err=True)


def _flushed(code: int) -> int:
    """The exit code after what was printed has left; a full disk under standard output is an error of its own."""
    try:
        if sys.stdout is not None and not sys.stdout.closed:
            sys.stdout.flush()
    except BrokenPipeError:
        _silence()
    except OSError as error:
        _silence()
        _say(f"error TDL005: standard output cannot be written: {(error.strerror or str(error)).lower()}")
        return code or EXIT_USAGE
    return code


def _silence() -> None:
    """Send what Python still holds for standard output nowhere, so that it does not fail again at exit."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _version(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        click.echo(f"tdl {tdl.__version__}")
        ctx.exit()


def _colour(ctx: click.Context, _: click.Parameter, value: str) -> str:
    ctx.ensure_object(dict)["color"] = value
    return value


@click.group(
    "tdl", cls=App, verbs=VERBS, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.option(
    "--version", is_flag=True, expose_value=False, is_eager=True, callback=_version, help="Print the version."
)
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    expose_value=False,
    callback=_colour,
    help="Colours: auto follows the terminal, NO_COLOR and FORCE_COLOR.",
)
def main() -> None:
    """The open compiler for ANSI C12.19 / IEEE 1377 table definitions.

    It reads what a meter's tables are and moves their octets: checks and merges definitions, decodes and encodes
    images, and generates codecs.
    """
