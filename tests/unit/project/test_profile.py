from __future__ import annotations

import pytest

from tdl.image import Profile
from tdl.project.profile import Assignment, ProfileError, resolve_profile, resolve_settings
from tests.unit.project.definitions import METER, meter


def _resolved(text: str) -> tuple[Assignment, ...]:
    return resolve_profile(Profile.read("p.toml", text), meter())


def _one(setting: str) -> Assignment:
    (found,) = resolve_settings([setting], meter())
    return found


@pytest.mark.parametrize(
    "text",
    [
        "[CONFIG_TBL]\nDATA_ORDER = 1\n",
        "[ST0]\nDATA_ORDER = true\n",
        "[config_tbl.FORMAT]\nDATA_ORDER = 1\n",
        "CONFIG_TBL.FORMAT.DATA_ORDER = 1\n",
        '["0"]\nFORMAT = { DATA_ORDER = 1 }\n',
    ],
)
def test_elements_by_name_with_or_without_what_is_around_them(text: str) -> None:
    assert _resolved(text) == (Assignment(table=0, path=("FORMAT", "DATA_ORDER"), value=1),)


def test_arrays_sets_and_names_of_codes() -> None:
    found = {
        each.path: each.value for each in _resolved('[CONFIG_TBL]\nWIDTHS = [1, 2]\nUSED = [0, 9]\nKIND = "electric"\n')
    }
    assert found[("WIDTHS", "[]")] == [1, 2]
    assert found[("USED",)] == {0, 9}
    assert found[("KIND",)] == 2


def test_rows_become_columns() -> None:
    text = METER.replace(
        "WIDTHS : ARRAY[2] OF UINT8;", "WIDTHS : ARRAY[2] OF UINT8;\n    ROWS : ARRAY[2] OF FORMAT_BFLD;"
    )
    profile = Profile(values={"ST0": {"ROWS": [{"DATA_ORDER": 0}, {"DATA_ORDER": 1}]}})
    assert resolve_profile(profile, meter(text)) == (
        Assignment(table=0, path=("ROWS", "[]", "DATA_ORDER"), value=[0, 1]),
    )


def test_settings() -> None:
    assert _one("CONFIG_TBL.COUNT=3").value == 3
    assert _one("ST0.USED = [0, 1, 23]").value == {0, 1, 23}
    assert _one("CONFIG_TBL.FORMAT.SIGN=-8").value == -8
    assert resolve_settings({"ST0.COUNT": 4, "ST0.USED": {3}}, meter())[1].value == {3}


@pytest.mark.parametrize(
    ("setting", "message", "help"),
    [
        ("CONFIG_TBL.CONUT=1", "CONFIG_TBL has no element `CONUT`", "did you mean `COUNT`?"),
        ("CONFIG_TLB.COUNT=1", "METER has no table `CONFIG_TLB`", "did you mean `CONFIG_TBL`?"),
        ("CONFIG_TBL.COUNT=256", "256 found, 0 to 255 expected", ""),
        ("CONFIG_TBL.SIGN=8", "8 found, -8 to 7 expected", ""),
        ("CONFIG_TBL.DATA_ORDER=2", "2 found, 0 to 1 expected", ""),
        ("CONFIG_TBL.COUNT=1.5", "1.5 found, a number of 0 to 255 expected", ""),
        ("CONFIG_TBL.COUNT=[1]", "a list found, a number", ""),
        ("CONFIG_TBL.KIND='WATER'", "a name of KIND_ENUM expected", ""),
        ("CONFIG_TBL.USED=3", "3 found, a list of the set's members expected", ""),
        ("CONFIG_TBL.USED=[-1]", "member -1 found", ""),
        ("CONFIG_TBL.WIDTHS=3", "a list with one value for each position expected", ""),
        ("CONFIG_TBL.COUNT=", "is no value", "numbers are bare"),
        ("CONFIG_TBL.COUNT=1\nx=2", "is no value", "numbers are bare"),
        ("CONFIG_TBL=1", "`TABLE.ELEMENT=VALUE` expected", ""),
        ("COUNT", "`TABLE.ELEMENT=VALUE` expected", ""),
    ],
)
def test_what_does_not_fit_is_refused(setting: str, message: str, help: str) -> None:
    with pytest.raises(ProfileError) as caught:
        resolve_settings([setting], meter())
    (finding,) = caught.value.report
    assert finding.code == "TDL522"
    assert message in finding.message
    assert help in finding.help


def test_every_problem_of_a_profile_is_reported_at_its_key() -> None:
    with pytest.raises(ProfileError) as caught:
        _resolved("CONFIG_TBL = 3\n[LIST_TBL]\nLENGTH = 300\n[NO_TBL]\nX = 1\n")
    assert [(d.primary.span.place, d.primary.span.text) for d in caught.value.report if d.primary] == [
        ("p.toml:1:1", "CONFIG_TBL"),
        ("p.toml:3:1", "LENGTH"),
        ("p.toml:5:1", "X"),
    ]


def test_a_name_that_stands_for_several_elements() -> None:
    text = METER.replace("    KIND : UINT8", "    SECOND : FORMAT_BFLD;\n    KIND : UINT8")
    with pytest.raises(ProfileError) as caught:
        resolve_settings(["ST0.SIGN=1"], meter(text))
    (finding,) = caught.value.report
    assert "2 elements" in finding.message
    assert "`FORMAT.SIGN` or `SECOND.SIGN`" in finding.help


def test_a_path_in_full_wins_over_one_with_members_left_out() -> None:
    text = METER.replace("    KIND : UINT8", "    SIGN : UINT8;\n    KIND : UINT8")
    (found,) = resolve_settings(["ST0.SIGN=200"], meter(text))
    assert found.path == ("SIGN",)


def test_deep_nesting_costs_nothing() -> None:
    with pytest.raises(ProfileError):
        resolve_profile(Profile.read("p.toml", "a = " + "{a=" * 200 + "1" + "}" * 200), meter())
