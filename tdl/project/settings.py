"""`tdl.toml`: what a project compiles, so that its commands need not say it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import field, replace
from pathlib import Path

from tdl.codec.errors import TdlError
from tdl.deferred import dataclass
from tdl.image.toml_text import TomlError, TomlText
from tdl.project.policy import Policy, PolicyError, read_policy
from tdl.report import Report
from tdl.report.rules import invocation
from tdl.sources import Resolver

SETTINGS_NAME = "tdl.toml"
_MAX_OCTETS = 1024 * 1024
_KEYS = ("definition", "fragments", "profile", "target", "check")


class SettingsError(TdlError):
    """`tdl.toml` cannot be used; ``report`` says where and why."""

    def __init__(self, report: Report) -> None:
        self.report = report
        super().__init__("\n".join(d.message for d in report))


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a project says; paths are relative to where commands run, as everything that is given on a command line.

    Attributes:
        targets: options by target: ``[target.python] package = "acme"``.
        check: what ``[check]`` says of findings.
    """

    definition: str | None = None
    fragments: tuple[str, ...] = ()
    profile: str | None = None
    targets: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    check: Policy = field(default_factory=Policy)


def find_settings(start: Path) -> Settings:
    """The settings of the project around a directory: of the first `tdl.toml` there or above; without one, none.

    Raises:
        SettingsError: it cannot be read, or says what is not known.
    """
    for directory in (start, *start.parents):
        file = directory / SETTINGS_NAME
        if os.path.isfile(file):  # of whatever a path may be, too long for example
            return read_settings(file, start)
    return Settings()


def read_settings(file: Path, start: Path) -> Settings:
    """The settings in a file, paths made relative to ``start``.

    Raises:
        SettingsError: as `find_settings`.
    """
    report = Report()
    name = _relative(str(file), file.parent, start)
    try:
        with open(file, "rb") as stream:
            octets = stream.read(_MAX_OCTETS + 1)
        if len(octets) > _MAX_OCTETS:
            raise ValueError("larger than 1 MiB")
        text = TomlText(name, octets.decode("utf-8"))
    except TomlError as error:
        report.add(invocation.BAD_SETTINGS.at(error.span, problem=error.problem))
        raise SettingsError(report) from None
    except (OSError, ValueError) as error:
        problem = "not UTF-8 text" if isinstance(error, UnicodeDecodeError) else _problem(error)
        report.add(invocation.UNREADABLE.at(None, place=name, name=name, problem=problem))
        raise SettingsError(report) from None
    settings = _Reading(text, report, file.parent, start).settings()
    if report.failed:
        raise SettingsError(report)
    return settings


class _Reading:
    def __init__(self, text: TomlText, report: Report, directory: Path, start: Path) -> None:
        self.text, self.report, self.directory, self.start = text, report, directory, start

    def settings(self) -> Settings:
        values = self.text.values
        for key in values:
            if key not in _KEYS:
                from difflib import get_close_matches

                close = get_close_matches(key, _KEYS, n=1)
                known = ", ".join(f"`{k}`" for k in _KEYS)
                help = f"did you mean `{close[0]}`?" if close else f"known are {known}"
                self.fail((key,), f"unknown key `{key}`", help)
        fragments = values.get("fragments", [])
        if not isinstance(fragments, list) or not all(isinstance(each, str) for each in fragments):
            self.fail(("fragments",), "a list of texts expected")
            fragments = []
        return Settings(
            definition=self.path("definition"),
            fragments=tuple(_relative(each, self.directory, self.start) for each in fragments),
            profile=self.path("profile"),
            targets=self.targets(),
            check=self.check(),
        )

    def path(self, key: str) -> str | None:
        value = self.text.values.get(key)
        if value is None:
            return None
        if not isinstance(value, str):
            self.fail((key,), f"`{key}`: text expected")
            return None
        return _relative(value, self.directory, self.start)

    def targets(self) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        targets = self.text.values.get("target", {})
        if not isinstance(targets, Mapping):
            self.fail(("target",), "tables such as `[target.python]` expected")
            return found
        for target, options in targets.items():
            if not isinstance(options, Mapping):
                self.fail(("target", target), f"a table `[target.{target}]` expected")
                continue
            found[target] = {}
            for key, value in options.items():
                if isinstance(value, bool):
                    value = str(value).lower()
                if not isinstance(value, str | int):
                    self.fail(("target", target, key), f"`{key}`: text, a number or true or false expected")
                found[target][key] = str(value)
        return found

    def check(self) -> Policy:
        try:
            policy = read_policy(self.text.values.get("check", {}))
        except PolicyError as error:
            self.fail(("check", *error.path), error.problem, error.help)
            return Policy()
        if policy.baseline is None:
            return policy
        return replace(policy, baseline=_relative(policy.baseline, self.directory, self.start))

    def fail(self, path: tuple[str, ...], problem: str, help: str = "") -> None:
        self.report.add(invocation.BAD_SETTINGS.at(self.text.span(path), problem=problem, help=help))


def _relative(name: str, directory: Path, start: Path) -> str:
    """A name as said in a directory, as it is said in another; names of the library stay."""
    if Resolver().locate(name, "x/y") == name and not Path(name).is_absolute():
        return name
    full = Path(name) if Path(name).is_absolute() else directory / name
    try:
        return str(full.relative_to(start))
    except ValueError:
        return str(full)


def _problem(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error).lower()
