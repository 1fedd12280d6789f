"""How long properties are looked for.

``ci``, for every run: few examples, and the same ones each time, so that a change is judged by what it changes.
``full`` (``TDL_TEST_PROFILE=full python -m tests``), for the night: many, and new ones each time.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

_SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)
"""Definitions are large things to draw."""


def register() -> None:
    """Make the profiles known and load the one that the environment names."""
    settings.register_profile(
        "ci", max_examples=100, deadline=None, suppress_health_check=_SLOW, derandomize=True, database=None
    )
    settings.register_profile("full", max_examples=3000, deadline=None, suppress_health_check=_SLOW)
    settings.load_profile(os.environ.get("TDL_TEST_PROFILE", "ci"))
