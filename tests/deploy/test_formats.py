"""What describes us to registries and AI clients: valid by their own schemas, and true of this version."""

from __future__ import annotations

import json
import re
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator, FormatChecker  # type: ignore[import-untyped]  # It ships no type information.
from packaging.requirements import Requirement

from deploy import bundle
from tests.test_documentation import COMMANDS
from tools.catalog import CATALOG

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
SCHEMAS = Path(__file__).parent / "schemas"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
VERSION: str = PROJECT["version"]


def read(name: str) -> str:
    return (DEPLOY / name).read_text("utf-8")


def faults(schema: str, document: Any) -> list[str]:
    """What the schema finds wrong with a document."""
    rules = Draft7Validator(json.loads((SCHEMAS / schema).read_text("utf-8")), format_checker=FormatChecker())
    return [f"{'/'.join(map(str, error.absolute_path))}: {error.message}" for error in rules.iter_errors(document)]


def read_by_the_program() -> set[str]:
    """The variables of the environment that the program reads."""
    sources = (path for folder in ("server", "storage") for path in (ROOT / folder).rglob("*.py"))
    return {name for path in sources for name in re.findall(r'"(COUNTERFOIL_[A-Z_]+)"', path.read_text("utf-8"))}


def test_the_schemas_find_faults() -> None:
    """Otherwise what is valid by them would say little."""
    entry = json.loads(read("server.json"))
    assert faults("mcp-registry-2025-12-11.json", entry | {"name": "counterfoil"})
    assert faults("mcp-registry-2025-12-11.json", entry | {"description": "x" * 101})
    assert faults("mcpb-manifest-0.4.json", bundle.manifest() | {"unknown": 1})
    assert faults("compose-spec.json", {"services": {"counterfoil": {"read_only": []}}})
    licences = (SCHEMAS / "README.md").read_text("utf-8")
    assert all(f"`{schema.name}`" in licences for schema in SCHEMAS.glob("*.json"))


def test_the_entry_for_the_registry_is_valid_and_true() -> None:
    entry = json.loads(read("server.json"))
    assert not faults("mcp-registry-2025-12-11.json", entry)
    (package,) = entry["packages"]
    assert (entry["version"], package["version"]) == (VERSION, VERSION)
    assert (package["registryType"], package["identifier"]) == ("pypi", PROJECT["name"])
    assert package["runtimeHint"] == "uvx"
    assert package["transport"] == {"type": "stdio"}
    assert [one["value"] for one in package["packageArguments"]] == ["stdio"]
    assert ("stdio",) in COMMANDS
    assert {one["name"] for one in package["environmentVariables"]} <= read_by_the_program()
    assert [remote["url"] for remote in entry["remotes"]] == ["https://{host}/mcp", "https://{host}/mcp/{organization}"]
    for remote in entry["remotes"]:
        assert set(re.findall(r"{(\w+)}", remote["url"])) == set(remote["variables"])
        assert all(header["isSecret"] for header in remote["headers"])


def test_the_registry_finds_its_name_in_the_description_of_the_package() -> None:
    """By that line it knows that the package is of whoever publishes the entry."""
    name = json.loads(read("server.json"))["name"]
    assert re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+/counterfoil", name)
    assert re.findall(r"<!-- mcp-name: (\S+) -->", (ROOT / PROJECT["readme"]).read_text("utf-8")) == [name]


def test_the_bundle_is_valid_holds_the_wheel_and_is_the_same_each_time(tmp_path: Path) -> None:
    wheel = tmp_path / f"counterfoil-{VERSION}-py3-none-any.whl"
    wheel.write_bytes(b"a wheel")
    path = bundle.write_bundle(wheel)
    first = path.read_bytes()
    assert bundle.write_bundle(wheel).read_bytes() == first

    held = zipfile.ZipFile(path)
    assert set(held.namelist()) == {"manifest.json", "pyproject.toml", "start.py", "LICENSE", wheel.name}
    assert held.read(wheel.name) == b"a wheel"
    manifest = json.loads(held.read("manifest.json"))
    assert not faults("mcpb-manifest-0.4.json", manifest)
    assert (manifest["name"], manifest["version"]) == ("counterfoil", VERSION)
    assert manifest["server"]["entry_point"] in held.namelist()
    assert [tool["name"] for tool in manifest["tools"]] == [tool.name for tool in CATALOG]
    assert all(tool["description"] for tool in manifest["tools"])

    made_of = tomllib.loads(held.read("pyproject.toml").decode())
    assert made_of["project"]["dependencies"] == [f"counterfoil=={VERSION}"]
    assert made_of["tool"]["uv"]["sources"] == {"counterfoil": {"path": wheel.name}}
    pinned = {Requirement(one).name: Requirement(one) for one in made_of["tool"]["uv"]["constraint-dependencies"]}
    assert {Requirement(one).name for one in PROJECT["dependencies"]} <= pinned.keys()
    assert all(str(one.specifier).startswith("==") for one in pinned.values())


def test_a_wheel_of_another_version_is_not_bundled(tmp_path: Path) -> None:
    wheel = tmp_path / "counterfoil-0.0.1-py3-none-any.whl"
    wheel.write_bytes(b"a wheel")
    with pytest.raises(SystemExit, match="no wheel of version"):
        bundle.write_bundle(wheel)


def test_the_lock_of_what_runs_is_the_lock_of_all_without_the_tools() -> None:
    """`make lock` writes both, and nothing runs elsewhere in a version that was not tested."""
    both = [
        dict(re.findall(r"^([a-z0-9._-]+)(?:\[[a-z,]+\])?==([^ ;]+)", path.read_text("utf-8"), re.MULTILINE))
        for path in (bundle.LOCK, ROOT / "requirements.lock")
    ]
    runs, everything = both
    assert runs.items() <= everything.items(), "run `make lock`"
    extras = [one for extra in PROJECT["optional-dependencies"].values() for one in extra]
    assert {Requirement(one).name for one in PROJECT["dependencies"] + extras} <= runs.keys(), "run `make lock`"
    assert not {"pytest", "mypy", "ruff", "playwright", "uv"} & runs.keys()
    text = bundle.LOCK.read_text("utf-8")
    assert not re.search(r"://| @ |--(extra-)?index|--find-links", text)
    for entry in re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]:
        assert "--hash=sha256:" in entry, entry


def test_the_plugin_starts_this_version() -> None:
    plugin = json.loads(read("claude-plugin/.claude-plugin/plugin.json"))
    assert (plugin["name"], plugin["version"]) == ("counterfoil", VERSION)
    servers = json.loads(read("claude-plugin/.mcp.json"))["mcpServers"]
    assert servers == {"counterfoil": {"command": "uvx", "args": [f"counterfoil@{VERSION}", "stdio"]}}
