"""The page of the command line: every verb with its arguments and options, from click's own objects."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

import click

from tdl.backends.api import IN_TREE, find_backend
from tdl.cli.app import VERBS, main

_OPTION = re.compile(r"(?<![\w-])(--?[a-z][a-z-]*)(?!\w)")
_MARKUP = re.compile(r"([*_<>\[\]])")

INTRODUCTION = """\
# The command line

Every verb with its options, as `tdl VERB --help` prints them. `python -m tdl.cli.pages` writes this page.

A definition is a path or a library name such as `std:2012`. An image is a directory of `ST0.bin`, `MT5.bin` ..., a JSON
or EDL file, or hexadecimal text. `-` is standard input or output. What is asked for goes to standard output, findings
and notes to standard error.

## Exit codes

| code | meaning |
|---|---|
| 0 | clean |
| 1 | findings: errors in the input, generated files out of date, a change that breaks readers |
| 2 | usage, configuration, or a file that cannot be read or written |
| 70 | tdl itself failed; please report it |
| 130 | interrupted |

`--format` never changes the exit code.

## Environment

| variable | effect |
|---|---|
| `NO_COLOR` | no colours |
| `FORCE_COLOR` | colours also where output is no terminal |
| `TDL_CACHE_DIR` | the folder of compiled definitions; empty, none are kept |
| `TDL_DEBUG` | `1` shows where an internal error happened |
| `TDL_JOBS` | how many processes `tdl generate` may take, where `--jobs` does not say |
| `XDG_CACHE_HOME`, `LOCALAPPDATA` | where the folder of compiled definitions is by default |

## All verbs take

"""


def manual_page() -> str:
    """The page's text."""
    lines = [*_options(main), ""]
    for name in VERBS:
        with click.Context(main, info_name="tdl") as context:
            command = main.get_command(context, name)
        assert command is not None
        lines += _verb(command, f"tdl {name}", "##")
    lines += _targets()
    return INTRODUCTION + "\n".join(lines).rstrip("\n") + "\n"


def _targets() -> Iterator[str]:
    """What ``--target`` can be where nothing else is installed, with what ``--option`` takes."""
    yield from ("## Targets", "", "What `tdl generate --target` takes; other packages may bring more.", "")
    yield from ("| target | what is made | options |", "|---|---|---|")
    for name in sorted(IN_TREE):
        target = find_backend(name)
        options = "; ".join(f"`{option}`: {_text(help)}" for option, help in sorted(target.options.items()))
        yield f"| `{name}` | {_text(target.description)} | {options or 'none'} |"


def _verb(command: click.Command, name: str, heading: str) -> Iterator[str]:
    yield from (f"{heading} {name}", "", "```text", _usage(command, name), "```", "")
    for paragraph in inspect.cleandoc(command.help or "").split("\n\n"):
        yield from (_text(paragraph), "")
    if any(_shown(each) for each in command.params):
        yield from (*_options(command), "")
    if isinstance(command, click.Group):
        for below in sorted(command.commands):
            yield from _verb(command.commands[below], f"{name} {below}", heading + "#")


def _usage(command: click.Command, name: str) -> str:
    with click.Context(command, info_name=name) as context:
        return " ".join([name, *command.collect_usage_pieces(context)])


def _options(command: click.Command) -> Iterator[str]:
    yield "| option | what it does |"
    yield "|---|---|"
    with click.Context(command, info_name="tdl") as context:
        for each in command.params:
            if _shown(each):
                record = each.get_help_record(context)
                assert record is not None
                yield f"| {_option(record[0])} | {_text(record[1]).replace('|', '&#124;')} |"


def _shown(parameter: click.Parameter) -> bool:
    return isinstance(parameter, click.Option) and not parameter.hidden


def _option(text: str) -> str:
    """``-f, --fragment FRAGMENT`` in code, which a table's cell must not end."""
    return f"`{text}`".replace("|", "\\|")


def _text(text: str) -> str:
    """Words as Markdown: options in code, and no character means anything else."""
    words = " ".join(text.replace("\b", "").split())
    parts = words.split("`")  # every second one is code already
    parts[::2] = [_OPTION.sub(r"`\1`", _MARKUP.sub(r"\\\1", part)) for part in parts[::2]]
    return "`".join(parts)
