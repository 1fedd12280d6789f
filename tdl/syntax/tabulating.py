"""Writes the tables of the automata: `python -m tdl.syntax.tabulating`.

They are lark's, with the states and symbols numbered in the order in which they are first met, so that the same grammar
gives the same file. A test holds the file to the grammars.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from lark import Lark
from lark.grammar import Rule
from lark.lexer import LexerState, PatternStr, TerminalDef
from lark.parsers.lalr_analysis import Shift
from lark.utils import TextSlice

from tdl.syntax.automaton import CALL, GROW, PASS, RUN, TABLES
from tdl.syntax.edits import FragmentBuilder
from tdl.syntax.grammar import NOTATIONS, parser

END = "$END"


def tables(lark: Lark) -> dict[str, Any]:
    """The tables of a parser, as `Automaton` takes them.

    ``lexeme`` matches what is to be passed over and then a word or sign, any one character where none stands, or
    nothing at the end; it has a group for each kind of words, such as names, and one for all else. ``lexemes`` are how
    each terminal is written, or the number of its group. ``rules`` have the symbol they make, how many children, what
    those become, which of them is a run, and the builder's method; ``actions`` and ``gotos`` belong to the states. The
    last state is the one behind the end, where nothing happens any more.

    Raises:
        ValueError: what a word means in some state is not to be seen from the word alone.
    """
    states = _States(lark)
    ignored = [t.pattern.to_regexp() for t in lark.terminals if t.name in lark.ignore_tokens]
    wordy = {t.name: t.pattern.to_regexp() for t in lark.terminals if _is_kind(t) and t.name not in lark.ignore_tokens}
    signs = {t.name: _ways(t) for t in lark.terminals if t.name not in {*wordy, *lark.ignore_tokens}}
    _check(lark, states, signs)
    words = re.compile("|".join(wordy.values()))
    groups = {name: number for number, name in enumerate(wordy, 1)}
    longer = sorted({way for ways in signs.values() for way in ways if len(way) > 1 and not words.fullmatch(way)})
    rest = "|".join([*map(re.escape, longer), r"[\s\S]", r"\Z"])
    lexeme = "|".join(f"({pattern})" for pattern in (*wordy.values(), rest))
    return {
        "lexeme": f"(?:{'|'.join(ignored)})*+(?:{lexeme})",
        "lexemes": [[groups[t]] if t in groups else [""] if t == END else list(signs[t]) for t in states.terminals],
        "rules": [_rule(rule, states.symbols) for rule in states.rules],
        "actions": states.actions,
        "gotos": states.gotos,
    }


class _States:
    """lark's states and symbols, numbered as they are met on the way from the start."""

    def __init__(self, lark: Lark) -> None:
        table = lark.parser.parser.parser.parse_table
        (start,), (end,) = table.start_states.values(), table.end_states.values()
        self.order: dict[int, int] = {start: 0}
        self.terminals: dict[str, int] = {}
        self.symbols: dict[str, int] = {}
        self.rules: dict[Rule, int] = {}
        self.actions: list[list[tuple[int, int]]] = []
        self.gotos: list[list[tuple[int, int]]] = []
        names = {terminal.name for terminal in lark.terminals} | {END}
        waiting = [start]
        for state in waiting:
            actions, gotos = [], []
            for symbol, (action, to) in sorted(table.states[state].items()):
                if action is Shift and to not in self.order:
                    self.order[to] = len(self.order)
                    waiting.append(to)
                if symbol not in names:
                    gotos.append((self._number(self.symbols, symbol), self.order[to]))
                elif action is Shift:
                    actions.append((self._number(self.terminals, symbol), self.order[to]))
                else:
                    actions.append((self._number(self.terminals, symbol), ~self._number(self.rules, to)))
            self.actions.append(actions)
            self.gotos.append(gotos)
        behind = self._number(self.terminals, END), len(self.actions)
        self.actions[self.order[end]].append(behind)
        self.actions.append([behind])
        self.gotos.append([])

    @staticmethod
    def _number(numbers: dict[Any, int], thing: Any) -> int:
        return numbers.setdefault(thing, len(numbers))


def _rule(rule: Rule, symbols: dict[str, int]) -> list[int | str]:
    """A rule as lark's own builder takes it: helpers of repetitions are runs, and rules with ``?`` may vanish."""
    name = rule.alias or rule.origin.name
    runs = [i for i, symbol in enumerate(rule.expansion) if not symbol.is_term and symbol.name.startswith("_")]
    count = len(rule.expansion)
    if len(runs) > 1:
        raise ValueError(f"{rule}: one repetition at most can stand in a rule")
    run = runs[0] if runs else -1
    if rule.origin.name.startswith("_"):
        becomes = GROW if run == 0 else RUN
    elif (count == 1 and rule.options.expand1 and not rule.alias) or _passes(name):
        becomes = PASS
    else:
        becomes = CALL
    symbol = symbols[rule.origin.name]
    return [symbol, count, becomes, run, name if becomes == CALL else "only"]


def _passes(name: str) -> bool:
    return getattr(FragmentBuilder, name) is FragmentBuilder.only


def _is_kind(terminal: TerminalDef) -> bool:
    """Whether a terminal is more than one of a few words or signs."""
    return not isinstance(terminal.pattern, PatternStr) and _alternatives(terminal.pattern.value) is None


def _ways(terminal: TerminalDef) -> tuple[str, ...]:
    """How a terminal can be written."""
    if isinstance(terminal.pattern, PatternStr):
        return (terminal.pattern.value,)
    return _alternatives(terminal.pattern.value) or ()


def _alternatives(pattern: str) -> tuple[str, ...] | None:
    """The signs of ``(?:\\+|\\-)``; None if a pattern is not of this form."""
    found = re.fullmatch(r"\(\?:(.*)\)", pattern) if pattern.startswith("(?:") else None
    parts = (found[1] if found else pattern).split("|")
    signs = tuple(re.sub(r"\\(\W)", r"\1", part) for part in parts)
    return signs if all(re.fullmatch(part, sign) for part, sign in zip(parts, signs, strict=True)) else None


def _check(lark: Lark, states: _States, ways: Mapping[str, tuple[str, ...]]) -> None:
    """Hold it to lark's lexer, in every state, that a word is what it says or else of its kind."""
    lexers = lark.parser.lexer.lexers
    for state, number in states.order.items():
        accepted = {name for name, n in states.terminals.items() if n in dict(states.actions[number])}
        for name in accepted - {END}:
            for way in ways.get(name, ()):
                found = lexers[state].next_token(LexerState(TextSlice.cast_from(way)))
                if found.type != name or found != way:
                    raise ValueError(f"`{way}` is {found.type} where {name} can stand, too")


def main() -> None:
    """Write the file."""
    found = {notation: tables(parser(notation)[0]) for notation in NOTATIONS}
    TABLES.write_text(json.dumps(found, separators=(",", ":")) + "\n", "utf-8")


if __name__ == "__main__":
    main()
