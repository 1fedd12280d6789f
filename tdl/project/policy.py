"""The table ``[check]`` of `tdl.toml`: what a project makes of findings."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tdl.deferred import dataclass, field
from tdl.report import Severity

OFF = "off"
FAIL_ON = (*(severity.value for severity in Severity), "never")
"""From which severity on findings make a check fail, the worst first."""

_KEYS = ("edition", "fail-on", "baseline")
_CODE = re.compile(r"[A-Z]{2,12}\d{3}\Z")
"""Codes of tdl, and those of rules that others write (see `tdl.check.plugins`)."""


def failing(fail_on: str) -> tuple[Severity, ...]:
    """The severities that make a check fail, for one of `FAIL_ON`."""
    severities = tuple(Severity)
    return severities[: FAIL_ON.index(fail_on) + 1] if fail_on != "never" else ()


class PolicyError(Exception):
    """What is wrong, at which key below ``[check]``."""

    def __init__(self, path: tuple[str, ...], problem: str, help: str = "") -> None:
        super().__init__(problem)
        self.path, self.problem, self.help = path, problem, help


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What a project makes of findings.

    Attributes:
        severities: severities by code; None takes the findings away.
        edition: the edition of the standard whose rules count, whatever a document says it follows.
        fail_on: one of `FAIL_ON`.
        baseline: the file of known findings.
    """

    severities: Mapping[str, Severity | None] = field(default_factory=dict)
    edition: str | None = None
    fail_on: str | None = None
    baseline: str | None = None


def read_policy(table: object) -> Policy:
    """The policy in a table such as ``{"TDL701": "off", "edition": "1997"}``.

    Raises:
        PolicyError: it says what is not known, or lowers an error.
    """
    if not isinstance(table, Mapping):
        raise PolicyError((), "a table `[check]` expected")
    for key in table:
        if key not in _KEYS and not _CODE.match(key):
            from difflib import get_close_matches

            close = get_close_matches(key, _KEYS, n=1)
            known = ", ".join(f"`{each}`" for each in _KEYS)
            raise PolicyError(
                (key,),
                f"unknown key `{key}`",
                f"did you mean `{close[0]}`?" if close else f"known are {known} and codes such as `TDL701`",
            )
    return Policy(
        severities={key: _severity(key, value) for key, value in table.items() if _CODE.match(key)},
        edition=_edition(table.get("edition")),
        fail_on=_choice("fail-on", table.get("fail-on"), FAIL_ON),
        baseline=_text("baseline", table.get("baseline")),
    )


def _severity(code: str, value: object) -> Severity | None:
    from tdl.report.rules import find_rule  # all rules, which few commands need

    rule = find_rule(code)
    if rule is None and code.startswith("TDL"):
        raise PolicyError((code,), f"no rule `{code}`", "`tdl explain CODE` shows those that there are")
    if rule is not None and rule.severity is Severity.ERROR:
        raise PolicyError(
            (code,),
            f"`{code}` ({rule.slug}) is an error, whose severity is fixed",
            "what an error is about has no meaning, and nothing can be compiled",
        )
    said = _choice(code, value, (*(severity.value for severity in Severity), OFF))
    return None if said == OFF else Severity(said)


def _edition(value: object) -> str | None:
    if value is None:
        return None
    from tdl.check.register import EDITIONS  # only where a project names one

    return _choice("edition", value, EDITIONS)


def _choice(key: str, value: object, choices: tuple[str, ...]) -> str | None:
    said = _text(key, value)
    if said is not None and said not in choices:
        raise PolicyError((key,), f"`{key}`: `{said}` found, {', '.join(f'`{c}`' for c in choices)} expected")
    return said


def _text(key: str, value: object) -> str | None:
    if value is not None and not isinstance(value, str):
        raise PolicyError((key,), f"`{key}`: text expected")
    return value
