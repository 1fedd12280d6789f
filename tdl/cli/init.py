"""`tdl init`: a vendor's project to begin with, which passes `tdl check` from the first minute."""

from __future__ import annotations

import keyword
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template

import click
from lark.lexer import PatternStr

from tdl.cli.console import Failed, say, unwritable, write_tree
from tdl.image import Profile
from tdl.project.definition import Definition, load
from tdl.project.reading import write_image
from tdl.report import Report
from tdl.sources import Resolver, SourceFile
from tdl.sources.library import is_library_name
from tdl.syntax.formatting import format_text
from tdl.syntax.grammar import NOTATIONS, parser

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_MAX_NAME = 64


@click.command("init")
@click.argument("directory", metavar="[DIR]", default=".")
@click.option("--name", required=True, metavar="NAME", help="The meter's name: MANUFACTURER_MODEL, such as ACME_AX200.")
@click.option("--base", default="std:2012", show_default=True, metavar="DEFINITION", help="What the meter builds on.")
def command(directory: str, name: str, base: str) -> int:
    """Start a project for the tables of a vendor's meter.

    It gets a fragment of the manufacturer and one of the model, a typical profile, a small image, a check for CI and a
    README. It passes `tdl check` as it is. Nothing is overwritten: if one of the files is there, none is written.
    """
    named = _named(name, base, directory)
    files = _files(named, _compiled(named))
    there = [path for path in files if os.path.lexists(Path(directory, path))]
    if there:
        raise Failed(unwritable(str(Path(directory, there[0])), FileExistsError(0, "is there already")))
    write_tree(directory, files)
    say(f"wrote {len(files)} files to {os.path.join(directory, '')}; {os.path.join(directory, 'README.md')} goes on")
    return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Names:
    """What a project calls its things.

    Attributes:
        base: the definition from where the command runs, ``said`` the same from the project's directory.
    """

    manufacturer: str
    model: str
    base: str
    said: str

    @property
    def fragments(self) -> tuple[str, str]:
        return f"definitions/{_file_name(self.manufacturer)}.tdl", f"definitions/{_file_name(self.model)}.tdl"

    @property
    def package(self) -> str:
        return self.model.lower()


def _named(name: str, base: str, directory: str) -> _Names:
    if not _NAME.fullmatch(name) or len(name) > _MAX_NAME:
        found = name if len(name) <= _MAX_NAME else f"{name[:_MAX_NAME]}..."
        raise click.BadParameter(
            f"`{found}` found, letters, digits and underscores expected, a letter first, at most {_MAX_NAME}",
            param_hint="--name",
        )
    model = name.upper()
    manufacturer, _, rest = model.partition("_")
    if not rest:
        model = f"{manufacturer}_METER"
    for word in (name.upper(), manufacturer):
        if word in _words():
            raise click.BadParameter(f"`{word}` is a word of the language", param_hint="--name")
    if keyword.iskeyword(model.lower()):
        raise click.BadParameter(f"`{model.lower()}` is a word of Python", param_hint="--name")
    said = base if is_library_name(base) else Path(os.path.relpath(base, directory)).as_posix()
    return _Names(manufacturer=manufacturer, model=model, base=base, said=said)


def _words() -> set[str]:
    """The words of both notations."""
    terminals = (terminal for notation in NOTATIONS for terminal in parser(notation)[0].terminals)
    return {t.pattern.value for t in terminals if isinstance(t.pattern, PatternStr) and t.pattern.value.isalpha()}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Compiled:
    definition: Definition
    table: str
    texts: Mapping[str, str]


def _compiled(named: _Names) -> _Compiled:
    """The project's definition, compiled before anything is written.

    Raises:
        tdl.project.definition.CompileError: the base does not compile, or has these names already.
    """
    base = load(named.base)
    taken = {table.id.number for table in base.model.tables if table.id.group == "MFG"}
    number = next(number for number in range(2048) if number not in taken)
    fields = {
        "manufacturer": named.manufacturer,
        "model": named.model,
        "base": named.said if is_library_name(named.said) else base.name,
        "number": number,
    }
    templates = zip(named.fragments, (_MANUFACTURER, _MODEL), strict=True)
    texts = {path: _formatted(path, Template(template).substitute(fields)) for path, template in templates}
    definition = load(named.base, named.fragments, Resolver(texts))
    return _Compiled(definition=definition, table=f"MT{number}", texts=texts)


