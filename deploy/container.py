"""Builds the container image of the wheel in dist/, with podman or docker, whichever answers.

`python -m deploy.container` is what `make container` runs. Where no engine is, it says so and ends with code 1.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
ENGINES = ("podman", "docker")
NO_ENGINE = "no container engine answers here (podman or docker)"


def find_engine() -> str:
    """The program of the engine that answers, empty where there is none: a client without its daemon is none."""
    for name in ENGINES:
        program = shutil.which(name)
        if program and not subprocess.run([program, "info"], capture_output=True, check=False).returncode:
            return program
    return ""


def image() -> str:
    """The image's name, with this version."""
    version: str = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    return f"counterfoil:{version}"


def build_command(engine: str) -> list[str]:
    """The build of the image: podman is told what docker finds by itself, and to keep the health check."""
    command = [engine, "build", "--file", "deploy/Containerfile", "--tag", image()]
    if Path(engine).name == "podman":
        command += ["--format", "docker", "--ignorefile", "deploy/Containerfile.dockerignore"]
    return [*command, "."]


def main() -> int:
    """The exit code: 0 where the image is built."""
    engine = find_engine()
    if not engine:
        sys.stderr.write(f"The image was not built: {NO_ENGINE}.\n")
        return 1
    if not list((ROOT / "dist").glob("counterfoil-*.whl")):
        sys.stderr.write("There is no wheel in dist/: run `make bundle` first.\n")
        return 1
    return subprocess.run(build_command(engine), cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
