"""Every module can be imported on a system that lacks what only Unix has: Windows is named in README.md."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
LAYERS = ("server", "tools", "views", "operations", "storage", "invoicing")
ABSENT = ("fcntl", "grp", "pwd", "resource", "termios")
# In a process of its own. What we import of others is imported first, on the system that this is: they were compiled
# for it, and are no matter of ours.
SCRIPT = """
import importlib, json, os, sys
absent, others, ours = json.loads(sys.argv[1])
for name in others:
    importlib.import_module(name)

for name in absent:
    sys.modules[name] = None
for name in ("fork", "register_at_fork", "getuid", "geteuid", "nice", "O_NOFOLLOW", "O_NONBLOCK"):
    delattr(os, name)
sys.platform = "win32"
os.O_BINARY = 0

failed = {}
for name in ours:
    try:
        importlib.import_module(name)
    except Exception as error:
        failed[name] = repr(error)
print(json.dumps(failed))
"""


def sources() -> list[Path]:
    return sorted(path for layer in LAYERS for path in (ROOT / layer).rglob("*.py"))


def imported_of_others() -> list[str]:
    """Names of modules that our sources import, without ours and without those that only Unix has."""
    trees = (ast.parse(path.read_text("utf-8")) for path in sources())
    nodes = [node for tree in trees for node in ast.walk(tree)]
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module and not node.level}
    return sorted(name for name in names if name.partition(".")[0] not in (*LAYERS, *ABSENT))


def modules() -> list[str]:
    """Names of our own modules."""
    dotted = (path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".") for path in sources())
    # Alembic loads its revisions by path, in an environment that it makes: their names are no names of modules.
    return [
        name.removesuffix(".__init__")
        for name in dotted
        if not name.startswith("storage.migrations.") and not name.endswith("__main__")
    ]


def test_every_module_can_be_imported_where_nothing_of_unix_is_there() -> None:
    names = json.dumps([ABSENT, imported_of_others(), modules()])
    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT, names],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
        timeout=120,
    )
    assert len(modules()) > 200
    assert json.loads(ran.stdout) == {}
