"""How long a page of an upload waits, for whom, and how many there are."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from operations.uploads import LIFETIME, OPEN_MAX, remove_expired
from tests.server.test_upload_page import kept
from tests.support.http import BAKERY, FINCH, House, house, site_of
from tests.support.people import archive, colleague, in_the_directory
from tests.support.uploads import CUSTOMERS, asked_for, look_at, send_file, told


@pytest.fixture
async def at_home(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path / "data") as opened:
        yield opened


GONE = "No file is waited for here"


async def test_a_page_takes_one_file(at_home: House) -> None:
    asked = await asked_for(at_home)
    await send_file(at_home, asked["link"])
    again = await send_file(at_home, asked["link"], b"name\nAnother\n", "other.csv")
    assert (again.status_code, told(again)[0]) == (409, "A file had come already")
    (path,) = kept(at_home)
    assert path.read_bytes() == CUSTOMERS


async def test_of_two_files_that_come_at_once_one_is_kept(at_home: House) -> None:
    asked = await asked_for(at_home)
    contents = [b"name\nOne\n", b"name\nTwo\n", b"name\nTwo\n"]
    answers = await asyncio.gather(*(send_file(at_home, asked["link"], content) for content in contents))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    assert len(kept(at_home)) == 1
    (name,) = [content for content, answer in zip(contents, answers, strict=True) if answer.status_code == 200]
    assert kept(at_home)[0].read_bytes() == name


async def test_expired_imported_and_absent_pages_answer_alike(at_home: House) -> None:
    asked, other = await asked_for(at_home), await asked_for(at_home)
    nothing = await look_at(at_home, "/uploads/nothing")
    assert (nothing.status_code, told(nothing)[0]) == (404, GONE)
    token = asked["file"]
    odd = (f"{token}0", token[:-1], token.upper().replace("UPL", "ups"), "upl_", "%00", "%ff", "a" * 5_000, token[4:])
    for one in odd:
        assert (await look_at(at_home, f"/uploads/{one}")).text == nothing.text, one
    await send_file(at_home, other["link"])
    async with at_home.site.chat(await at_home.credentials.token()) as chat:
        await chat.ok("import_records", kind="customers", file=other["file"], dry_run=False, organization=BAKERY)
    assert (await look_at(at_home, other["link"])).text == nothing.text
    at_home.one.clock.advance(LIFETIME)
    for answer in (await look_at(at_home, asked["link"]), await send_file(at_home, asked["link"])):
        assert (answer.status_code, answer.text) == (404, nothing.text)


async def test_a_page_dies_with_the_credential_of_the_call_that_asked_for_it(at_home: House) -> None:
    key = await at_home.credentials.key(at_home.bakery)
    asked = await asked_for(at_home, organization="", token=key)
    await at_home.credentials.revoke("key", key)
    for answer in (await look_at(at_home, asked["link"]), await send_file(at_home, asked["link"])):
        assert (answer.status_code, told(answer)[0]) == (404, GONE)
    assert kept(at_home) == []


async def test_a_page_dies_with_the_right_to_import(at_home: House) -> None:
    office = await colleague(at_home.one, at_home.one.organization, "accountant")
    asked = await asked_for(at_home, token=await at_home.credentials.token(office.principal.label))
    assert (await look_at(at_home, asked["link"])).status_code == 200
    user = office.principal.user_id
    in_the_directory(at_home.one, "UPDATE memberships SET role = 'viewer' WHERE user_id = ?", user)
    assert (await look_at(at_home, asked["link"])).status_code == 404
    in_the_directory(at_home.one, "UPDATE memberships SET role = 'accountant' WHERE user_id = ?", user)
    archive(at_home.one, at_home.bakery)
    assert (await send_file(at_home, asked["link"])).status_code == 404


async def test_a_server_that_was_started_anew_knows_the_files_that_came(at_home: House) -> None:
    asked = await asked_for(at_home)
    await send_file(at_home, asked["link"])
    async with site_of(at_home.one.store, at_home.one.clock) as again:
        async with again.chat(await at_home.credentials.token()) as chat:
            told_of = await chat.ok("import_records", kind="customers", file=asked["file"], organization=BAKERY)
        assert told_of["counts"]["created"] == 2


async def test_other_hosts_and_origins_are_refused_also_with_a_token(at_home: House) -> None:
    asked = await asked_for(at_home)
    for wrong in ({"Host": "evil.example"}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
        assert (await send_file(at_home, asked["link"], headers=wrong)).status_code == 403
    assert kept(at_home) == []


async def test_who_asks_for_page_after_page_ends_their_own_first(at_home: House) -> None:
    first = await asked_for(at_home, token=await at_home.credentials.token())
    eager = await at_home.credentials.token()
    pages = [await asked_for(at_home, token=eager) for _ in range(OPEN_MAX)]
    open_now = [(await look_at(at_home, one["link"])).status_code for one in (first, *pages)]
    assert open_now == [200, 404, *([200] * (OPEN_MAX - 1))]


async def test_a_new_page_takes_the_place_of_the_one_that_waited_longest(at_home: House) -> None:
    token = await at_home.credentials.token()
    pages = [await asked_for(at_home, token=token) for _ in range(OPEN_MAX)]
    await send_file(at_home, pages[0]["link"])
    pages.append(await asked_for(at_home, token=token))
    open_now = [(await look_at(at_home, one["link"])).status_code for one in pages]
    assert open_now == [200, 404, *([200] * (OPEN_MAX - 1))]
    # Another organization's pages are not touched.
    assert (await look_at(at_home, (await asked_for(at_home, organization=FINCH))["link"])).status_code == 200
    for one in pages[2:]:
        await send_file(at_home, one["link"])
    async with at_home.site.chat(token) as chat:
        refused = await chat.refused("import_records", kind="customers", organization=BAKERY)
        assert refused["code"] == "limit_exceeded"
    at_home.one.clock.advance(LIFETIME)
    assert len(kept(at_home)) == OPEN_MAX
    assert (await look_at(at_home, (await asked_for(at_home))["link"])).status_code == 200
    assert kept(at_home) == []


async def test_a_server_that_starts_removes_files_whose_hour_is_over(at_home: House) -> None:
    await send_file(at_home, (await asked_for(at_home))["link"])
    at_home.one.clock.advance(LIFETIME)
    async with site_of(at_home.one.store, at_home.one.clock):
        async with asyncio.timeout(30):
            while kept(at_home):
                await asyncio.wait([asyncio.ensure_future(at_home.one.store.directory.read(lambda _: None))])


async def test_files_are_removed_when_their_hour_is_over_and_no_earlier(at_home: House) -> None:
    asked = await asked_for(at_home)
    at_home.one.clock.advance(timedelta(minutes=30))
    await send_file(at_home, asked["link"])
    store, clock = at_home.one.store, at_home.one.clock
    clock.advance(LIFETIME - timedelta(seconds=1))
    assert await remove_expired(store, now=clock()) == 0
    assert len(kept(at_home)) == 1
    clock.advance(timedelta(seconds=1))
    assert await remove_expired(store, now=clock()) == 1
    assert kept(at_home) == []
    assert await remove_expired(store, now=clock()) == 0


async def test_a_file_that_cannot_be_removed_now_keeps_nobody_from_going_on(
    at_home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await send_file(at_home, (await asked_for(at_home))["link"])
    at_home.one.clock.advance(LIFETIME)

    def forbidden(path: Path, missing_ok: bool = False) -> None:
        raise PermissionError(errno.EACCES, "not allowed", str(path))

    with monkeypatch.context() as disk:
        disk.setattr(Path, "unlink", forbidden)
        asked = await asked_for(at_home)
    assert (await look_at(at_home, asked["link"])).status_code == 200
    assert len(kept(at_home)) == 1
    assert await remove_expired(at_home.one.store, now=at_home.one.clock()) == 1
    assert kept(at_home) == []
