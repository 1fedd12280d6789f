"""What all tests share: the profile that says how much is tried."""

from __future__ import annotations

from tests import hypothesis_profiles

hypothesis_profiles.register()
