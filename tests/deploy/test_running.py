"""What runs us elsewhere: the image, the compose file and the unit of systemd, as far as no engine is needed."""

from __future__ import annotations

import configparser
import os
import re
from pathlib import Path

import yaml  # type: ignore[import-untyped]  # Its types would be one more library.

from server.http.limits import Allowance
from server.settings import DEFAULT_URL
from tests.deploy.test_formats import DEPLOY, PROJECT, VERSION, faults, read, read_by_the_program
from tests.test_documentation import COMMANDS

PORT = DEFAULT_URL.rpartition(":")[2]


def variables_of(text: str) -> set[str]:
    return set(re.findall(r"COUNTERFOIL_[A-Z_]+", text))


def test_the_compose_file_is_valid_and_keeps_to_itself() -> None:
    text = read("compose.yaml")
    composed = yaml.safe_load(text)
    assert not faults("compose-spec.json", composed)
    ours, database = composed["services"]["counterfoil"], composed["services"]["postgres"]
    assert ours["image"] == f"counterfoil:{VERSION}"
    assert ours["read_only"] is True
    assert ours["cap_drop"] == ["ALL"]
    assert ours["ports"] == [f"127.0.0.1:{PORT}:{PORT}"]
    assert "ports" not in database
    assert database["networks"] == ["database"]
    assert composed["networks"]["database"]["internal"] is True
    version = re.fullmatch(r"docker\.io/library/postgres:(\d+)-\w+", database["image"])
    assert version
    assert int(version[1]) >= 15
    for service in (ours, database):
        assert "no-new-privileges:true" in service["security_opt"]
        # What is secret, or the operator's own, comes from the environment and must be there.
        assert "PASSWORD" not in re.sub(r"\${[A-Z_]+_PASSWORD:\?[^}]+}|'[A-Z_]+_PASSWORD'", "", str(service))
    mounts = {mount.partition(":")[0] for mount in ours["volumes"] + database["volumes"]}
    assert mounts == {*composed["volumes"], "./database.sh"}
    assert (DEPLOY / "database.sh").stat().st_mode & 0o111 or os.name == "nt"


def test_the_image_is_made_of_the_wheel_and_the_lock_and_runs_as_nobody_in_particular() -> None:
    lines = [
        line
        for line in re.sub(r"\\\n\s*", " ", read("Containerfile")).splitlines()
        if line and not line.startswith("#")
    ]
    stages = [line.split()[1] for line in lines if line.startswith("FROM ")]
    assert len(set(stages)) == 1
    assert re.fullmatch(r"docker\.io/library/python:3\.\d+-slim-\w+", stages[0])
    python = re.findall(r"python:(3\.\d+)-", stages[0])[0]
    assert f"Programming Language :: Python :: {python}" in PROJECT["classifiers"]
    last = lines[max(number for number, line in enumerate(lines) if line.startswith("FROM ")) :]
    (user,) = (line.split()[1] for line in last if line.startswith("USER "))
    assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", user), "a number, by which an engine can see that it is not root"
    assert f"EXPOSE {PORT}" in last
    assert 'VOLUME ["/data", "/keys"]' in last
    (health,) = (line for line in last if line.startswith("HEALTHCHECK "))
    assert f"http://127.0.0.1:{PORT}/healthz" in health
    assert not [line for line in lines if line.startswith(("ADD ", "ARG "))]
    assert [line for line in lines if "pip install" in line and "--require-hashes" in line and "--no-index" not in line]
    copied = {
        name for line in lines if line.startswith("COPY ") and "--from=" not in line for name in line.split()[1:-1]
    }
    assert copied == {"deploy/requirements.lock", "dist/counterfoil-*.whl"}
    let_in = [line for line in read("Containerfile.dockerignore").splitlines() if line and not line.startswith("#")]
    assert let_in == ["*", *(f"!{name}" for name in sorted(copied))]
    assert variables_of(read("Containerfile")) <= read_by_the_program()


def test_the_service_is_confined_and_stops_when_what_is_under_way_is_done() -> None:
    unit = configparser.RawConfigParser(strict=False)
    unit.optionxform = str  # type: ignore[assignment, method-assign]  # Names keep their capitals.
    unit.read_string(read("counterfoil.service"))
    service = unit["Service"]
    program, command = service["ExecStart"].split()
    assert Path(program).name == "counterfoil"
    assert (command,) in COMMANDS
    assert service["User"] == "counterfoil"
    assert service["CapabilityBoundingSet"] == service["AmbientCapabilities"] == ""
    assert service["ProtectSystem"] == "strict"
    assert (service["NoNewPrivileges"], service["ProtectHome"], service["MemoryDenyWriteExecute"]) == ("yes",) * 3
    assert service["UMask"] == "0077"
    # Long work makes its processes nicer (storage/work/processes.py), which the group of calls of that name has.
    assert service["SystemCallFilter"] == "~@privileged"
    assert int(service["TimeoutStopSec"].removesuffix("s")) > Allowance().stop_seconds
    assert variables_of(read("counterfoil.service")) <= read_by_the_program()
