"""The typical meters that ship with the library: their profiles bind every table."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib import resources

import pytest

from tdl.codec.environment import Environment
from tdl.image import Profile
from tdl.ir.bind import bind_table, dynamic
from tdl.ir.plan import Opaque
from tdl.ir.traverse import walk
from tdl.pipeline import Compiled
from tdl.project.definition import Definition
from tdl.project.profile import assign, resolve_profile

FOLDER = resources.files("tdl.library").joinpath("std", "profiles")
VERSIONS = {"residential": 1, "polyphase-tou": 2, "load-profile-recorder": 1}
PAIRS = [
    (name, e) for name, version in VERSIONS.items() for e in ("1997", "2008", "2012") if version == 1 or e > "1997"
]
"""A meter of version 2 has elements that the first edition does not."""

OWN_CONTENT = {"ST0", "ST4", "SP13.parameter", "SP15.parameter"}
"""Their own octets say how they go on: lengths of sets, and what an activation waits for."""

FIRST_IN_ARRAY = ".lastIndex == 0"
"""No meter can say it: the first status octet of an interval is laid out differently."""


def environment(compiled: Compiled, name: str) -> Environment:
    profile = Profile.read(name, FOLDER.joinpath(f"{name}.toml").read_text("utf-8"))
    known = Environment()
    assign(known, resolve_profile(profile, Definition(compiled)))
    return known


def test_there_are_three_of_them() -> None:
    assert {entry.name for entry in FOLDER.iterdir()} == {f"{name}.toml" for name in VERSIONS}
    for name, version in VERSIONS.items():
        values = tomllib.loads(FOLDER.joinpath(f"{name}.toml").read_text("utf-8"))
        assert values["GEN_CONFIG_TBL"]["STD_VERSION_NO"] == version


@pytest.mark.parametrize(("name", "edition"), PAIRS)
def test_a_profile_binds_every_table(name: str, edition: str, editions: Mapping[str, Compiled]) -> None:
    compiled = editions[edition]
    known = environment(compiled, name)
    for table in compiled.plan.tables:
        bound = bind_table(table, known)
        assert bound.needs == (), table.key
        if table.key in OWN_CONTENT:
            continue
        opaque = {op.path for op in walk(bound.root) if isinstance(op, Opaque)}
        left = [d for d in dynamic(bound) if d.path not in opaque and d.expression != FIRST_IN_ARRAY]
        assert left == [], table.key
        assert bool(opaque) == (bound.size[0] != bound.size[1]), table.key


@pytest.mark.parametrize(("name", "edition"), PAIRS)
def test_a_profile_agrees_with_itself(name: str, edition: str, editions: Mapping[str, Compiled]) -> None:
    """The tables used fit the set that names them, and what is counted has a table."""
    values = tomllib.loads(FOLDER.joinpath(f"{name}.toml").read_text("utf-8"))
    general, profile = values["GEN_CONFIG_TBL"], values["ACT_LP_TBL"]
    used = general["STD_TBLS_USED"]
    assert max(used) < 8 * general["DIM_STD_TBLS_USED"]
    assert used == sorted(set(used))
    declared = {t.id.value for t in editions[edition].model.tables}
    assert set(used) <= declared
    for number in (1, 2, 3, 4):
        assert (profile[f"NBR_CHNS_SET{number}"] > 0) == (63 + number in used)
    assert (values["ACT_TELEPHONE_TBL"]["NBR_ORIGINATE_NUMBERS"] > 0) == (93 in used)


def test_profiles_differ_in_what_matters() -> None:
    texts = [tomllib.loads(FOLDER.joinpath(f"{name}.toml").read_text("utf-8")) for name in VERSIONS]
    for selector in ("TM_FORMAT", "NI_FORMAT1", "NI_FORMAT2"):
        assert len({text["GEN_CONFIG_TBL"][selector] for text in texts}) == 3
    for selector in ("DATA_ORDER", "ID_FORM"):
        assert len({text["GEN_CONFIG_TBL"][selector] for text in texts}) == 2


@pytest.mark.parametrize("name", [name for name, version in VERSIONS.items() if version == 1])
def test_a_meter_of_1997_is_as_long_in_every_edition(name: str, editions: Mapping[str, Compiled]) -> None:
    first = editions["1997"]
    known = environment(first, name)
    for table in first.plan.tables:
        for edition in ("2008", "2012"):
            later = editions[edition].plan.table(table.key)
            assert later is not None
            assert bind_table(later, known).size == bind_table(table, known).size, table.key
