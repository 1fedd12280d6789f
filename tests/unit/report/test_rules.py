"""Every rule of the registry: its examples are run, its words are looked at."""

from __future__ import annotations

import re
import shlex
import string
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tdl.cli.app import main
from tdl.report import Example, Rule, Severity
from tdl.report.rules import RANGES, all_rules, find_rule

RULES = all_rules()
FIRST_DIGITS = {name: text[0] for name, text in RANGES.items()}


def run(example: Example, directory: Path, monkeypatch: pytest.MonkeyPatch) -> Result:
    """Run an example's command beside its files."""
    for name, content in example.files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    monkeypatch.chdir(directory)
    program, *arguments = shlex.split(example.command)
    assert program == "tdl"
    return CliRunner().invoke(main, arguments)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_the_wrong_example_yields_the_code(rule: Rule, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(rule.wrong, tmp_path, monkeypatch)
    assert rule.code in result.output
    assert rule.severity is not Severity.ERROR or result.exit_code in (1, 2)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_the_right_example_does_not(rule: Rule, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(rule.right, tmp_path, monkeypatch)
    assert rule.code not in result.output
    assert "error" not in re.findall(r"^(\w+)[ \[]", result.output, re.MULTILINE), result.output


def test_codes_and_slugs_are_used_once() -> None:
    assert len({rule.code for rule in RULES}) == len(RULES)
    assert len({rule.slug for rule in RULES}) == len(RULES)


@pytest.mark.parametrize("module", RANGES)
def test_codes_are_in_the_range_of_their_module(module: str) -> None:
    found = __import__(f"tdl.report.rules.{module}", fromlist=[module])
    for rule in vars(found).values():
        if isinstance(rule, Rule):
            assert re.fullmatch(rf"TDL{FIRST_DIGITS[module]}\d\d", rule.code)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_messages_keep_the_style(rule: Rule) -> None:
    first = rule.message.lstrip()
    assert first[0] in "`{" or first[0].islower() or first.startswith("`"), rule.message
    assert not rule.message.endswith((".", " ")), rule.message
    assert "\n" not in rule.message
    names = [name for _, name, _, _ in string.Formatter().parse(rule.message) if name is not None]
    assert all(name.isidentifier() for name in names), "fields are plain names"
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.slug)
    assert rule.why.strip().endswith((".", "`.", ")")), "the page has sentences"


def test_rules_are_found_by_code_and_slug() -> None:
    rule = find_rule("tdl203")
    assert rule is not None
    assert find_rule(rule.slug.upper()) is rule
    assert find_rule("TDL000") is None
