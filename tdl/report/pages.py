"""The pages of the diagnostics: ``python -m tdl.report.pages [--check] [DIR]`` writes them from the registry.

Each page shows the rule's examples and what the command really prints for the wrong one. With ``--check`` nothing is
written, and the exit code is 1 if a page is missing, out of date or left over.
"""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Iterator, Mapping
from contextlib import chdir
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

from tdl.report.rule import Example, Rule
from tdl.report.rules import RANGES, all_rules

DIRECTORY = Path("docs/reference/diagnostics")
MAX_LINES, MAX_COLUMNS = 40, 110
"""How much of an example is shown: some are long only to reach a limit."""

_LANGUAGES = {".tdl": "tdl", ".json": "json", ".toml": "toml"}
_WIDTH = {"COLUMNS": "100", "NO_COLOR": "1"}


def pages() -> dict[str, str]:
    """Every page's text by file name."""
    rules = all_rules()
    return {"index.md": "\n".join(_index(rules)) + "\n"} | {
        f"{rule.code}.md": "\n".join(_page(rule)) + "\n" for rule in rules
    }


def _index(rules: tuple[Rule, ...]) -> Iterator[str]:
    yield "# Diagnostics"
    yield ""
    yield "Every finding of `tdl` has a code that never changes its meaning."
    yield "`tdl explain CODE` prints a page in the terminal."
    for text in RANGES.values():
        first, title = text.split("xx: ")
        here = [rule for rule in rules if rule.code[3] == first]
        if here:
            yield from ("", f"## {first}xx: {title}", "", "| code | name | severity | message |", "|---|---|---|---|")
            for rule in here:
                message = rule.message.replace("|", "\\|")
                yield f"| [{rule.code}]({rule.code}.md) | {rule.slug} | {rule.severity.value} | {message} |"


def _page(rule: Rule) -> Iterator[str]:
    yield f"# {rule.code}: {rule.slug}"
    yield ""
    yield f"{rule.severity.value.capitalize()}: {rule.message}"
    yield ""
    yield rule.why.strip()
    yield ""
    yield "## This is found"
    yield from _files(rule.wrong.files)
    yield from ("", "```console", f"$ {rule.wrong.command}", *_shortened(output(rule.wrong)), "```")
    yield ""
    yield "## This is right"
    changed = {name: content for name, content in rule.right.files.items() if rule.wrong.files.get(name) != content}
    yield from _files(changed)
    if not changed or rule.right.command != rule.wrong.command:
        yield from ("", "```console", f"$ {rule.right.command}", "```")


def _files(files: Mapping[str, str | bytes]) -> Iterator[str]:
    for name, content in files.items():
        text = content.hex(" ").upper() if isinstance(content, bytes) else content
        yield from ("", f"`{name}`:", "", f"```{_LANGUAGES.get(Path(name).suffix, 'text')}", *_shortened(text), "```")


def _shortened(text: str) -> Iterator[str]:
    lines = text.rstrip("\n").split("\n")
    for line in lines[:MAX_LINES]:
        yield line if len(line) <= MAX_COLUMNS else f"{line[:MAX_COLUMNS]}..."
    if len(lines) > MAX_LINES:
        yield f"... {len(lines) - MAX_LINES} more lines"


def output(example: Example) -> str:
    """What an example's command prints, run in this process beside the example's files."""
    testing = import_module("click.testing")
    # named as text: reports stand below the command line and know nothing of it but how it is called
    main = import_module("tdl.cli.app").main
    with TemporaryDirectory() as directory:
        for name, content in example.files.items():
            path = Path(directory, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        with chdir(directory):
            printed: str = testing.CliRunner(env=_WIDTH).invoke(main, shlex.split(example.command)[1:]).output
    return printed


def main(arguments: list[str]) -> int:
    """Write the pages, or check them; the exit code."""
    check = "--check" in arguments
    directory = Path(next((a for a in arguments if a != "--check"), DIRECTORY))
    wanted = pages()
    there = {path.name: path.read_text("utf-8") for path in directory.glob("*.md")}
    changed = sorted(name for name in {*wanted, *there} if wanted.get(name) != there.get(name))
    if check:
        for name in changed:
            print(
                f"{directory / name}: {'out of date' if name in wanted and name in there else 'missing or left over'}"
            )
        return 1 if changed else 0
    directory.mkdir(parents=True, exist_ok=True)
    for name in changed:
        if name in wanted:
            (directory / name).write_text(wanted[name], "utf-8")
        else:
            os.unlink(directory / name)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
