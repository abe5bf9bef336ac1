"""The server that the conformance suite and the TypeScript clients speak to: the real application on a new practice.

`python -m tests.conformance.server FOLDER` serves on a free loopback port until it is stopped. Its first line on
standard output says under which URLs. With `--bare` nothing is added to what a connection has.
"""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from pathlib import Path

from server.http.application import HttpSettings, http_application
from server.http.questions import Questions
from server.http.serving import serve_application
from server.pages.cookies import SessionCookie
from tests.conformance.fixtures import equip
from tests.support.authorization import a_program
from tests.support.http import ROOMY, Credentials
from tests.support.identity import sign_in
from tests.support.practice import practice


async def main(root: Path, *, bare: bool) -> None:
    """Serve a practice with two clients; the organization of the secret link is Harbour Bakery."""
    async with practice(root) as one:
        credentials = Credentials.of(one)
        bakery, _ = await one.client("Harbour Bakery"), await one.client("Finch Studio")
        listening = socket.create_server(("127.0.0.1", 0))
        port = listening.getsockname()[1]
        url = f"http://127.0.0.1:{port}"
        settings = HttpSettings(port=port, public_url=url, allowance=ROOMY)
        added = (lambda _: None) if bare else equip
        questions = Questions(settings.allowance.asking)
        application = http_application(one.store, one.clock, settings, questions=questions, equip=added)
        said = {
            "practice": f"{url}/mcp",
            "token": await credentials.token(),
            "link": f"{url}/mcp/k/{await credentials.link(bakery)}",
            "issuer": url,
            "program": (await a_program(one.office)).id,
            "cookie": f"{SessionCookie.of(url).name}={await sign_in(one.office)}",
        }
        print(json.dumps(said), flush=True)
        await serve_application(application, questions, listening)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), bare="--bare" in sys.argv))
