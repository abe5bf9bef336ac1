"""The log as data: one object a line, with the request's id and the organization's handle, and nobody's words in it."""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from mcp.server.mcpserver.tools import Tool

from invoicing.refusals import NotFound
from server.log_lines import Folding
from server.mcp import CounterfoilServer
from server.observing.events import Answered, is_heard, tell
from server.observing.json_lines import begin_json_log
from tests.support.assistant import ERAS
from tests.support.command_line import run_command
from tests.support.http import BAKERY, FINCH, House, house
from tests.support.identity import GOOD_PASSWORD
from tests.support.practice import practice
from tests.support.visits import sign_in
from tests.support.wire import wired

CANARY = "Zanzibar Quartet"
NOTE = "remember the purple heron"
NO_HANDLE = "no-such-zanzibar"


def crash(note: str) -> None:
    """Ends by a defect whose text holds what was sent, behind another that holds SQL."""
    try:
        raise ValueError(f"SELECT is what stands here, and {note}")
    except ValueError as error:
        raise LookupError(f"no row for {note}") from error


def equip(server: CounterfoilServer) -> None:
    server.add_listed(Tool.from_function(crash))


def lines_of(said: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in said.splitlines()]


@dataclass(frozen=True, slots=True)
class Log:
    """A log that is written, and its handler."""

    written: io.StringIO
    handler: logging.Handler

    def lines(self) -> list[dict[str, Any]]:
        return lines_of(self.written.getvalue())


@pytest.fixture
def json_log() -> Iterator[Log]:
    written = io.StringIO()
    with begin_json_log(written) as handler:
        yield Log(written, handler)


async def all_that_happens(home: House) -> list[str]:
    """A whole run, and the secrets that it used."""
    made, site = home.credentials, home.site
    token, key, link = await made.token(), await made.key(home.bakery), await made.link(home.bakery)
    revoked = await made.token()
    await made.revoke("token", revoked)
    for era in ERAS:
        async with site.chat(token, era=era) as chat:
            await chat.ok("save_customer", organization=BAKERY, name=f"{CANARY} {era}", note=NOTE)
            await chat.ok("find_customers", organization=BAKERY, query=CANARY)
            for refused in ({"organization": NO_HANDLE}, {"organization": BAKERY, "customer": CANARY, "lines": []}):
                assert (await chat.client.call_tool("draft_invoice", refused)).is_error
            assert (await chat.client.call_tool(f"tool_{NO_HANDLE}", {})).is_error
            assert (await chat.client.call_tool("crash", {"note": NOTE})).is_error
    async with site.chat(key, f"/mcp/{BAKERY}") as chat:
        await chat.ok("find_customers", query=CANARY)
    async with site.chat("", f"/mcp/k/{link}") as chat:
        await chat.ok("find_customers", query=CANARY)
    for secret in (revoked, GOOD_PASSWORD, ""):
        await site.modern("/mcp", secret, "tools/list")
    await site.modern(f"/mcp/k/{revoked}", "", "tools/list")
    await site.send("GET", f"/{CANARY}/{token}?note={NOTE}", headers={"X-Request-Id": token})
    await site.send("POST", "/sign-in/password", data={"email": CANARY, "password": GOOD_PASSWORD})
    visit = await sign_in(site, home.one.office)
    for path in (f"/o/{BAKERY}/customers?q={CANARY}", f"/o/{NO_HANDLE}/customers"):
        await visit.get(path)
    return [*made.secrets, visit.secret]


async def test_a_whole_run_is_logged_as_data_without_a_secret_or_anybodys_words(tmp_path: Path, json_log: Log) -> None:
    async with house(tmp_path / "data", equip=equip) as home:
        secrets = await all_that_happens(home)
    said = json_log.written.getvalue()
    canaries = [
        *secrets,
        CANARY,
        NOTE,
        NO_HANDLE,
        "Hotel Bristol",
        GOOD_PASSWORD,
        "SELECT",
        home.one.office.principal.label,
    ]
    assert [one for one in canaries if one.casefold() in said.casefold()] == []
    lines = lines_of(said)
    for line in lines:
        assert list(line)[:4] == ["time", "level", "logger", "event"], line
        assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["time"])
        assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.-]{0,63}", line["request"])
    calls = [line for line in lines if line["event"] == "call"]
    of_tools = {
        (one.get("tool", ""), one["outcome"], one.get("organization", ""))
        for one in calls
        if one["method"] == "tools/call"
    }
    assert of_tools == {
        ("save_customer", "ok", BAKERY),
        ("find_customers", "ok", BAKERY),
        ("draft_invoice", "not_found", ""),
        ("draft_invoice", "invalid_input", BAKERY),
        ("", "not_found", ""),
        ("", "failed", ""),
    }
    assert {"initialize", "server/discover"} <= {one["method"] for one in calls}
    requests = [line for line in lines if line["event"] == "request"]
    shown = {(one["route"], one["status"], one.get("organization", ""), one.get("reason", "")) for one in requests}
    assert shown >= {
        ("/mcp", 200, BAKERY, ""),
        ("/mcp", 401, "", "no_credential"),
        ("/mcp", 401, "", "revoked"),
        ("/mcp/{organization}", 200, BAKERY, ""),
        ("/mcp/k/{key}", 200, BAKERY, ""),
        ("other", 404, "", ""),
        ("/o/{handle}/customers", 200, BAKERY, ""),
        ("/o/{handle}/customers", 404, "", ""),
    }
    # What one request has caused is found by its id.
    by_id = {one["request"]: one for one in requests}
    assert len(by_id) == len(requests)
    assert all(by_id[one["request"]]["route"].startswith("/mcp") for one in calls)
    defects = [line for line in lines if line["level"] == "error"]
    assert len(defects) == len(ERAS)
    for one in defects:
        assert one["doing"] == "calling crash"
        assert re.fullmatch(r"inc_[0-9a-f]{32}", one["incident"])
        assert [error["type"] for error in one["errors"]] == ["builtins.LookupError", "builtins.ValueError"]
        assert one["errors"][0]["places"][-1].endswith(" crash")
        assert by_id[one["request"]]["status"] == 200


