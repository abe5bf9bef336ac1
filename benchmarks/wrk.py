"""Load from wrk, which takes little of the processors that it shares with the servers: calls of one tool.

The calls' bodies are sent by turns. An answer that is no result counts as an error, of which there may be none.
"""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from typing import Any

from benchmarks.load import body_of, headers_of

CONNECTIONS = 16
_RATE = re.compile(r"^Requests/sec:\s+([0-9.]+)$", re.MULTILINE)
_FAILED = re.compile(r"^(failed calls: [1-9].*|\s*Non-2xx.*|\s*Socket errors:.*)$", re.MULTILINE)
_SCRIPT = """
local bodies, at = {{ {bodies} }}, 0
failed, example = 0, ""
wrk.method = "POST"
{headers}
function request()
  at = at % #bodies + 1
  return wrk.format(nil, nil, nil, bodies[at])
end
function response(status, headers, body)
  if status ~= 200 or not body:find('"result"', 1, true) or body:find('"isError":%s*true') then
    failed, example = failed + 1, body:sub(1, 300)
  end
end
local threads = {{}}
function setup(thread) table.insert(threads, thread) end
function done()
  for _, thread in ipairs(threads) do
    print("failed calls: " .. thread:get("failed") .. " " .. thread:get("example"))
  end
end
"""
"""A Lua program, as wrk takes it; what stands in [==[ and ]==] is a text as it is."""


def is_installed() -> bool:
    return shutil.which("wrk") is not None


class Calls:
    """Calls of a tool with these arguments by turns, with one credential, of the server at `url`."""

    def __init__(self, url: str, token: str, tool: str, arguments: Sequence[dict[str, Any]]) -> None:
        self.url = url
        self._script = _script(token, tool, arguments)

    async def per_second(self, seconds: int) -> float:
        """How many calls a second were answered, over so many seconds.

        Raises:
            RuntimeError: one of them failed.
        """
        with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
            script.write(self._script)
            script.flush()
            command = ("wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "60s", "-s", script.name)
            wrk = await asyncio.create_subprocess_exec(*command, self.url, stdout=subprocess.PIPE)
            said = (await wrk.communicate())[0].decode()
        failed, rate = _FAILED.search(said), _RATE.search(said)
        if failed is not None or rate is None:
            raise RuntimeError(said if failed is None else failed.group())
        return float(rate[1])


def _script(token: str, tool: str, arguments: Sequence[dict[str, Any]]) -> str:
    headers = headers_of(token) | {"Mcp-Name": tool}
    return _SCRIPT.format(
        bodies=", ".join(f"[==[{json.dumps(body_of(tool, one))}]==]" for one in arguments),
        headers="\n".join(f"wrk.headers[{json.dumps(name)}] = {json.dumps(value)}" for name, value in headers.items()),
    )
