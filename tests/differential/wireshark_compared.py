"""What tshark shows of a table against the reference codec."""

from __future__ import annotations

from tdl.backends.wireshark.units import Units
from tdl.codec.decoder import Moved
from tdl.codec.environment import Environment
from tdl.ir import model, plan
from tests.differential.wireshark_trees import Item, Table
from tests.differential.wireshark_walks import REFUSED, label_of, reference, same_text

LONGEST = 200
"""Wireshark cuts labels that are longer than 240 octets."""

TRUNCATED = " [truncated]"
"""What it puts before them."""


class Expected:
    """What a definition's tables are shown as."""

    def __init__(self, definition: model.Definition) -> None:
        self.codes = {each.name: each for each in definition.enumerations}
        units = Units(definition)
        self.units = {str(table.id): units.of(table.type) for table in definition.tables}

    def same(
        self, shown: Table, table: plan.TablePlan, octets: bytes, environment: Environment, start: int, first: int = 0
    ) -> None:
        """The same elements, values, places and error.

        Args:
            start: where the table's octets begin in the frame.
            first: the offset of the first octet that was captured.
        """
        moved, error = reference(table, octets, environment)
        moved = [each for each in moved if each.offset >= first]
        leaves = [item for item in shown[1:] if self.is_leaf(item)]
        errors = [item for item in shown if item.filter == "tdl.error"]
        if any(REFUSED in item.label for item in errors):
            moved, error, errors = moved[: len(leaves)], None, []
        assert [(item.place - start, item.octets) for item in leaves if item.octets] == [
            (each.offset - first, each.octets) for each in moved if each.octets
        ]
        for item, each in zip(leaves, moved, strict=True):
            self.same_value(item, table, each)
        assert len(errors) == (error is not None)
        if error is not None:
            (item,) = errors
            if item.label.startswith(TRUNCATED):
                assert str(error).startswith(item.label.removeprefix(TRUNCATED))
            else:
                assert item.label == str(error)
            assert item.place - start == error.offset - first

    def is_leaf(self, item: Item) -> bool:
        return item.filter not in ("tdl.table", "tdl.offset", "tdl.error") and ": " in item.label

    def same_value(self, item: Item, table: plan.TablePlan, moved: Moved) -> None:
        head = f"{label_of(table, moved.path)}: "
        assert item.label.startswith(head)
        if len(item.label.encode()) < LONGEST:
            tail = self.tail(table, moved)
            assert item.label.endswith(tail)
            text = item.label[len(head) : len(item.label) - len(tail)]
            assert same_text(text, moved.value), (item, moved.value)
        if isinstance(moved.value, int) and item.filter != "tdl.raw" and not item.value.isalpha():
            assert float(item.value) == float(moved.value)

    def tail(self, table: plan.TablePlan, moved: Moved) -> str:
        """What stands behind a value: the name of its code, and its unit."""
        codes = self.codes.get(getattr(moved.op, "enumeration", None) or "")
        code = codes.find(moved.value) if codes and isinstance(moved.value, int) else None
        path = tuple(step for step in moved.path if isinstance(step, str))
        units = self.units.get(table.key, {})
        index = moved.op.index
        unit = next((unit for place, unit in units.items() if place[0] == path and index in (place[1], -1)), "")
        return (f" ({code.name})" if code else "") + (f" {unit}" if unit else "")