async def test_an_answer_bears_the_id_of_its_request_where_that_is_one(tmp_path: Path) -> None:
    assert not is_heard()
    async with house(tmp_path / "data") as home:
        token = await home.credentials.token()
        for sound in ("7f3a", "0190163d-8694-739e-a9cf-f3b48f3f1c4b", "a" * 64):
            answer = await home.site.send("GET", "/healthz", headers={"X-Request-Id": sound})
            assert answer.headers["x-request-id"] == sound
        made = set()
        for unsound in ("", "a" * 65, "-a", "a b", "a,b", token, "\u00e9".encode()):
            answer = await home.site.send("GET", "/nothing", headers=[("X-Request-Id", unsound)] if unsound else {})
            made.add(answer.headers["x-request-id"])
        assert all(re.fullmatch("[0-9a-f]{32}", one) for one in made)
        assert len(made) == 7


def test_what_strangers_cause_is_folded_and_what_somebody_known_does_is_not(
    json_log: Log,
) -> None:
    json_log.handler.addFilter(Folding(3))

    def answered(status: int, *, known: bool) -> None:
        tell(Answered(http_method="POST", route="/mcp", status=status, seconds=0.1, request="r", known=known))

    for _ in range(50):
        answered(401, known=False)
        answered(404, known=False)
        answered(200, known=True)
    statuses = [line["status"] for line in json_log.lines()]
    assert {status: statuses.count(status) for status in statuses} == {401: 3, 404: 3, 200: 50}


def test_a_record_shows_our_words_and_what_cannot_be_anybodys(
    json_log: Log,
) -> None:
    json_log.handler.addFilter(Folding(10))
    ours, theirs = logging.getLogger("storage.books"), logging.getLogger("uvicorn.error")
    ours.error("%d acts of %s were lost: %s", 3, CANARY, NotFound(f"There is no {CANARY}."))
    theirs.error("it said %s", CANARY)
    logging.getLogger("asyncio").error(f"task of {CANARY}", exc_info=OSError(28, "No space left on device", CANARY))
    first, second, third = json_log.lines()
    assert first["event"] == "%d acts of %s were lost: %s"
    assert first["given"] == [3, None, "not_found"]
    assert (second["event"], second["logger"], "given" in second) == ("library", "uvicorn.error", False)
    assert third["errors"] == [{"type": "builtins.OSError", "system": "No space left on device"}]


def test_a_form_of_the_log_that_there_is_not_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, complaint = run_command(monkeypatch, capsys, "serve", "--log-format", "xml", "--data", str(tmp_path))
    assert (code, complaint) == (1, "counterfoil: invalid_input: The form of the log is plain or json.\n")
    monkeypatch.setenv("COUNTERFOIL_LOG_FORMAT", "json")
    code, _, complaint = run_command(monkeypatch, capsys, "serve", "--data", str(tmp_path / "nothing"))
    (line,) = lines_of(complaint)
    assert (code, line["event"], line["level"]) == (1, "ended", "error")
    assert line["said"].startswith("not_found: ")
    assert not is_heard()


async def test_stdio_says_nothing_on_standard_error_that_is_no_json(tmp_path: Path) -> None:
    """Of a server over HTTP `tests/server/test_http_process.py` has the same."""
    data = tmp_path / "data"
    async with practice(data, client="Harbour Bakery") as one:
        await one.customer(one.books(one.first_client))
    async with wired(data, "--log-format", "json") as wire:
        await wire.shake_hands()
        await wire.call("find_customers", organization=BAKERY)
        await wire.call("find_customers", organization=FINCH)
        output, errors = await wire.process.communicate(b"")
    calls = lines_of(errors.decode())
    assert [(one["event"], one.get("tool"), one["outcome"], one.get("organization")) for one in calls] == [
        ("call", None, "ok", None),
        ("call", None, "ok", None),
        ("call", "find_customers", "ok", BAKERY),
        ("call", "find_customers", "not_found", None),
    ]
    assert len({one["request"] for one in calls}) == 4
    assert output == b""
