"""Where the browser of the tests is, and what it means that there is none."""

from __future__ import annotations

import shutil
from collections.abc import Mapping

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
REQUIRED = "COUNTERFOIL_BROWSER"
"""The variable with which a missing browser is a failure: `required`."""
MISSING = "for want of Chromium (apt-get install chromium)"


def chromium_path() -> str:
    """The browser's program; empty where there is none."""
    return next((found for name in NAMES if (found := shutil.which(name))), "")


def check_is_there(path: str, environment: Mapping[str, str]) -> None:
    """Skip the test where the program is missing, or fail it where no test in a browser may be left out."""
    if path:
        return
    if environment.get(REQUIRED) == "required":
        pytest.fail(f"a test in a browser is not run {MISSING}")
    pytest.skip(f"left out {MISSING}")
