"""Enumerations: open ones, as integers whose known values have names."""

from __future__ import annotations

from tdl.backends.rust.names import Identifiers, shouted, string
from tdl.backends.rust.naming import CodeKey, Naming
from tdl.backends.rust.notes import line
from tdl.deferred import dataclass
from tdl.ir import model

_LIMITS = {
    f"{sign}{bits}": (0, (1 << bits) - 1) if sign == "u" else (-(1 << bits - 1), (1 << bits - 1) - 1)
    for sign in "ui"
    for bits in (8, 16, 32, 64)
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """An enumeration over one integer type."""

    name: str
    base: str
    of: model.Enumeration


class Codes:
    """The enumerations that elements use, each as one type for each width of its elements.

    Attributes:
        made: those that were asked for; ``asked`` has each as often as it was.
    """

    def __init__(self, definition: model.Definition, names: Naming) -> None:
        self._enumerations = {each.name: each for each in definition.enumerations}
        self._names = names
        self.made: dict[CodeKey, Code] = {}
        self.asked: list[CodeKey] = []

    def find(self, enumeration: str | None, base: str) -> str | None:
        """The type for elements of an enumeration and an integer type; None if they have no known enumeration."""
        if enumeration is None or enumeration not in self._enumerations:
            return None
        key = (enumeration, base)
        self.asked.append(key)
        if key not in self.made:
            name = self._names.code(enumeration, base)
            self.made[key] = Code(name=name, base=base, of=self._enumerations[enumeration])
        return self.made[key].name


def code_lines(code: Code, *, serde: bool) -> list[str]:
    """The type of an enumeration."""
    low, high = _LIMITS[code.base]
    known = [each for each in code.of.enumerators if low <= each.low and each.high <= high]
    names = Identifiers()
    constants = []
    for each in known:
        if each.low == each.high:
            constants += [
                f"    /// `{line(each.name)}`.",
                f"    pub const {names.take(shouted(each.name))}: Self = Self({each.low});",
            ]
    arms = [f"            {_pattern(each)} => {string(each.name)}," for each in known]
    return [
        f"/// `{line(code.of.name)}`: a code that may be one without a name.",
        "#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]",
        *(['#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(transparent))]'] if serde else []),
        f"pub struct {code.name}(pub {code.base});",
        "",
        f"impl {code.name} {{",
        *constants,
        *([""] if constants else []),
        "    /// The code's name, if it has one.",
        "    #[must_use]",
        "    pub const fn name(self) -> Option<&'static str> {",
        *(
            ["        Some(match self.0 {", *arms, "            _ => return None,", "        })"]
            if arms
            else ["        None"]
        ),
        "    }",
        "}",
        "",
        f"impl From<{code.base}> for {code.name} {{",
        f"    fn from(code: {code.base}) -> Self {{",
        "        Self(code)",
        "    }",
        "}",
        "",
        f"impl fmt::Display for {code.name} {{",
        "    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {",
        "        match self.name() {",
        '            Some(name) => write!(f, "{name} ({})", self.0),',
        "            None => fmt::Display::fmt(&self.0, f),",
        "        }",
        "    }",
        "}",
        "",
        f"impl Dump for {code.name} {{",
        "    fn dump(&self, f: &mut fmt::Formatter<'_>, depth: usize, label: &Label<'_>) -> fmt::Result {",
        "        line(f, depth, label, self)",
        "    }",
        "}",
        "",
    ]


def _pattern(each: model.Enumerator) -> str:
    return str(each.low) if each.low == each.high else f"{each.low}..={each.high}"
