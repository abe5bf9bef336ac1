"""Benchmarks: what each tool costs relative to a tool that does nothing, on the same server in the same run."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

# Servers that are measured leave no key where those of real installations lie.
os.environ.setdefault("COUNTERFOIL_KEYS", str(Path(tempfile.gettempdir()) / "counterfoil-benchmarks" / "keys"))
