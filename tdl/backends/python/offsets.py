"""Where in the octets code that decodes is: at an offset, which is constant as long as it can be, and in a run."""

from __future__ import annotations

from tdl.backends.python.aims import Aimed
from tdl.backends.python.emitter import Emitter
from tdl.backends.python.layouts import Layouts
from tdl.backends.python.runs import Pass, Run
from tdl.backends.python.scope import Scope, TooComplex


class Offsets(Emitter):
    """What follows the octets; ``at`` is the offset reached, in a variable as soon as it is not constant."""

    def __init__(
        self, scope: Scope, classes: dict[str, str], attributes: dict[str, dict[str, str]], layouts: Layouts
    ) -> None:
        super().__init__(scope, classes, attributes, layouts)
        self.moving = False
        self.offset = 0
        self.run = Run(scope.fresh)
        self.size: int | None = None
        self.uniform_depth = 0

    def at(self, further: int = 0) -> str:
        offset = self.offset + further
        if not self.moving:
            return str(offset)
        return f"at + {offset}" if offset else "at"

    def settle(self) -> None:
        """Put the offset into its variable."""
        self.flush()
        if not self.moving:
            self.say(f"at = {self.offset}")
        elif self.offset:
            self.say(f"at += {self.offset}")
        self.moving, self.offset = True, 0

    def flush(self) -> None:
        if self.uniform_depth:
            raise TooComplex  # an element of a uniform array is one run
        whole = self.whole()
        passes, resolved = self.run.end(whole=whole)
        for each, target in zip(passes, self.aimed(passes).targets, strict=True):
            struct = self.scope.constants.struct(each.codes, self.order or False)
            where = f"data, {self.at(each.start)}".removesuffix(", 0")
            call = "unpack(data)" if whole else f"unpack_from({where})"
            self.lines.append("    " * self.level + f"{target} = {struct}.{call}")
        self.offset += self.run.size
        self.lines += map(resolved, self.held)
        self.held, self.codes, self.run, self.order = [], [], Run(self.scope.fresh), None

    def whole(self) -> bool:
        """Whether the run is all of a table, whose structs then refuse octets of another number."""
        return not self.moving and self.offset == 0 and self.run.size == self.size != 0

    def aimed(self, passes: list[Pass]) -> Aimed:
        """What takes the items of structs; lines that only store one of these are not said."""
        aimed = self.run.aims.take([each.variables for each in passes], self.held)
        self.said -= len(self.held) - len(aimed.lines)
        self.held = aimed.lines
        return aimed

    def start(self) -> None:
        if self.held and not self.codes and not self.uniform_depth:
            self.flush()
