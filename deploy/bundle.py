"""The bundle that an AI client on a desktop installs by opening it (.mcpb), made of a wheel.

`python -m deploy.bundle WHEEL` writes it beside the wheel. It holds the wheel itself and no library: the client has uv,
which brings a Python and the libraries along, in the versions of deploy/requirements.lock. The same wheel gives the
same bytes.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

from tools.catalog import CATALOG

ROOT = Path(__file__).parent.parent
LOCK = ROOT / "deploy" / "requirements.lock"
BEGINNING = (1980, 1, 1, 0, 0, 0)
"""When each file of a bundle was changed last: the earliest time that a zip file can state."""

START = '''"""Started by the AI client, with uv."""

import sys

from server.cli import main

sys.argv = ["counterfoil", "stdio"]
main()
'''


def manifest() -> dict[str, Any]:
    """What the client shows, and how it starts the program.

    A client whose own uv starts the entry point needs no more than its path; one that goes by `mcp_config` finds uv on
    the machine. The data folder is the platform's own, so that the command line works on the same.
    """
    project = described()
    return {
        "manifest_version": "0.4",
        "name": project["name"],
        "display_name": "Counterfoil",
        "version": project["version"],
        "description": project["description"],
        "author": {"name": "The Counterfoil authors"},
        "license": project["license"],
        "keywords": project["keywords"],
        "server": {
            "type": "uv",
            "entry_point": "start.py",
            "mcp_config": {"command": "uv", "args": ["run", "--quiet", "--directory", "${__dirname}", "start.py"]},
        },
        "compatibility": {
            "platforms": ["darwin", "win32", "linux"],
            "runtimes": {"python": project["requires-python"]},
        },
        "tools": [{"name": tool.name, "description": tool.title} for tool in CATALOG],
        "tools_generated": False,
        "prompts_generated": True,
    }


def surroundings(wheel: Path) -> str:
    """The pyproject.toml by which uv makes the environment: our wheel, and each library in the locked version."""
    project = described()
    lines = [
        "[project]",
        'name = "counterfoil-bundle"',
        f"version = {json.dumps(project['version'])}",
        f"requires-python = {json.dumps(project['requires-python'])}",
        f"dependencies = [{json.dumps('counterfoil==' + project['version'])}]",
        "",
        "[tool.uv]",
        "package = false",
        f"sources = {{ counterfoil = {{ path = {json.dumps(wheel.name)} }} }}",
        "constraint-dependencies = [",
        *(f"    {json.dumps(one)}," for one in locked()),
        "]",
    ]
    return "\n".join(lines) + "\n"


def locked() -> list[str]:
    """Each library of the lock as a requirement, with the systems it is for."""
    return re.findall(r"^([a-z0-9._-]+(?:\[[a-z,]+\])?==[^\\\n]*[^\\\s])", LOCK.read_text("utf-8"), re.MULTILINE)


def write_bundle(wheel: Path) -> Path:
    """Write the bundle beside the wheel; an older one of the same version is replaced."""
    project = described()
    if not wheel.name.startswith(f"counterfoil-{project['version']}-"):
        raise SystemExit(f"{wheel.name} is no wheel of version {project['version']}.")
    path = wheel.parent / f"counterfoil-{project['version']}.mcpb"
    files = {
        "manifest.json": json.dumps(manifest(), indent=2, ensure_ascii=False).encode() + b"\n",
        "pyproject.toml": surroundings(wheel).encode(),
        "start.py": START.encode(),
        "LICENSE": (ROOT / "LICENSE").read_bytes(),
        wheel.name: wheel.read_bytes(),
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name_of_file, content in files.items():
            entry = zipfile.ZipInfo(name_of_file, BEGINNING)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return path


def described() -> dict[str, Any]:
    """What pyproject.toml says of the project."""
    project: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return project


if __name__ == "__main__":
    sys.stdout.write(f"{write_bundle(Path(sys.argv[1]))}\n")
