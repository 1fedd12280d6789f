# SPDX-License-Identifier: 0BSD
"""Dataclasses whose methods are made when they are first needed.

`dataclasses.dataclass` writes the methods of a class as text and compiles them, which takes a third of a millisecond.
For the classes of the compiler that is several times what Python itself takes to start, and a run uses few of them.
The `dataclass` of this module makes the same class with the same methods, but leaves that until the class is first
called, compared, shown or looked into. Reading instances from a pickle needs none of it.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:
    from _thread import RLock

    _MAKING = RLock()
    _ORDER = ("__lt__", "__le__", "__gt__", "__ge__")

    def dataclass(*, slots, frozen=False, eq=True, order=False, **options):
        """What `dataclasses.dataclass` is, for classes with slots and annotations that are text."""
        assert slots

        def decorate(body):
            own = tuple(name for name, kind in body.__annotations__.items() if not kind.startswith("ClassVar"))
            held = {name: value for name, value in vars(body).items() if name not in {*own, "__dict__", "__weakref__"}}
            made = type(body)(body.__name__, body.__bases__, {**held, "__slots__": own})
            made.__qualname__ = body.__qualname__
            make = _maker(body, made, {**options, "frozen": frozen, "eq": eq, "order": order})
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
        """What gives a class its methods, once."""
        done = False

        def make():
            nonlocal done
            with _MAKING:
                if done:
                    return
                import dataclasses

                before = dict(vars(body))
                dataclasses.dataclass(**options)(body)
                for name, value in vars(body).items():
                    if name.startswith("__") and before.get(name) is not value and name not in _FROZEN:
                        setattr(made, name, value)
                done = True

        return make

    def _method(name, made, make):
        """A method that makes itself and its like when it is first called."""

        def method(self, *arguments, **named):
            make()
            return getattr(made, name)(self, *arguments, **named)

        method.__name__ = name
        return method

    class _Fact:
        """What `dataclasses` knows of a class, made when it is first looked at."""

        def __init__(self, name, made, make):
            self.name, self.made, self.make = name, made, make

        def __get__(self, instance, owner):
            self.make()
            return getattr(self.made, self.name)

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
