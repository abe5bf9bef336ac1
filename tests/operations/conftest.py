"""Two practices, one of which a client may leave."""

from __future__ import annotations

from pathlib import Path

import anyio
import pytest

from tests.support.leaving import two_practices


@pytest.fixture
def both(tmp_path: Path) -> Path:
    """The folder in which `two_practices` are."""
    anyio.run(two_practices, tmp_path)
    return tmp_path
