"""The guard of what is fetched from elsewhere: no stranger has us reach into a network that is not public."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from ipaddress import ip_address

import pytest

from server.oauth.fetching import BYTES_MAX, OF_OPERATOR, OF_STRANGERS, NotFetched, Places, fetch_json, target_of
from server.oauth.networks import Address, is_public
from tests.support.elsewhere import LOOPBACK, Answering, Asked, Resolved, Told, reaching, served, told

DOCUMENT = {"client_id": "https://programs.example/me"}
URL = "https://programs.example/me"


def answers(one: Told) -> Answering:
    async def answering(_: Asked) -> Told:
        return one

    return answering


@pytest.mark.parametrize(
    "text",
    [
        *("127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254"),  # noqa: S104
        *("100.64.0.1", "100.100.100.200", "192.0.0.1", "192.0.2.1", "198.18.0.1", "203.0.113.1", "224.0.0.1"),
        *("240.0.0.1", "255.255.255.255", "168.63.129.16", "192.88.99.1"),
        *("::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "fe80::1", "fe80::1%1", "fc00::1"),
        *("fd00:ec2::254", "fec0::1", "ff02::1", "2002:7f00:1::", "2002:a00:1::1", "64:ff9b::7f00:1"),
        *("64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2001::1", "2001:db8::1", "100::1", "3fff::1"),
    ],
)
def test_no_address_of_a_private_or_special_network_is_public(text: str) -> None:
    assert not is_public(ip_address(text))


@pytest.mark.parametrize("text", ["1.1.1.1", "93.184.215.14", "2606:4700::1111", "64:ff9b::101:101", "2002:101:101::"])
def test_addresses_of_the_public_network_are(text: str) -> None:
    assert is_public(ip_address(text))


@pytest.mark.parametrize(
    "url",
    [
        *("http://programs.example/me", "ftp://programs.example/me", "//programs.example/me", "https:programs.example"),
        *("https://programs.example/me#part", "https://me@programs.example/", "https://me:x@programs.example/"),
        *("https://programs.example:8443/me", "https://programs.example:80/me", "https://programs.example:x/"),
        *("https://127.0.0.1/me", "https://[::1]/me", "https://2130706433/", "https://0x7f.1/", "https://0177.0.0.1/"),
        *("https://localhost/me", "https://intranet/me", "https://programs.example./me", "https://.example/"),
        *("https://programs.example\\@10.0.0.1/", "https://programs.exam\tple/", "https://programs.example/a b"),
        *("https://prögrams.example/", "https:///me", "https://programs.example/\r\nHost: x", f"{URL}/{'x' * 2_000}"),
        "https://１２７.0.0.1/",
    ],
)
async def test_only_a_plain_https_url_of_a_named_host_is_fetched(url: str) -> None:
    with pytest.raises(NotFetched):
        await fetch_json(url, guard=replace(OF_STRANGERS, resolve=Resolved([[LOOPBACK]])))


@pytest.mark.parametrize("url", ["https://login.example:8443/realm?x=1", "https://keycloak/realm", "https://10.0.0.7/"])
def test_a_provider_of_the_operator_may_be_in_a_network_of_its_own(url: str) -> None:
    assert target_of(url, OF_OPERATOR).host in url


@pytest.mark.parametrize(
    "url", ["http://login.example/", "https://me@login.example/", "https:///realm", "https://a/#b"]
)
def test_a_provider_of_the_operator_is_asked_over_https_all_the_same(url: str) -> None:
    with pytest.raises(NotFetched):
        target_of(url, OF_OPERATOR)


async def test_a_document_is_fetched_without_cookie_or_compression() -> None:
    seen: list[Asked] = []

    async def answering(asked: Asked) -> Told:
        seen.append(asked)
        return told(DOCUMENT)

    async with served(answering) as port:
        guard, resolved = reaching(port)
        assert await fetch_json(f"{URL}?version=2", guard=guard) == DOCUMENT
    (asked,) = seen
    assert (asked.method, asked.path, asked.headers["host"]) == ("GET", "/me?version=2", "programs.example")
    assert asked.headers["accept-encoding"] == "identity"
    assert not {"cookie", "authorization", "referer"} & set(asked.headers)
    assert resolved.asked == ["programs.example"]


@pytest.mark.parametrize(
    "found",
    [
        [],
        [ip_address("10.0.0.1")],
        [LOOPBACK, ip_address("169.254.169.254")],
        [ip_address("::ffff:192.168.0.1")],
    ],
)
async def test_nothing_is_asked_where_any_address_of_the_name_is_not_public(found: Sequence[Address]) -> None:
    async with served(answers(told(DOCUMENT))) as port:
        guard, _ = reaching(port, found)
        with pytest.raises(NotFetched, match="cannot be reached"):
            await fetch_json(URL, guard=guard)


async def test_loopback_is_not_asked_for_strangers() -> None:
    asked: list[Asked] = []

    async def answering(one: Asked) -> Told:
        asked.append(one)
        return told(DOCUMENT)

    async with served(answering) as port:
        guard, _ = reaching(port)
        with pytest.raises(NotFetched, match="cannot be reached"):
            await fetch_json(URL, guard=replace(guard, admits=OF_STRANGERS.admits))
    assert not asked


async def test_a_name_that_means_another_address_the_second_time_is_asked_at_the_first() -> None:
    async with served(answers(told(DOCUMENT))) as port:
        guard, resolved = reaching(port, [LOOPBACK], [ip_address("10.0.0.1")])
        assert await fetch_json(URL, guard=guard) == DOCUMENT
        assert len(resolved.asked) == 1
        with pytest.raises(NotFetched):
            await fetch_json(URL, guard=guard)


async def test_the_certificate_is_the_names() -> None:
    async with served(answers(told(DOCUMENT))) as port:
        guard, _ = reaching(port)
        with pytest.raises(NotFetched, match="cannot be reached"):
            await fetch_json("https://other.example/me", guard=guard)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (Told(b"", 302, {"Location": "https://programs.example/there", "Content-Type": "application/json"}), "JSON"),
        (Told(b"{}", 301, {"Location": "https://10.0.0.1/", "Content-Type": "application/json"}), "answer with it"),
        (told(DOCUMENT, 404), "answer with it"),
        (Told(b"{}", headers={"Content-Type": "text/html"}), "JSON"),
        (Told(b"{}", headers={}), "JSON"),
        (Told(b"{}", headers={"Content-Type": "application/json", "Content-Encoding": "gzip"}), "JSON"),
        (told([DOCUMENT]), "JSON object"),
        (Told(b"{"), "JSON"),
        (Told(b'{"a": "\xff"}'), "JSON"),
        (Told(b"[" * 50_000), "JSON"),
        (told({"name": "x" * BYTES_MAX}), "larger"),
        (Told(b"", raw=b"no protocol\r\n\r\n"), "cannot be reached"),
    ],
)
async def test_nothing_but_one_small_json_object_is_taken(answer: Told, why: str) -> None:
    async with served(answers(answer)) as port:
        guard, resolved = reaching(port)
        with pytest.raises(NotFetched, match=why):
            await fetch_json(URL, guard=guard)
    assert resolved.asked == ["programs.example"]


async def test_a_host_that_never_answers_is_left_in_time() -> None:
    over = asyncio.Event()

    async def answering(_: Asked) -> Told:
        await over.wait()
        return told(DOCUMENT)

    async with served(answering) as port:
        guard, _ = reaching(port, milliseconds=100)
        with pytest.raises(NotFetched, match="too long"):
            await fetch_json(URL, guard=guard)
        over.set()


async def test_so_many_fetches_are_under_way_at_once_and_no_more() -> None:
    places = Places(at_once=3, at_one_host=2)
    with places.taken("one"), places.taken("one"):
        with pytest.raises(NotFetched, match="moment"), places.taken("one"):
            pass
        with places.taken("two"), pytest.raises(NotFetched, match="moment"), places.taken("three"):
            pass
    with places.taken("one"), places.taken("one"), places.taken("two"):
        pass


async def test_hosts_that_answer_slowly_keep_no_others_out() -> None:
    began, over = asyncio.Event(), asyncio.Event()
    places = Places(at_once=2, at_one_host=2, slow_seconds=0)

    async def answering(_: Asked) -> Told:
        began.set()
        await over.wait()
        return told(DOCUMENT)

    async with served(answering) as port:
        guard, _ = reaching(port)
        guard = replace(guard, places=places)
        slow = [asyncio.create_task(fetch_json(URL, guard=guard)) for _ in range(2)]
        await began.wait()
        with places.taken("another"):
            with pytest.raises(NotFetched, match="too long"):
                await slow[0]
            assert not slow[1].done()
        over.set()
        assert await slow[1] == DOCUMENT
    assert 0 < OF_STRANGERS.places.slow_seconds * 1_000 < OF_STRANGERS.milliseconds
    assert OF_OPERATOR.places.slow_seconds * 1_000 > OF_OPERATOR.milliseconds, "the operator's own makes no room"


async def test_names_are_resolved_as_this_machine_does_apart_for_strangers_and_the_operator() -> None:
    for guard in (OF_OPERATOR, OF_STRANGERS):
        assert LOOPBACK in await guard.resolve("localhost", 443)
    assert OF_STRANGERS.resolve is not OF_OPERATOR.resolve
    assert OF_STRANGERS.places is not OF_OPERATOR.places
