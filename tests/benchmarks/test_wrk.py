"""Load from wrk counts answers, and whatever is no answer ends the run."""

from __future__ import annotations

import asyncio

import pytest

from benchmarks.wrk import Calls, is_installed
from tests.benchmarks.test_load import FINE, answer, refused

pytestmark = pytest.mark.skipif(not is_installed(), reason="wrk is not installed")


async def measured(given: str, asked: list[bytes]) -> float:
    """Calls a second of a server that gives everybody the same answer; `asked` gets what came."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while came := await reader.read(65_536):
            asked.append(came)
            writer.write(given.encode())
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as listening:
        url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/mcp"
        return await Calls(url, "a token", "get_it", [{"which": 'a "b"\\n'}, {"which": "c"}]).per_second(1)


async def test_calls_are_sent_by_turns_and_their_answers_are_counted() -> None:
    asked: list[bytes] = []
    assert await measured(FINE, asked) > 0
    said = b"".join(asked)
    assert b"Authorization: Bearer a token" in said
    assert b'{"which": "a \\"b\\"\\\\n"}' in said
    assert abs(said.count(b'"which": "c"') - said.count(b'"which": "a')) <= 32


async def test_a_refused_call_ends_the_run() -> None:
    with pytest.raises(RuntimeError, match=r"failed calls: \d+ .*not_found"):
        await measured(answer(refused("not_found")), [])
