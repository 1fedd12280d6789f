from __future__ import annotations

import keyword

from hypothesis import given
from hypothesis import strategies as st

from tdl.backends.naming import (
    PYTHON_ATTRIBUTES,
    PYTHON_CLASSES,
    PYTHON_CODES,
    PYTHON_MODULES,
    Rules,
    identifiers,
)

RULES = (PYTHON_ATTRIBUTES, PYTHON_CLASSES, PYTHON_CODES, PYTHON_MODULES)
NAMES = st.one_of(
    st.sampled_from(
        ["class", "class_", "class__2", "_class", "x_class", "None", "self", "spare", "Raw", "__init__", "_"]
    ),
    st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,3}", fullmatch=True),
)


def test_names_stay_where_they_can() -> None:
    assert identifiers(["ED_MODEL", "lower", "X1"], PYTHON_ATTRIBUTES) == {
        "ED_MODEL": "ED_MODEL",
        "X1": "X1",
        "lower": "lower",
    }


def test_reserved_and_private_names_change() -> None:
    found = identifiers(["class", "class_", "__init__", "_x", "spare"], PYTHON_ATTRIBUTES)
    assert found == {
        "__init__": "x__init__",
        "_x": "x_x",
        "class": "class__2",
        "class_": "class_",
        "spare": "spare_",
    }


def test_names_that_differ_only_in_case() -> None:
    assert identifiers(["A", "a"], Rules(reserved=frozenset(), fold_case=True)) == {"A": "A", "a": "a_2"}
    assert identifiers(["A", "a"], Rules(reserved=frozenset())) == {"A": "A", "a": "a"}


@given(st.lists(NAMES, max_size=12), st.sampled_from(RULES), st.randoms())
def test_no_two_names_become_one_whatever_their_order(names: list[str], rules: Rules, random: object) -> None:
    found = identifiers(names, rules)
    assert set(found) == set(names)
    made = [each.casefold() if rules.fold_case else each for each in found.values()]
    assert len(set(made)) == len(made)
    for identifier in found.values():
        assert identifier.isidentifier()
        assert not keyword.iskeyword(identifier)
        assert identifier not in rules.reserved
        assert not identifier.startswith("_")
    assert identifiers(reversed(names), rules) == found
