"""What is distributed: the five packages with their data files, and one command."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import entry_points, packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement

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


def locked() -> dict[str, str]:
    """Each locked package with its version."""
    return dict(re.findall(r"^([a-z0-9._-]+)==([^ ;]+)", (ROOT / "requirements.lock").read_text("utf-8"), re.MULTILINE))


def test_the_lock_has_a_version_within_the_bounds_of_each_requirement() -> None:
    """`make lock` mends it."""
    described = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wanted = [*described["project"]["dependencies"], *described["dependency-groups"]["dev"]]
    for requirement in map(Requirement, wanted):
        assert requirement.specifier.contains(locked().get(requirement.name, "0")), f"{requirement}: run `make lock`"


def test_the_lock_has_hashes_and_no_address() -> None:
    text = (ROOT / "requirements.lock").read_text("utf-8")
    assert not re.search(r"://| @ |--(extra-)?index|--find-links", text)
    for entry in re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]:
        assert "--hash=sha256:" in entry, entry


def test_each_requirement_says_from_which_version_on() -> None:
    """`make test-lowest` resolves to these."""
    described = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    for text in (*described["project"]["dependencies"], *described["dependency-groups"]["dev"]):
        assert any(one.operator == ">=" for one in Requirement(text).specifier), text


def test_the_workflow_tests_the_pythons_that_are_promised_by_verbs_that_there_are() -> None:
    described = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    workflow = (ROOT / ".github" / "workflows" / "tests.yml").read_text("utf-8")
    promised = [one.rpartition(" ")[2] for one in described["classifiers"] if re.search(r"Python :: 3\.", one)]
    (matrix,) = re.findall(r"^ +python: \[(.+)\]$", workflow, re.MULTILINE)
    assert re.findall(r'"([0-9.]+)"', matrix) == promised
    assert described["requires-python"] == f">={promised[0]}"
    verbs = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert set(re.findall(r"run: make ([a-z-]+)", workflow)) <= verbs
