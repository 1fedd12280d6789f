"""The parser that reads nearly every declaration: the LALR tables of a grammar, and a loop that follows them.

The grammars (`grammars/`) are the definition of the language, and lark works the tables out. `automata.json` keeps
them (`tdl.syntax.tabulating` writes it), so reading a text that is right needs neither lark nor its time. A declaration
that is refused here goes to lark, which says what is wrong with it.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from tdl.syntax.tree import TreeBuilder

TABLES = Path(__file__).with_name("automata.json")

CALL, PASS, RUN, GROW = range(4)
"""What the children of a rule become: what the builder's method makes of them, the first of them, a run of them all,
or the run that the first of them is with the others behind it."""

Action: TypeAlias = int
"""A state to go to, or, below zero, the complement of the number of a rule that ends here."""

_Rule: TypeAlias = tuple[int, int, int, int, str]
"""What it makes, how many children it has, what becomes of them, which of them is a run, the builder's method."""


class Refused(Exception):
    """The automaton does not take a text."""


class Automaton:
    """The tables of one notation.

    Args:
        tables: see `tdl.syntax.tabulating.tables`.
    """

    def __init__(self, tables: dict[str, Any]) -> None:
        self.lexeme = re.compile(tables["lexeme"])
        self.rules: list[_Rule] = tables["rules"]
        self.width = len(tables["lexemes"])
        self._actions: list[dict[int, Action]] = [dict(pairs) for pairs in tables["actions"]]
        self._gotos: list[dict[int, int]] = [dict(pairs) for pairs in tables["gotos"]]
        lexemes: list[list[str | int]] = tables["lexemes"]
        # what may come next in a state: a word or sign, or the number of the group of ``lexeme`` that has such words
        self.rows = [
            {lexeme: (terminal, action) for terminal, action in actions.items() for lexeme in lexemes[terminal]}
            for actions in self._actions
        ]
        self.settled: list[dict[int, tuple[int, Action]]] = [{} for _ in self.rows]

    def settle(self, top: int, made: int) -> tuple[int, Action]:
        """The state after a rule has ended above the state ``top``, and what the next terminal does in it.

        Rules that only pass their one child on are not stopped at: an expression that is a number ends nine of them.

        Args:
            made: the symbol that the rule makes, times the width of the tables, and the terminal.
        """
        origin, terminal = divmod(made, self.width)
        while True:
            state = self._gotos[top][origin]
            action = self._actions[state].get(terminal)
            if action is None:
                raise Refused
            if action < 0:
                above, count, becomes, *_ = self.rules[~action]
                if count == 1 and becomes == PASS:
                    origin = above
                    continue
            self.settled[top][made] = state, action
            return state, action


class Reader:
    """Reads declarations of one text."""

    def __init__(self, automaton: Automaton, builder: TreeBuilder) -> None:
        self._automaton = automaton
        self._rules = [
            (origin * automaton.width, count, becomes, run, getattr(builder, name))
            for origin, count, becomes, run, name in automaton.rules
        ]

    def read(self, text: str, start: int, end: int) -> Any:
        """What the builder makes of the declaration in a range of a text.

        Raises:
            Refused: it is none, or lark has to look at it.
            TreeError: see `TreeBuilder`.
        """
        automaton, rules = self._automaton, self._rules
        rows, settled, settle = automaton.rows, automaton.settled, automaton.settle
        states: list[int] = [0]
        values: list[Any] = []
        starts: list[int] = []
        row, behind, word = rows[0], start, ""
        for match in automaton.lexeme.finditer(text, start, end):
            kind: Any = match.lastindex
            word = match[kind]
            found = row.get(word) or row.get(kind)
            if found is None:
                raise Refused
            terminal, action = found
            while action < 0:
                made, count, becomes, run, call = rules[~action]
                if becomes == CALL:
                    children, at = (values[-count:], starts[-count:]) if count else ([], [])
                    if run >= 0:
                        children[run : run + 1], at[run : run + 1] = children[run]
                    value = call(children, at, behind)
                elif becomes == GROW:
                    value = values[-count]
                    value[0].extend(values[1 - count :])
                    value[1].extend(starts[1 - count :])
                else:
                    value = values[-count] if becomes == PASS else (values[-count:], starts[-count:])
                # what was made takes the place of the first child
                if count > 1:
                    del states[1 - count :], values[1 - count :], starts[1 - count :]
                elif count == 0:
                    states.append(0)
                    values.append(None)
                    starts.append(behind)
                values[-1] = value
                top = states[-2]
                made += terminal
                states[-1], action = settled[top].get(made) or settle(top, made)
            row, behind = rows[action], match.end()
            states.append(action)
            values.append(word)
            starts.append(behind - len(word))
        if word:
            raise Refused
        return values[0]


@cache
def automaton(notation: str) -> Automaton:
    """The automaton of one notation, ``document`` or ``fragment``."""
    return Automaton(json.loads(TABLES.read_text("utf-8"))[notation])
