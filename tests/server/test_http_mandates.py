"""Over HTTP: a person's token acknowledges a mandate; an API key and a secret link do not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.support.http import BAKERY, house

SAVED = {"part": "mandates", "code": "gb-reverse-charge", "handed_in": "The footer says it"}


async def test_a_token_acknowledges_a_key_and_a_link_do_not(tmp_path: Path) -> None:
    async with house(tmp_path) as home:
        async with home.site.chat(await home.credentials.token()) as chat:
            await chat.ok("save_configuration", organization=BAKERY, **SAVED)
        key, link = await home.credentials.key(home.bakery), await home.credentials.link(home.bakery)
        doors = [(key, f"/mcp/{BAKERY}"), (key, "/mcp"), ("", f"/mcp/k/{link}")]
        for credential, path in doors:
            async with home.site.chat(credential, path) as chat:
                acts: list[tuple[str, dict[str, Any]]] = [
                    ("save_configuration", SAVED),
                    ("save_configuration", {"part": "mandates", "code": "gb-reverse-charge", "withdraw": True}),
                    ("update_organization", {"mandates": "warn"}),
                ]
                for tool, arguments in acts:
                    refused = await chat.refused(tool, **arguments)
                    assert refused["code"] == "not_allowed", path
                await chat.ok("get_configuration", part="mandates")
