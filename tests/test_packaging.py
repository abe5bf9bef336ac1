"""What is distributed: the six packages with their data files, and one command."""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from email import message_from_bytes
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


def files_of_the_packages() -> set[str]:
    return {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_the_sdist_and_the_wheel_that_is_built_of_it_hold_what_belongs_into_them_and_nothing_else(
    tmp_path: Path,
) -> None:
    """What is not in the sdist cannot be in the wheel: so the one is built of the other, as an installer does."""
    subprocess.run(
        [sys.executable, "-m", "uv", "build", "--quiet", "--out-dir", tmp_path, ROOT], check=True, capture_output=True
    )
    (sdist,), (wheel,) = tmp_path.glob("counterfoil-*.tar.gz"), tmp_path.glob("counterfoil-*.whl")

    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    beside = {".gitignore", "CHANGELOG.md", "LICENSE", "PKG-INFO", "README.md", "pyproject.toml"}
    assert names == files_of_the_packages() | beside

    archive_of_wheel = zipfile.ZipFile(wheel)
    assert {name for name in archive_of_wheel.namelist() if ".dist-info/" not in name} == files_of_the_packages()
    for name in files_of_the_packages():
        assert archive_of_wheel.read(name) == (ROOT / name).read_bytes(), name

    (metadata,) = (name for name in archive_of_wheel.namelist() if name.endswith(".dist-info/METADATA"))
    said = message_from_bytes(archive_of_wheel.read(metadata))
    described = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert (said["Name"], said["Version"]) == ("counterfoil", described["version"])
    assert sorted(said.get_all("Import-Name", [])) == sorted(f"{package}; private" for package in PACKAGES)
    assert said["License-Expression"] == "Apache-2.0"
    assert said.get_all("License-File") == ["LICENSE", "invoicing/render/fonts/OFL.txt"]
    assert not [need for need in said.get_all("Requires-Dist", []) if "://" in need]


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
