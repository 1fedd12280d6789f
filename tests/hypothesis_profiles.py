"""How long properties are looked for: ``ci`` for every run, ``full`` (TDL_TEST_PROFILE=full) for the night."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

_SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)
"""Definitions are large things to draw."""


def register() -> None:
    """Make the profiles known and load the one that the environment names."""
    settings.register_profile("ci", max_examples=100, deadline=None, suppress_health_check=_SLOW)
    settings.register_profile("full", max_examples=3000, deadline=None, suppress_health_check=_SLOW)
    settings.load_profile(os.environ.get("TDL_TEST_PROFILE", "ci"))
