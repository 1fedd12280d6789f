"""Diagnostics: what was found, where, and what to do about it."""

from tdl.report.diagnostic import Diagnostic, Edit, Fix, Label, Report, Severity
from tdl.report.rule import Example, Rule

__all__ = ["Diagnostic", "Edit", "Example", "Fix", "Label", "Report", "Rule", "Severity"]
