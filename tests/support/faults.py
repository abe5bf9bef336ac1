"""How large load and fault tests are: whole in `make test-faults`, a tenth of it otherwise."""

from __future__ import annotations

import os


def scaled(whole: int) -> int:
    """`whole` where COUNTERFOIL_FAULTS says so, otherwise a tenth of it, and at least one."""
    return whole if os.environ.get("COUNTERFOIL_FAULTS") == "whole" else max(1, whole // 10)
