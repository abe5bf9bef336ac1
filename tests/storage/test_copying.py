"""What is copied between two databases is all that one consists of, whatever else the program has loaded."""

from __future__ import annotations

import ast
from pathlib import Path

from storage import copying

STORAGE = Path(copying.__file__).parent


def test_every_module_of_tables_is_loaded_before_any_table_is_copied() -> None:
    """Regression: tables that nothing else had loaded were neither copied nor missed."""
    tree = ast.parse(Path(copying.__file__).read_text("utf-8"))
    loaded = {one.name for node in ast.walk(tree) if isinstance(node, ast.Import) for one in node.names}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            loaded |= {f"{node.module}.{one.name}" for one in node.names} | {f"{node.module}"}
    modules = {f"storage.{path.parent.name}.{path.stem}" for path in STORAGE.glob("*/*tables.py")}
    assert len(modules) > 10
    assert modules - loaded == set()
