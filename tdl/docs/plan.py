"""The page of the Plan: every op and expression, with what the compiler really makes of an example of it."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator
from dataclasses import dataclass, fields
from textwrap import wrap

from tdl.docs.docstrings import markdown
from tdl.ir import expr, plan, wire
from tdl.ir.show import table_lines
from tdl.ir.traverse import walk
from tdl.project.definition import load
from tdl.sources import Resolver

INTRODUCTION = """\
# The Plan

The Plan says how the octets of a table *move*. It is the one form that the reference codec interprets and that every
back end makes code from ([architecture](../explanation/architecture.md)). `python -m tdl.cli.pages` writes this page;
the examples are what the compiler makes.

- `tdl debug -d DEFINITION --after schedule` prints a definition's Plan; `--after bind --bind PROFILE` what is left of
  it for one meter.
- `tdl.load(...).plan` is a `tdl.ir.plan.Plan`: its `tables` are `TablePlan`s in the order of the definition.
- A back end's `generate` gets it ([write a plug-in](../how-to/write-a-plugin.md)). It need know nothing of format codes
  or of Table 0: whatever depends on them is an expression or a selection here.

Decoding walks a table's ops from first to last and takes octets; encoding walks the same ops and puts them. An op with
a `name` makes or takes one value, which belongs to the record around it, or is an element of the array around it.
"""

COMMON = """\
## What every op has

| field | what it is |
|---|---|
| `name` | of the value; empty for an op that makes none of its own |
| `path` | names from the table's root, `[]` for each array passed |
| `index` | position among the members of the record around it, for partial access; -1 in an array |
| `at` | octets from the start of the innermost array element, or of the table; None where that varies; `@` in text |
| `span` | where the document says it; of no meaning for equality |

`order` is an expression that is 0 for the least significant octet first and 1 for the most significant.
"""

WALKING = """\
## Walking it

`tdl.ir.traverse.walk` passes every op of a table in the order of the octets it moves. A back end that must treat each
op matches its class; `assert_never` in the last case lets a type checker say which one has been forgotten.

```python
import tdl
from tdl.ir import plan
from tdl.ir.traverse import walk

for op in walk(tdl.load("std:2012").table("ST21").root):
    match op:
        case plan.Bits(name=name, octets=octets) | plan.Take(name=name, octets=octets):
            print(name, octets, "at", op.at)
        case _:
            pass
```

