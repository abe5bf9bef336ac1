"""What decides in which protocol era a stream is served, and what does not.

Incident: a client that asked `server/discover`, had no answer within a second and shook hands was refused, since the
question alone had decided for the revision without handshakes.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from mcp_types import INVALID_REQUEST, METHOD_NOT_FOUND, UNSUPPORTED_PROTOCOL_VERSION

from server.mcp import practice_server
from tests.support.practice import practice
from tests.support.streams import ENVELOPE, Stream, streamed
from tests.support.wire import wired

NEVER_SERVED = {**ENVELOPE, "io.modelcontextprotocol/protocolVersion": "2099-01-01"}
UNDECIDED: dict[str, tuple[str, dict[str, Any]]] = {
    "what there is": ("server/discover", {"_meta": ENVELOPE}),
    "what there is, in no revision": ("server/discover", {}),
    "what there is, in one that nobody serves": ("server/discover", {"_meta": NEVER_SERVED}),
    "a list in a revision that nobody serves": ("tools/list", {"_meta": NEVER_SERVED}),
    "a list with half an envelope": ("tools/list", {"_meta": dict(list(ENVELOPE.items())[:1])}),
    "a list without any": ("tools/list", {}),
    "a ping": ("ping", {}),
    "what there is none of": ("no/such", {}),
}


@asynccontextmanager
async def conversation(tmp_path: Path) -> AsyncIterator[Stream]:
    async with practice(tmp_path) as one, streamed(practice_server(one.office)) as stream:
        yield stream


@pytest.mark.parametrize("first", UNDECIDED)
async def test_after_a_question_that_decides_nothing_either_era_may_begin(tmp_path: Path, first: str) -> None:
    method, params = UNDECIDED[first]
    async with practice(tmp_path) as one:
        for handshake in (True, False):
            async with streamed(practice_server(one.office)) as stream:
                answers = [await stream.ask(method, **params) for _ in range(2)]
                assert answers[0].get("error") == answers[1].get("error")
                if handshake:
                    assert (await stream.shake_hands())["result"]["protocolVersion"] == "2025-11-25"
                    assert (await stream.ask("tools/list"))["result"]["tools"]
                else:
                    assert (await stream.ask_modern("tools/list"))["result"]["tools"]


async def test_a_question_that_decides_nothing_is_answered_as_it_would_be_alone(tmp_path: Path) -> None:
    async with conversation(tmp_path) as stream:
        discovered = (await stream.ask("server/discover", _meta=ENVELOPE))["result"]
        assert discovered["supportedVersions"] == ["2026-07-28"]
        refused = (await stream.ask("server/discover", _meta=NEVER_SERVED))["error"]
        assert (refused["code"], refused["data"]["supported"]) == (UNSUPPORTED_PROTOCOL_VERSION, ["2026-07-28"])
        assert (await stream.ask("server/discover"))["error"]["code"] == METHOD_NOT_FOUND
        assert (await stream.ask("ping"))["result"] == {}
        # What was answered alone is no part of the conversation that follows: its revision is the handshake's.
        assert (await stream.shake_hands("2025-03-26"))["result"]["protocolVersion"] == "2025-03-26"


async def test_once_decided_an_era_stays(tmp_path: Path) -> None:
    async with conversation(tmp_path) as stream:
        await stream.shake_hands()
        assert (await stream.ask_modern("tools/list"))["error"]["code"] == INVALID_REQUEST
        assert (await stream.ask("tools/list"))["result"]["tools"]


async def test_once_decided_for_the_revision_without_handshakes_none_is_shaken(tmp_path: Path) -> None:
    async with conversation(tmp_path) as stream:
        await stream.ask_modern("server/discover")
        assert (await stream.ask_modern("tools/list"))["result"]["tools"]
        assert (await stream.shake_hands())["error"]["code"] == UNSUPPORTED_PROTOCOL_VERSION
        assert (await stream.ask_modern("server/discover"))["result"]["supportedVersions"] == ["2026-07-28"]


async def test_a_stream_that_ends_undecided_ends_in_order(tmp_path: Path) -> None:
    async with conversation(tmp_path) as stream:
        await stream.send({"jsonrpc": "2.0", "method": "notifications/initialized"})
        assert (await stream.ask_modern("server/discover"))["result"]


async def test_a_client_that_gives_up_discovering_and_shakes_hands_is_served(tmp_path: Path) -> None:
    async with wired(tmp_path / "data") as wire:
        asked = await wire.request("server/discover", _meta=ENVELOPE)
        given_up = {"requestId": asked, "reason": "timed out"}
        await wire.send({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": given_up})
        greeting = await wire.shake_hands("2025-11-25")
        assert (greeting["protocolVersion"], greeting["serverInfo"]["name"]) == ("2025-11-25", "counterfoil")
        assert (await wire.call("list_organizations"))["structuredContent"]["organizations"]
        await wire.end()
