"""No secret that was made lies in a file of the data folder, in a backup or in the log, whichever way it came and went.

`tests/server/test_http_process.py` has the same of a real server process: of all it says, and of what is cut short.
"""

from __future__ import annotations

import base64
import logging
import re
from pathlib import Path

import anyio.to_thread
import pytest

from operations.identity import browsing, signing_in, ways
from operations.identity.browsing import Method
from operations.identity.links import make_invitation, make_sign_in_link
from tests.support import visits
from tests.support.backups import back_up, silent
from tests.support.browser_forms import Browser
from tests.support.clock import NOON
from tests.support.http import BAKERY, House, house
from tests.support.identity import GOOD_PASSWORD, code_of, sign_in
from tests.support.oauth import Kept, Person, connected
from tests.support.stores import lying_there


async def of_credentials(home: House) -> dict[str, str]:
    """Secrets of programs, and of the page that makes one."""
    made, kept = home.credentials, {}
    kept["token"], kept["key"], kept["link"] = (
        await made.token(),
        await made.key(home.bakery),
        await made.link(home.bakery),
    )
    kept["revoked"] = await made.token()
    await made.revoke("token", kept["revoked"])
    async with home.site.chat(kept["token"]) as chat:
        page = (await chat.ok("create_client_api_key", organization=BAKERY, name="till"))["link"]
    visit = await visits.sign_in(home.site, home.one.office)
    shown = await visit.post(page.removeprefix(home.site.url))
    (kept["shown"],) = re.findall(r'<code class="secret">(\w+)</code>', shown.text)
    return kept | {"page": page.rpartition("/")[2]}


async def of_a_person(home: House) -> dict[str, str]:
    """Secrets of somebody who signs in."""
    office, clock = home.one.office, home.one.clock
    cookie = await sign_in(office, Method.LINK)
    me = await browsing.signed_in(office.store, clock, cookie)
    assert me is not None
    await ways.set_password(office, me, GOOD_PASSWORD)
    secret = (await ways.show_codes(office)).secret
    await ways.confirm_codes(office, code_of(secret, clock()))
    halfway = await signing_in.begin_with_password(office, office.principal.label, GOOD_PASSWORD, address="192.0.2.1")
    link = await make_sign_in_link(office, office.principal.label)
    invited = await make_invitation(office, home.one.organization, office.principal.label)
    plain = secret.replace(" ", "")
    return {
        "cookie": cookie,
        "password": GOOD_PASSWORD,
        "one-time codes": plain,
        "halfway": halfway,
        "sign-in link": link.path.rpartition("/")[2],
        "invitation": invited.path.rpartition("/")[2],
        "one-time codes, read": base64.b32decode(plain).hex(),
    }


async def of_a_program(home: House) -> dict[str, str]:
    """Secrets of a client program to which somebody allows a connection."""
    browser, kept, codes = Browser(home.site), Kept(), []

    class Watched(Person):
        async def decide(self, url: str, act: str = "allow") -> dict[str, str]:
            answer = await Person.decide(self, url, act)
            codes.append(answer["code"])
            return answer

    await browser.be(home.one.office)
    async with connected(home.site, Watched(browser), kept=kept) as chat:
        await chat.ok("find_customers", organization=BAKERY)
    assert kept.tokens is not None
    assert kept.tokens.refresh_token is not None
    return {
        **{f"cookie {name}": value for name, value in browser.cookies.items()},
        "code": codes[0],
        "access token": kept.tokens.access_token,
        "refresh token": kept.tokens.refresh_token,
    }


async def test_no_secret_lies_anywhere_once_it_was_made_used_and_misused(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="counterfoil")
    async with house(tmp_path / "data") as home:
        secrets = await of_credentials(home) | await of_a_person(home) | await of_a_program(home)
        for secret in secrets.values():
            for path in ("/mcp", f"/mcp/k/{secret}", f"/mcp/{BAKERY}", f"/keys/{secret}", f"/sign-in/{secret}"):
                await home.site.modern(path, secret, "tools/list")
            given = {"grant_type": "refresh_token", "refresh_token": secret, "client_id": secret}
            await home.site.send("POST", "/oauth/token", data=given)
        await home.one.store.activity.written()
        backup = tmp_path / "backup"
        await anyio.to_thread.run_sync(lambda: back_up(home.one.root, backup, now=NOON, progress=silent))
        kept = {"installation": await anyio.to_thread.run_sync(lying_there, home.one.root)}
        kept["backup"] = b"".join(path.read_bytes() for path in backup.rglob("*") if path.is_file())
    assert all(BAKERY.encode() in content for content in kept.values())
    for name, secret in secrets.items():
        for text in {secret, secret.upper(), secret.lower(), _without_kind(secret)}:
            assert not [place for place, content in kept.items() if text.encode() in content], name
            assert text not in caplog.text, name
    plain = bytes.fromhex(secrets["one-time codes, read"])
    for said in (plain, plain.hex().encode()):
        assert not [place for place, content in kept.items() if said in content]


def _without_kind(secret: str) -> str:
    """What follows the kind that a secret begins with. One without a kind may have a stroke anywhere, near its end too,
    and so short a rest would be found in any file.
    """
    rest = secret.partition("_")[2]
    return rest if len(rest) > len(secret) // 2 else secret
