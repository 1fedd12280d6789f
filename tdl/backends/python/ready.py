"""Objects without values that are made when a function begins: a few one by one, many by one call."""

from __future__ import annotations

from tdl.backends.python.constants import Constants

_FEW = 8
"""Up to how many objects a call for each costs less than what makes them all."""


class Ready:
    """The variables of the objects of one function."""

    def __init__(self, constants: Constants) -> None:
        self._constants = constants
        self._classes: dict[str, str] = {}

    def __contains__(self, variable: str) -> bool:
        return variable in self._classes

    def add(self, variable: str, of: str) -> None:
        """An object, by its variable and the name of its class."""
        self._classes[variable] = of

    def lines(self) -> list[str]:
        """The lines that make the objects."""
        if len(self._classes) <= _FEW:
            return [f"    {variable} = next({self._constants.blank(of)})" for variable, of in self._classes.items()]
        new, starmap = (self._constants.use("fields", name) for name in ("new", "starmap"))
        types = self._constants.types(tuple(self._classes.values()))
        return [f"    ({', '.join(self._classes)},) = {starmap}({new}, {types})"]
