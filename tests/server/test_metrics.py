"""The numbers of a server: off unless they are wanted, for the operator alone, and without anybody's name."""

from __future__ import annotations

import hashlib
import json
import re
import sys
from pathlib import Path

import anyio.to_thread
import pytest

from invoicing.refusals import Conflict
from server.app import system_clock
from server.http.metrics import metered, token_path
from server.observing.choice import Observing
from server.observing.events import Called, is_heard, tell
from server.observing.exposition import Histogram, Values, text_of
from server.observing.numbers import Numbers
from server.observing.operator_token import is_token, make_token, read_hash
from tests.support import stores
from tests.support.assistant import ERAS
from tests.support.command_line import run_command
from tests.support.http import BAKERY, FINCH, house, site_of
from tests.support.practice import practice

TOKEN = "of-the-operator-" + "x" * 16


def samples(text: str) -> dict[str, float]:
    """Each value by its name and labels, without the process; whatever is no line of the form fails."""
    found = {}
    for line in text.splitlines():
        if line.startswith("# "):
            assert re.fullmatch(r"# (HELP \w+ [^\n]+|TYPE \w+ (counter|gauge|histogram))", line), line
            continue
        sample = re.fullmatch(r'(\w+)\{((?:\w+="[^"\n]*",?)+)\} ([0-9.]+)', line)
        assert sample is not None, line
        labels = re.sub(r',?process="\d+"', "", sample.group(2))
        found[f"{sample.group(1)}{{{labels}}}"] = float(sample.group(3))
    return found


async def test_calls_sign_ins_and_what_is_open_are_counted_for_the_operator_alone(tmp_path: Path) -> None:
    token_file = tmp_path / "token"
    token_file.write_text(TOKEN + "\n")
    async with house(tmp_path / "data") as home:
        made = home.credentials
        observing = Observing(metrics=True, token_file=token_file)
        with metered(observing, home.one.store, lambda: (3, 2)) as meter:
            assert meter is not None
            async with site_of(home.one.store, home.one.clock, meter=meter) as site:
                token = await made.token()
                for era in ERAS:
                    async with site.chat(token, era=era) as chat:
                        await chat.ok("find_customers", organization=BAKERY)
                        refused = {"organization": "nobody-at-all"}
                        assert (await chat.client.call_tool("find_customers", refused)).is_error
                await site.modern("/mcp", "wrong", "tools/list")
                for wrong in ("", TOKEN + "x", token, TOKEN[:-1]):
                    answer = await site.send("GET", "/metrics", wrong)
                    assert (answer.status_code, answer.text) == (401, "Unauthorized.")
                    assert answer.headers["www-authenticate"] == "Bearer"
                twice = [("Authorization", f"Bearer {TOKEN}")] * 2
                assert (await site.send("GET", "/metrics", headers=twice)).status_code == 401
                answer = await site.send("GET", "/metrics", TOKEN)
        assert (await home.site.send("GET", "/metrics", TOKEN)).status_code == 404
    assert not is_heard()
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    found = samples(answer.text)
    call = 'mcp_server_operation_duration_seconds_count{mcp_method_name="tools/call",gen_ai_tool_name="find_customers"'
    assert found[f'{call},outcome="ok"}}'] == len(ERAS)
    assert found[f'{call},outcome="not_found"}}'] == len(ERAS)
    refused_sign_ins = {one: value for one, value in found.items() if one.startswith("counterfoil_refused")}
    assert refused_sign_ins == {
        'counterfoil_refused_sign_ins_total{door="mcp",reason="unknown"}': 1,
        'counterfoil_refused_sign_ins_total{door="metrics",reason="token"}': 5,
    }
    http = "http_server_request_duration_seconds_count{"
    assert found[f'{http}http_request_method="GET",http_route="/metrics",http_response_status_code="401"}}'] == 5
    assert found['counterfoil_connections{of="stranger"}'] == 2
    assert found["counterfoil_books_open{}"] >= 1
    assert found['counterfoil_turns_waiting{kind="export"}'] == 0
    assert found["process_resident_memory_bytes{}"] > 1_000_000
    for canary in (BAKERY, FINCH, "Hotel Bristol", "nobody-at-all", *made.secrets, TOKEN):
        assert canary not in answer.text


def test_a_duration_is_counted_below_each_bound_that_it_does_not_pass() -> None:
    numbers = Numbers()
    with numbers.counting():
        for seconds in (0.004, 0.01, 0.3, 1_000):
            tell(Called(method="ping", tool="", outcome="ok", seconds=seconds, request="r"))
    tell(Called(method="ping", tool="", outcome="ok", seconds=1, request="r"))
    text = text_of([Histogram("took", "How long.", ("method", "tool", "outcome"), numbers.calls)], process="7")
    lines = text.splitlines()
    labels = 'method="ping",tool="",outcome="ok",process="7"'
    assert lines[:4] == [
        "# HELP took How long.",
        "# TYPE took histogram",
        f'took_bucket{{{labels},le="0.01"}} 2',
        f'took_bucket{{{labels},le="0.02"}} 2',
    ]
    assert f'took_bucket{{{labels},le="0.5"}} 3' in lines
    assert lines[-3:] == [
        f'took_bucket{{{labels},le="+Inf"}} 4',
        f"took_sum{{{labels}}} 1000.314",
        f"took_count{{{labels}}} 4",
    ]
    odd = Values("odd", "Odd.", "gauge", ("of",), {('a"\n\\',): 2.5})
    assert text_of([odd], process="7").splitlines()[-1] == r'odd{of="a\"\n\\",process="7"} 2.5'


def test_a_token_is_kept_as_a_hash_or_in_a_file_that_is_named(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "one.metrics"
    first = make_token(path)
    token = make_token(path)
    assert re.fullmatch(r"cfm_[a-z2-7]{32}", token)
    assert token not in path.read_text()
    assert sys.platform == "win32" or path.stat().st_mode & 0o077 == 0
    hashed = read_hash(path)
    assert hashed == hashlib.sha256(token.encode()).digest()
    tried = (token, first, token[:-1], "", "sha256:" + hashed.hex())
    assert [is_token(one, hashed) for one in tried] == [True, False, False, False, False]
    named = tmp_path / "named"
    named.write_text(TOKEN)
    assert is_token(TOKEN, read_hash(named))
    for nothing in ("", "short", "x" * 31, "two words " * 9, "\u00e9" * 40):
        named.write_text(nothing)
        with pytest.raises(Conflict):
            read_hash(named)
    named.unlink()
    with pytest.raises(Conflict):
        read_hash(named)


async def test_a_server_shows_its_numbers_by_the_token_that_a_command_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], own_keys: Path
) -> None:
    data = tmp_path / "data"
    async with practice(data) as one:
        kept = token_path(one.store)
    code, _, complaint = await anyio.to_thread.run_sync(
        lambda: run_command(monkeypatch, capsys, "serve", "--metrics", "--data", str(data))
    )
    assert (code, complaint.startswith("counterfoil: conflict: There is no token for the numbers at ")) == (1, True)
    code, out, _ = await anyio.to_thread.run_sync(
        lambda: run_command(monkeypatch, capsys, "metrics-token", "--json", "--data", str(data))
    )
    told = json.loads(out)
    assert (code, told["hash_file"], kept.exists()) == (0, str(kept), True)
    async with stores.open_store(data, keys=own_keys) as store:
        with metered(Observing(metrics=True), store) as meter:
            assert meter is not None
            async with site_of(store, system_clock, meter=meter) as site:
                assert (await site.send("GET", "/metrics", told["token"])).status_code == 200
