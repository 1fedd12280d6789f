"""Objects without values that are made when a function begins, all by one call."""

from __future__ import annotations

from tdl.backends.python.constants import Constants


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
        """The line that makes the objects, if there are any."""
        match [*self._classes.items()]:
            case []:
                return []
            case [(variable, of)]:
                return [f"    {variable} = next({self._constants.blank(of)})"]
            case _:
                new, starmap = (self._constants.use("fields", name) for name in ("new", "starmap"))
                types = self._constants.types(tuple(self._classes.values()))
                return [f"    ({', '.join(self._classes)},) = {starmap}({new}, {types})"]
