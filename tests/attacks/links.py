"""Attacks on what a link opens: files, pages that take a file, and pages that show a key once."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from sqlmodel import Session

from invoicing.text.base64url import base64url
from server.http import downloads
from server.http.downloads import LinkedFile, LinkSigner
from storage.directory import credentials, uploads
from storage.directory.uploads import KnownUpload
from tests.attacks.attack import Attack, Guard, Scene
from tests.attacks.connections import LAPSE, REACH, REACH_BY_ID, lapse
from tests.support.browser_forms import Browser
from tests.support.http import BAKERY, HERE
from tests.support.people import in_the_directory
from tests.support.uploads import asked_for

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
_read, _upload_of = LinkSigner.read, uploads.upload_of


def _read_at_any_time(self: LinkSigner, token: str, *, now: datetime) -> LinkedFile | None:
    return _read(self, token, now=LONG_AGO)


def _of_any_time(db: Session, digest: str, *, now: datetime) -> KnownUpload | None:
    return _upload_of(db, digest, now=LONG_AGO)


SIGNATURE = Guard(LinkSigner, "_signature", lambda self, claims: b"")
FILE_TIME = Guard(LinkSigner, "read", _read_at_any_time)
UPLOAD_TIME = Guard(uploads, "upload_of", _of_any_time)
ONCE = Guard(credentials, "settle", lambda db, credential_id, digest: None)


async def _file(scene: Scene, token: str = "") -> str:
    """The path of a link to a file of the bakery, given to the bearer of this token."""
    async with scene.home.site.chat(token or await scene.home.credentials.token()) as chat:
        made = await chat.ok("export_documents", format="json", organization=BAKERY)
    return str(made["link"]).removeprefix(HERE)


async def _upload(scene: Scene, token: str = "") -> str:
    """The path of a page that waits for a file of the bakery, given to the bearer of this token."""
    return str((await asked_for(scene.home, token=token))["link"]).removeprefix(HERE)


async def _get(scene: Scene, path: str) -> str:
    return str((await scene.home.site.send("GET", path)).status_code)


async def _signs_himself(scene: Scene) -> str:
    claims = downloads._decode((await _file(scene)).rpartition("/")[2].partition(".")[0])
    organization_id, file_id, expires, credential_id = json.loads(claims)
    longer = json.dumps([organization_id, file_id, expires + 3_600, credential_id]).encode()
    return await _get(scene, f"/files/{base64url(longer)}.{base64url(b'')}")


def _a_day_later(path: Callable[[Scene], Awaitable[str]]) -> Callable[[Scene], Awaitable[str]]:
    async def attempt(scene: Scene) -> str:
        stolen = await path(scene)
        scene.home.one.clock.advance(timedelta(days=1))
        return await _get(scene, stolen)

    return attempt


def _after_revoking(path: Callable[[Scene, str], Awaitable[str]]) -> Callable[[Scene], Awaitable[str]]:
    async def attempt(scene: Scene) -> str:
        token = await scene.home.credentials.token()
        stolen = await path(scene, token)
        lapse(scene, token, "revoked_at")
        return await _get(scene, stolen)

    return attempt


def _out_of_reach(path: Callable[[Scene, str], Awaitable[str]]) -> Callable[[Scene], Awaitable[str]]:
    async def attempt(scene: Scene) -> str:
        token = await scene.accountant()
        stolen = await path(scene, token)
        in_the_directory(
            scene.home.one, "DELETE FROM membership_clients WHERE organization_id = ?", scene.home.bakery.id
        )
        return await _get(scene, stolen)

    return attempt


async def _shown_key(scene: Scene, browser: Browser) -> Callable[[], Awaitable[str]]:
    """Asks for the key of a page that was made for the owner, as whoever is at this browser."""
    async with scene.home.site.chat(await scene.home.credentials.token()) as chat:
        made = await chat.ok("create_client_api_key", organization=BAKERY, name="Till")
    page = str(made["link"])

    async def press() -> str:
        return str((await browser.press(page, await browser.open(page), "show")).status_code)

    return press


async def _key_shown_twice(scene: Scene) -> str:
    browser = Browser(scene.home.site)
    await browser.be(scene.home.one.office)
    press = await _shown_key(scene, browser)
    assert await press() == "200"
    return await press()


async def _key_shown_to_another(scene: Scene) -> str:
    browser = Browser(scene.home.site)
    await browser.be(scene.rival)
    return await (await _shown_key(scene, browser))()


ATTACKS = (
    Attack("a link to a file is made longer by whoever has it", (SIGNATURE,), _signs_himself, "404", "200"),
    Attack("a link to a file is opened a day later", (FILE_TIME,), _a_day_later(_file), "404", "200"),
    Attack("a page for a file is opened a day later", (UPLOAD_TIME,), _a_day_later(_upload), "404", "200"),
    *(
        Attack(f"{what} is opened after {when}", (guard,), of(path), "404", "200")
        for what, path in (("a link to a file", _file), ("a page for a file", _upload))
        for when, guard, of in (
            ("the token that asked for it was revoked", LAPSE, _after_revoking),
            ("whoever asked for it lost the client", REACH_BY_ID, _out_of_reach),
        )
    ),
    Attack("the page of an API key is asked for it twice", (ONCE,), _key_shown_twice, "404", "200"),
    Attack("the page of an API key is opened by another practice", (REACH,), _key_shown_to_another, "404", "200"),
)
