"""What all tests share: the profile that says how much is tried, and a shelf of compiled definitions of their own."""

from __future__ import annotations

import os
import tempfile

from tdl.project.shelf import VARIABLE
from tests import hypothesis_profiles

hypothesis_profiles.register()

_folder = tempfile.TemporaryDirectory(prefix="tdl-shelf-")
os.environ[VARIABLE] = _folder.name