def _formatted(path: str, text: str) -> str:
    formatted = format_text(SourceFile(path, text), Report())
    assert formatted is not None, path
    return formatted


def _files(named: _Names, compiled: _Compiled) -> dict[str, bytes]:
    fields = {
        "manufacturer": named.manufacturer,
        "model": named.model,
        "definition": named.said,
        "first": named.fragments[0],
        "second": named.fragments[1],
        "package": named.package,
        "table": compiled.table,
        "merged": f"{_file_name(named.model)}-complete.tdl",
    }
    profile = Profile.read("profiles/typical.toml", _PROFILE)
    image = write_image(compiled.definition, {compiled.table: _VALUES}, bind=profile)
    texts = {
        **compiled.texts,
        "tdl.toml": _SETTINGS,
        "profiles/typical.toml": _PROFILE,
        "README.md": _README,
        ".github/workflows/definitions.yml": _WORKFLOW,
        ".gitignore": "/generated/\n/vectors.json\n/$merged\n",
    }
    files = {name: Template(text).safe_substitute(fields).encode("utf-8") for name, text in texts.items()}
    return files | {f"meters/example/{key}.bin": octets for key, octets in image.items()}


def _file_name(name: str) -> str:
    return name.lower().replace("_", "-")


_VALUES: Mapping[str, object] = {"STATUS": {"TAMPER_FLAG": True, "SUPPLY": 1}, "NBR_RESTARTS": 3, "TEMPERATURE": 215}

_SETTINGS = """\
definition = "$definition"
fragments = ["$first", "$second"]
profile = "profiles/typical.toml"

[target.python]
package = "$package"
"""

_MANUFACTURER = """\
{ What all meters of this manufacturer have beyond the standard. }
FRAGMENT $manufacturer OF "$base" VERSION "0.1.0";

ADD TABLE MFG $number ${manufacturer}_STATUS_TBL = ${manufacturer}_STATUS_RCD
    WITH Role = "DATA", Accessibility = "READONLY";

ADD TYPE ${manufacturer}_STATUS_RCD = PACKED RECORD
    STATUS : ${manufacturer}_STATUS_BFLD;
    NBR_RESTARTS : UINT16;
END;

ADD TYPE ${manufacturer}_STATUS_BFLD = BIT FIELD OF UINT8
    TAMPER_FLAG : BOOL(0);
    SUPPLY : UINT(1..2) WITH Enum = ${manufacturer}_SUPPLY_ENUM;
    FILLER : FILL(3..7);
END;

ADD TYPE ${manufacturer}_SUPPLY_ENUM = ENUMERATION
    MAINS : 0 WITH Label = "Mains";
    BATTERY : 1 WITH Label = "Battery";
END;
"""

_MODEL = """\
{ What this model has beyond the others of its manufacturer. }
FRAGMENT $model OF "$manufacturer" VERSION "0.1.0";

MODIFY TYPE ${manufacturer}_STATUS_RCD
    ADD TEMPERATURE : INT16 WITH Label = "Tenths of a degree C" AFTER NBR_RESTARTS;
END;
"""

_PROFILE = """\
# What the meters of this model are set to: what layouts depend on that an image does not hold.
[GEN_CONFIG_TBL]
DATA_ORDER = 0
CHAR_FORMAT = 1
INT_FORMAT = 0
"""

_WORKFLOW = """\
name: definitions
on: [push, pull_request]
jobs:
  check:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
      - run: pip install tdl-compiler
      - run: tdl check
      - run: tdl fmt --check definitions
      - run: tdl decode meters/example
"""

_README = """\
# The tables of $model

`$first` says what all meters of the manufacturer have beyond `$definition`, `$second` what this model has
beyond that. `tdl.toml` names both, so that commands need not. `profiles/typical.toml` is what the meters are set to,
and `meters/example` holds the table $table of one of them.

Is everything right?

```sh
tdl check
tdl fmt --check definitions
```

What do a meter's octets say, and where does each element lie?

```sh
tdl decode meters/example
tdl layout $table
```

Codecs for programs, and vectors to test every other codec with:

```sh
tdl generate --target python -o generated
tdl vectors --table $table -o vectors.json
```

The definition in one piece, for whoever does not have the fragments; and who said what in it:

```sh
tdl merge -o $merged
tdl blame ${manufacturer}_STATUS_RCD
```
"""
