# SPDX-License-Identifier: 0BSD
"""Dataclasses whose methods are made when they are first needed.

`dataclasses.dataclass` writes the methods of a class as text and compiles them, which takes a third of a millisecond.
For the classes of the compiler that is several times what Python itself takes to start, and a run uses few of them.
The `dataclass` of this module makes the same class with the same methods, but leaves that until the class is first
called, compared, shown or looked into. Reading instances from a pickle needs none of it.

Most classes are only called and compared: `__init__`, `__hash__` and comparisons are each written by themselves, which
takes a fifth of what `dataclasses` takes for all. The rest is its work.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
    from dataclasses import field as field
    from typing import Any

    MISSING: Any

    def defaults(kind: object) -> list[tuple[str, Any, Any, bool]]: ...
else:
    from _thread import RLock
    from functools import cache

    _MAKING = RLock()
    _ORDER = ("__lt__", "__le__", "__gt__", "__ge__")
    _COMPARING = {"__eq__": "==", "__lt__": "<", "__le__": "<=", "__gt__": ">", "__ge__": ">="}

    def dataclass(*, slots, frozen=False, eq=True, order=False, kw_only=False):
        """What `dataclasses.dataclass` is, for classes with slots and annotations that are text."""
        assert slots

        def decorate(body):
            own = tuple(name for name, kind in body.__annotations__.items() if not kind.startswith("ClassVar"))
            held = {name: value for name, value in vars(body).items() if name not in {*own, "__dict__", "__weakref__"}}
            made = type(body)(body.__name__, body.__bases__, {**held, "__slots__": own})
            made.__qualname__ = body.__qualname__
            made.__own_fields__ = body, own, kw_only
            make = _maker(body, made, {"frozen": frozen, "eq": eq, "order": order, "kw_only": kw_only})
            methods = ["__init__", "__repr__"] + ["__eq__"] * eq + ["__hash__"] * (eq and frozen) + [*_ORDER] * order
            waiting = {name: _method(name, made, make) for name in methods}
            waiting |= {name: _Fact(name, made, make) for name in _FACTS}
            if frozen:
                names = [name for base in reversed(made.__mro__) for name in vars(base).get("__slots__", ())]
                waiting |= _frozen(tuple(names))
            elif eq:
                waiting["__hash__"] = None
            for name, value in waiting.items():
                if name not in held or (name == "__hash__" and held[name] is None):
                    setattr(made, name, value)
            return made

        return decorate

    _FACTS = ("__dataclass_fields__", "__dataclass_params__", "__match_args__")

    def _maker(body, made, options):
        """What gives a class one of its methods, or all that `dataclasses` knows, each once."""
        done = set()

        def make(name):
            with _MAKING:
                if name in done:
                    return
                method = _written(name, made, options["frozen"])
                if method is not None:
                    setattr(made, name, method)
                    done.add(name)
                    return
                import dataclasses

                before = vars(body)
                known = {name: value.known() if type(value) is Field else value for name, value in before.items()}
                whole = type(body)(body.__name__, body.__bases__, known)  # the next one needs it as it is
                whole.__qualname__ = body.__qualname__
                dataclasses.dataclass(**options)(whole)
                for each, value in vars(whole).items():
                    if each.startswith("__") and before.get(each) is not value and each not in (*_FROZEN, *done):
                        setattr(made, each, value)
                done.update((*_FACTS, "__init__", "__repr__", "__eq__", "__hash__", *_ORDER))

        return make

    def _method(name, made, make):
        """A method that makes itself when it is first called."""

        def method(self, *arguments, **named):
            make(name)
            return getattr(made, name)(self, *arguments, **named)

        method.__name__ = name
        return method

    class _Fact:
        """What `dataclasses` knows of a class, made when it is first looked at."""

        def __init__(self, name, made, make):
            self.name, self.made, self.make = name, made, make

        def __get__(self, instance, owner):
            self.make(self.name)
            return getattr(self.made, self.name)

    class MISSING:
        """No default."""

    class Field:
        """What is said of a field, until `dataclasses` is asked to make a class of it."""

        init = True

        def __init__(self, said):
            self.said = said
            self.default, self.default_factory = said.get("default", MISSING), said.get("default_factory")
            self.compare, self.hash, self.kw_only = said.get("compare", True), said.get("hash"), said.get("kw_only")

        def known(self):
            from dataclasses import field

            return field(**self.said)

    def field(**said):
        """What `dataclasses.field` is, for the classes of this module."""
        return Field(said)

    # --- methods written by themselves -------------------------------------------------------------------------------

    def _written(name, made, frozen):
        """A method by its name; None if that is left to `dataclasses`."""
        fields = _fields(made) if name in ("__init__", "__hash__", *_COMPARING) else None
        if fields is None:
            return None
        if name == "__init__":
            return _init(made, fields, frozen)
        names = [field for field, (_, default, _) in fields.items() if not _special(default) or default.compare]
        marks = [f"f{number}" for number in range(len(names))]
        own, theirs = (f"({''.join(f'{whose}.{mark}, ' for mark in marks)})" for whose in ("self", "other"))
        if name == "__hash__":
            return _function(name, "self", [f"return hash({own})"], made, {}, names)
        compared = f"    return {own} {_COMPARING[name]} {theirs}"
        lines = ["if other.__class__ is self.__class__:", compared, "return NotImplemented"]
        return _function(name, "self, other", lines, made, {}, names)

    def _fields(made):
        """The fields of a class and of those that it extends, by name: each its kind, default and whether it is
        given by name only. None if one of them is out of the ordinary."""
        found = {}
        for base in reversed(made.__mro__):
            if "__own_fields__" not in vars(base):
                if "__dataclass_fields__" in vars(base):
                    return None
                continue
            body, own, kw_only = vars(base)["__own_fields__"]
            for name in own:
                default = vars(body).get(name, MISSING)
                if name == "self" or (_special(default) and not (default.init and default.hash is None)):
                    return None
                found[name] = body.__annotations__[name], default, kw_only
        return found

    def defaults(kind):
        """The fields of a class: of each its name, default, factory (None for none) and whether it is given by name
        only. `MISSING` stands for no default."""
        found, known = [], _fields(kind)
        for name, (_, default, kw_only) in (_known_fields(kind) if known is None else known).items():
            factory = None
            if _special(default):
                kw_only = default.kw_only if isinstance(default.kw_only, bool) else kw_only
                factory = default.default_factory if callable(default.default_factory) else None
                default = MISSING if type(default.default).__name__ == "_MISSING_TYPE" else default.default
            found.append((name, default, factory, kw_only))
        return found

    def _known_fields(kind):
        import dataclasses

        return {field.name: (field.type, field, field.kw_only) for field in dataclasses.fields(kind)}

    def _special(default):
        """Whether a default is what `dataclasses.field` makes, not a value."""
        return type(default) is Field or (
            type(default).__name__ == "Field" and type(default).__module__ == "dataclasses"
        )

    class _Factory:
        """The default of a field that has a factory, as `dataclasses` shows it."""

        def __repr__(self):
            return "<factory>"

    def _init(made, fields, frozen):
        scope, lines, taken = {"factory": _Factory()}, [], {False: [], True: []}
        for number, (name, (_, default, kw_only)) in enumerate(fields.items()):
            mark = given = value = f"f{number}"
            if _special(default):
                kw_only = default.kw_only if isinstance(default.kw_only, bool) else kw_only
                if callable(default.default_factory):
                    scope[f"make_{mark}"], given = default.default_factory, f"{mark}=factory"
                    value = f"make_{mark}() if {mark} is factory else {mark}"
                default = MISSING if type(default.default).__name__ == "_MISSING_TYPE" else default.default
            if default is not MISSING:
                scope[f"default_{mark}"], given = default, f"{mark}=default_{mark}"
            taken[kw_only].append(given)
            if frozen:
                scope[f"set_{mark}"] = getattr(made, name).__set__
            lines.append(f"set_{mark}(self, {value})" if frozen else f"self.{mark} = {value}")
        if hasattr(made, "__post_init__"):
            lines.append("self.__post_init__()")
        named = ["*", *taken[True]] if taken[True] else []
        parameters = ", ".join(["self", *taken[False], *named])
        init = _function("__init__", parameters, lines or ["pass"], made, scope, fields)
        init.__annotations__ = {name: kind for name, (kind, _, _) in fields.items()} | {"return": None}
        return init

    def _function(name, parameters, lines, made, scope, fields):
        """A function of a text in which fields are called ``f0``, ``f1`` and so on.

        To compile a text takes ten times as long as to give what was compiled other names, and classes that have as
        many fields have the same text.
        """
        names = {f"f{number}": field for number, field in enumerate(fields)}
        space = {"__name__": made.__module__, **scope}
        exec(_compiled("\n    ".join([f"def {name}({parameters}):", *lines])), space)
        method = space[name]
        code = method.__code__
        method.__code__ = code.replace(
            co_varnames=tuple(names.get(each, each) for each in code.co_varnames),
            co_names=tuple(names.get(each, each) for each in code.co_names),
        )
        if method.__kwdefaults__:
            method.__kwdefaults__ = {names[each]: value for each, value in method.__kwdefaults__.items()}
        method.__qualname__ = f"{made.__qualname__}.{name}"
        return method

    @cache
    def _compiled(text):
        return compile(text, "<string>", "exec")

    # --- classes that are not changed --------------------------------------------------------------------------------

    _FROZEN = ("__setattr__", "__delattr__", "__getstate__", "__setstate__")

    def _frozen(names):
        """The methods of classes that are not changed; one that is read from a pickle is filled by its slots."""

        def refuse(self, name, *_):
            from dataclasses import FrozenInstanceError

            raise FrozenInstanceError(f"cannot assign to field {name!r}")

        def getstate(self):
            return [getattr(self, name) for name in names]

        def setstate(self, state, put=object.__setattr__):
            for name, value in zip(names, state, strict=True):
                put(self, name, value)

        return dict(zip(_FROZEN, (refuse, refuse, getstate, setstate), strict=True))