```text
"""

WIRE = """\
## As JSON

`tdl.ir.wire.to_wire` turns a `TablePlan` into lists, texts, numbers, flags and null, and `from_wire` turns them back.
Generated Python carries its Plans in this form. Spans stay behind. The form is

`[version, [key, id, name, [least, most octets]], paths, expressions, needs, root op]`.

Paths and expressions stand in pools and are named by their position, an expression after those inside it. An op is its
letter, name, path, index and `at`, then its fields in the order of the tables above. The version is {version}; a reader
refuses any other, and an incompatible change makes a new one. An example, the table of `Take` above:
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An op's example: the members of a record; declarations it takes stand before it."""

    of: type[plan.AnyOp]
    members: str
    before: str = ""


EXAMPLES = (
    Shown(of=plan.Take, members="COUNT : UINT16;"),
    Shown(of=plan.Bytes, members="SERIAL : STRING(8);"),
    Shown(of=plan.Builtin, members="DIGITS : FIXED_BCD4;"),
    Shown(of=plan.Opaque, members="REST : OPAQUE(16);"),
    Shown(of=plan.Group, before="TYPE INNER_RCD = PACKED RECORD\n    A : UINT8;\nEND;\n", members="INNER : INNER_RCD;"),
    Shown(
        of=plan.Bits,
        before="TYPE FLAGS_BFLD = BIT FIELD OF UINT8\n    MODE : UINT(0..2);\nEND;\n",
        members="FLAGS : FLAGS_BFLD;",
    ),
    Shown(
        of=plan.Field,
        before="TYPE FLAGS_BFLD = BIT FIELD OF UINT8\n    COVER_OPEN_FLAG : BOOL(7);\nEND;\n",
        members="FLAGS : FLAGS_BFLD;",
    ),
    Shown(
        of=plan.Fill,
        before="TYPE FLAGS_BFLD = BIT FIELD OF UINT8\n    MODE : UINT(0..2);\n    FILLER : FILL(3..7);\nEND;\n",
        members="FLAGS : FLAGS_BFLD;",
    ),
    Shown(
        of=plan.When,
        members="KIND : UINT8;\n    IF KIND > 1 THEN\n        A : UINT16;\n    ELSE\n        B : UINT8;\n    END;",
    ),
    Shown(
        of=plan.Choose,
        members="KIND : UINT8;\n    SWITCH KIND OF\n        CASE 0, 2 :\n            A : UINT8;\n"
        "        CASE 3..5 :\n            B : BINARY(4);\n        DEFAULT :\n    END;",
    ),
    Shown(of=plan.Repeat, members="COUNT : UINT8;\n    VALUES : ARRAY[COUNT] OF UINT8;"),
)

_SET = expr.External(table=0, table_name="GEN_CONFIG_TBL", path=("STD_TBLS_USED",))
EXPRESSIONS: tuple[expr.Expr, ...] = (
    expr.Const(value=12),
    expr.External(table=21, table_name="ACT_REGS_TBL", path=("NBR_TIERS",)),
    expr.Local(up=0, path=("NBR_FAULTS",)),
    expr.Index(),
    expr.Contains(set=_SET, member=expr.Const(value=23)),
    expr.Unary(operator="-", operand=expr.Local(up=1, path=("OFFSET",))),
    expr.Binary(operator="/", left=expr.Local(up=0, path=("BITS",)), right=expr.Const(value=8)),
)


def _walked() -> Iterator[str]:
    """What the example of `WALKING` prints."""
    for op in walk(load("std:2012").table("ST21").root):
        match op:
            case plan.Bits(name=name, octets=octets) | plan.Take(name=name, octets=octets):
                yield f"{name} {octets} at {op.at}"
            case _:
                pass


def plan_page() -> str:
    """The page's text."""
    lines = [INTRODUCTION, COMMON, "## Ops", ""]
    for shown in EXAMPLES:
        lines += _op(shown)
    lines += [
        *_expressions(),
        *_needs(),
        WALKING.rstrip("\n"),
        *_walked(),
        "```",
        "",
        WIRE.format(version=wire.VERSION),
        "```json",
    ]
    text = json.dumps(wire.to_wire(_table(EXAMPLES[0])))
    return "\n".join([*lines, *wrap(text, 110), "```"]) + "\n"


def document(shown: Shown) -> str:
    """The definition of an example."""
    record = f"TYPE EXAMPLE_RCD = PACKED RECORD\n    {shown.members}\nEND;\n"
    return f"DOCUMENT EXAMPLE;\n\n{shown.before}{record}TABLE MFG 0 EXAMPLE_TBL = EXAMPLE_RCD;\n"


def _table(shown: Shown) -> plan.TablePlan:
    return load("example.tdl", resolver=Resolver({"example.tdl": document(shown)})).table("MT0")


def _op(shown: Shown) -> Iterator[str]:
    yield from (f"### {shown.of.__name__}", "", *_said(shown.of))
    own = [each for each in fields(shown.of) if each.name not in {inherited.name for inherited in fields(plan.Op)}]
    yield from ("| field | type |", "|---|---|")
    for each in own:
        yield f"| `{each.name}` | `{each.type}` |".replace(" | None", " or None")
    yield from ("", "```tdl", *(line for line in document(shown).splitlines()[2:] if line), "```", "")
    yield from ("```text", *table_lines(_table(shown)), "```", "")


def _said(of: type) -> Iterator[str]:
    yield from markdown(of.__doc__)


def _expressions() -> Iterator[str]:
    yield from ("## Expressions", "", inspect.cleandoc(expr.__doc__ or "").split("\n\n", 1)[1].replace("``", "`"), "")
    for each in EXPRESSIONS:
        kind = type(each)
        yield from (f"### {kind.__name__}", "", f"In the text: `{expr.show_expr(each)}`", "")
        yield from _said(kind)


def _needs() -> Iterator[str]:
    yield from ("## Tables and needs", "")
    for of in (plan.TablePlan, plan.Need, plan.Plan):
        yield from (f"### {of.__name__}", "", *markdown(of.__doc__))
