"""`tdl generate --target jsonschema`: its schemas accept what `tdl decode --format json` prints."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

from tests.cli.conftest import EXAMPLE, IMAGES, ROOT, Run

FRAGMENT = ("-f", EXAMPLE / "acme-ax200.tdl")
OSGP = ROOT / "examples" / "osgp-style"


@pytest.mark.parametrize(
    ("options", "image"),
    [
        (("-d", "std:2012"), IMAGES / "elster-a3"),
        (("-d", "std:2012"), IMAGES / "epri-st0"),
        (("-d", "std:2012", *FRAGMENT), EXAMPLE / "image"),
        (("-d", OSGP / "osgp.tdl", "-f", OSGP / "polyphase.tdl"), OSGP / "image"),
    ],
    ids=["elster", "epri", "fragment", "osgp"],
)
def test_images_are_valid_for_their_definition_and_for_their_meter(
    tdl: Run, options: tuple[object, ...], image: object
) -> None:
    decoded = tdl("decode", *options, image, "--format", "json")
    assert decoded.exit_code == 0
    for name, bound in (("all", ()), ("one", ("--bind", image))):
        assert tdl("generate", *options, "--target", "jsonschema", "--package", name, "-o", ".", *bound).exit_code == 0
        with open(f"{name}.schema.json", encoding="ascii") as file:
            validator = Draft202012Validator(json.load(file))
        assert [error.message for error in validator.iter_errors(json.loads(decoded.stdout))] == []


def test_a_file_may_name_its_schema(tdl: Run) -> None:
    assert tdl("generate", "-d", "std:2012", "--target", "jsonschema", "--package", "std", "-o", ".").exit_code == 0
    decoded = json.loads(tdl("decode", "-d", "std:2012", IMAGES / "elster-a3", "--format", "json").stdout)
    named = {"$schema": "std.schema.json", **decoded}
    with open("std.schema.json", encoding="ascii") as file:
        assert list(Draft202012Validator(json.load(file)).iter_errors(named)) == []
    with open("named.json", "w", encoding="ascii") as file:
        json.dump(named, file)
    again = tdl("decode", "-d", "std:2012", "named.json", "--format", "json")
    assert again.exit_code == 0
    assert json.loads(again.stdout) == decoded
