"""The attack of `make attack`, short: an organization is served while a stranger and another's key do their worst."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.attack import FILES, LOG_MB_MAX, MEMORY_MIB_MAX, attack_ours
from tests.server.test_http_faults import sized
from tests.support.faults import only_whole

pytestmark = pytest.mark.faults


@only_whole
async def test_an_organization_is_served_under_attack_and_the_server_stays_small(tmp_path: Path) -> None:
    # How long its calls take is compared by `make attack`, on a machine that does nothing else.
    _, figures, log_mb = await attack_ours(tmp_path, sized(60, 6))
    assert len(figures.all_ms) > 3
    assert figures.failed == 0
    assert figures.memory_mib < MEMORY_MIB_MAX
    assert figures.files < FILES
    assert log_mb < LOG_MB_MAX / 10
