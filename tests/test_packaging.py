"""What is distributed: the five packages with their data files, and one command."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from importlib.metadata import entry_points, packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("server", "tools", "views", "operations", "storage", "invoicing")


@pytest.mark.parametrize("package", PACKAGES)
def test_no_other_distribution_ships_a_package_of_our_names(package: str) -> None:
    owners = set(packages_distributions().get(package, ["counterfoil"]))
    assert owners == {"counterfoil"}


def test_there_is_one_command() -> None:
    ours = [point for point in entry_points(group="console_scripts") if point.value.startswith("server.")]
    assert [(point.name, point.value) for point in ours] == [("counterfoil", "server.cli:main")]


def test_the_wheel_holds_every_source_and_data_file(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", tmp_path, str(ROOT)],
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("counterfoil-*.whl")
    held = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    wanted = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert held == wanted
