"""Attacks by client programs on people: where a code would go, what a consent page says, and who decides there."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey

from operations.access import Office
from operations.authorization import requests
from operations.authorization.programs import known_program
from operations.authorization.requests import Waiting
from operations.networks import network_of
from server.http.limits import Limiter
from server.oauth import authorize, consent, descriptions
from server.oauth import programs as server_programs
from server.oauth.client_statements import Statement
from server.oauth.consent import ConsentPage
from server.oauth.descriptions import described
from server.oauth.fetching import NotFetched
from server.oauth.programs import Programs
from server.oauth.proving import ASSERTION_TYPE
from server.oauth.remembered import Remembered
from server.oauth.resources import AskedConnection, ConnectionUrls
from storage.directory import authorization_requests
from storage.directory.client_programs import ClientMethod
from tests.attacks.attack import Attack, Guard, Scene
from tests.attacks.browsers import ALL_HEADERS, ESCAPING, FORM_KEY, FROM_HERE, HEADERS, MARKUP
from tests.attacks.connections import REACH
from tests.support.authorization import CALLBACK, a_program
from tests.support.browser_forms import Browser, hidden
from tests.support.http import BAKERY, FINCH, HERE, ROOMY, site_of
from tests.support.oauth import ALLOWED, authorize_url

WEB = "https://chat.example/callback"
REGISTERED = {"client_name": "Chat", "redirect_uris": [WEB], "token_endpoint_auth_method": "none"}

REDIRECTS = Guard(authorize, "is_one_of", lambda uri, registered: True)
ACCEPTABLE = Guard(descriptions, "is_acceptable", lambda uri: True)
PKCE = Guard(authorize, "_challenge", lambda parameters: "c" * 43)
RESOURCE = Guard(ConnectionUrls, "named", lambda self, url: AskedConnection(f"{HERE}/mcp", ""))
BROWSER = Guard(requests, "is_browser_of", lambda request, browser: True)
DECIDED = Guard(authorization_requests, "forget_request", lambda db, digest: True)
WAITING = Guard(requests, "REQUEST_LIFETIME", timedelta(days=3_650))
PACE = Guard(Limiter, "enter", lambda self, principal: 0)
NAMES = Guard(descriptions, "shown_name", lambda said: said)
NOBODY = Guard(authorize, "asker_of", lambda request, otherwise: network_of(request.client.host))
REMEMBERED = Guard(Remembered, "_is_known", lambda self, one, within: False)
SAYS = Guard(Statement, "says", lambda self, *meant: True)
SIGNED = Guard(Statement, "is_signed_with", lambda self, keys: True)
OWN_DOCUMENT = Guard(
    server_programs,
    "of_document",
    lambda address, said: described(said, program_id=address, method=ClientMethod.NONE),
)
STRANGERS = Guard(authorize, "place_of", lambda uri: "")
UNASKED = Guard(Programs, "find", Programs.asking)


async def _whatever_it_says(self: ConsentPage, waiting: Waiting) -> bool:
    return True


ANEW = Guard(consent, "_must_prove_anew", lambda visitor, waiting: False)
STANDS_BY = Guard(ConsentPage, "_is_answered_there", _whatever_it_says)


async def _begun(scene: Scene, office: Office | None = None, **asked: str | None) -> tuple[Browser, str, str]:
    """A person's browser with what a program asks for: `waits` or how it is refused, and where it leads."""
    program = await a_program(scene.home.one.office, redirect_uris=(CALLBACK, WEB))
    browser = Browser(scene.home.site)
    await browser.be(office or scene.home.one.office)
    answer = await browser.open(authorize_url(program.id, **asked))
    where = answer.headers.get("location", "")
    if "/oauth/consent/" in where:
        return browser, "waits", HERE + where
    return browser, parse_qs(urlsplit(where).query).get("error", [str(answer.status_code)])[0], where


def _asks(**asked: str | None) -> Callable[[Scene], Awaitable[str]]:
    async def attempt(scene: Scene) -> str:
        return (await _begun(scene, None, **asked))[1]

    return attempt


async def _registers(scene: Scene, said: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = (await scene.home.site.send("POST", "/oauth/register", json=said)).json()
    return answer


def _registered_at(uri: str) -> Callable[[Scene], Awaitable[str]]:
    async def attempt(scene: Scene) -> str:
        answer = await _registers(scene, REGISTERED | {"redirect_uris": [uri]})
        return str(answer.get("error", "registered"))

    return attempt


async def _registers_very_many(scene: Scene) -> str:
    one = scene.home.one
    async with site_of(one.store, one.clock, allowance=replace(ROOMY, programs_per_second=1, programs_burst=2)) as site:
        answers = [await site.send("POST", "/oauth/register", json=REGISTERED) for _ in range(8)]
    return str(max(answer.status_code for answer in answers))


async def _stops_others_behind_a_proxy(scene: Scene) -> str:
    one = scene.home.one
    program = await a_program(one.office)
    async with site_of(one.store, one.clock, allowance=replace(ROOMY, programs_per_second=1, programs_burst=2)) as site:
        for _ in range(3):
            await Browser(site).open(authorize_url("cfp_a-strangers-own"))
        return str((await Browser(site).open(authorize_url(program.id))).status_code)


async def _has_an_address_asked_over_and_over(scene: Scene) -> str:
    one, asked = scene.home.one, []

    async def fetch(url: str) -> dict[str, Any]:
        asked.append(url)
        raise NotFetched("The host cannot be reached.")

    async with site_of(one.store, one.clock, fetch=fetch, allowance=ROOMY) as site:
        for _ in range(3):
            await Browser(site).open(authorize_url("https://victim.example/client.json"))
    return f"asked {len(asked)} times"


def _states(*, for_another: bool = False, by_another: bool = False) -> Callable[[Scene], Awaitable[str]]:
    """How a program is answered that brings a statement to prove to be itself, where the token is unknown."""

    async def attempt(scene: Scene) -> str:
        key, other = (ECKey.generate_key("P-256") for _ in range(2))
        keys = {"token_endpoint_auth_method": "private_key_jwt", "jwks": {"keys": [key.as_dict(private=False)]}}
        client_id = (await _registers(scene, REGISTERED | keys))["client_id"]
        expires = int((scene.home.one.office.latest() + timedelta(minutes=1)).timestamp())
        claims = {"iss": client_id, "sub": client_id, "jti": client_id, "exp": expires}
        claims["aud"] = "https://evil.example" if for_another else HERE
        asked = {
            "grant_type": "refresh_token",
            "refresh_token": "cfr_unknown",
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": jwt.encode({"alg": "ES256"}, claims, other if by_another else key),
        }
        return str((await scene.home.site.send("POST", "/oauth/token", data=asked)).json()["error"])

    return attempt


async def _hides_its_name(scene: Scene) -> str:
    answer = await _registers(scene, REGISTERED | {"client_name": "Chat\u202e\u200b\nof your bank" + "!" * 500})
    name = str(answer["client_name"])
    return "one line" if name.isprintable() and len(name) < 200 else "hidden"


async def _describes_another(scene: Scene) -> str:
    # What was read once is remembered for an hour.
    address = f"https://programs.example/{len(scene.documents)}.json"
    scene.documents[address] = REGISTERED | {"client_id": "https://claude.example/client.json"}
    answer = await Browser(scene.home.site).open(authorize_url(address, redirect_uri=WEB))
    return str(answer.status_code)


async def _is_answered_at_what_was_withdrawn(scene: Scene) -> str:
    address = f"https://programs.example/{len(scene.documents)}.json"
    scene.documents[address] = REGISTERED | {"client_id": address}
    browser = Browser(scene.home.site)
    await browser.be(scene.home.one.office)
    for minutes in (40, 25):
        answer = await browser.open(authorize_url(address, redirect_uri=WEB))
        scene.home.one.clock.advance(timedelta(minutes=minutes))
    scene.documents[address] = REGISTERED | {"client_id": address, "redirect_uris": [CALLBACK]}
    return await _presses(browser, HERE + answer.headers["location"])


async def _names_an_address_for_tokens(scene: Scene) -> str:
    address = f"https://programs.example/{len(scene.documents)}.json"
    scene.documents[address] = REGISTERED | {"client_id": address}
    sent = {"grant_type": "refresh_token", "refresh_token": "cfr_unknown", "client_id": address}
    await scene.home.site.send("POST", "/oauth/token", data=sent)
    return "kept" if await known_program(scene.home.one.office, address) else "nothing"


async def _in_another_browser(scene: Scene) -> str:
    _, _, page = await _begun(scene)
    other = Browser(scene.home.site)
    await other.be(scene.home.one.office)
    return str((await other.open(page)).status_code)


async def _an_hour_later(scene: Scene) -> str:
    browser, _, page = await _begun(scene)
    scene.home.one.clock.advance(timedelta(hours=1))
    return str((await browser.open(page)).status_code)


async def _presses(browser: Browser, page: str, **other: Any) -> str:
    """`code`, or the status of the answer."""
    answer = await browser.press(page, await browser.open(page), "allow", **ALLOWED | other)
    return "code" if "code=" in answer.headers.get("location", "") else str(answer.status_code)


async def _allows_without_signing_in_anew(scene: Scene) -> str:
    browser, _, before = await _begun(scene)
    shown = await browser.open(before)
    scene.home.one.clock.advance(timedelta(minutes=1))
    program = await a_program(scene.home.one.office)
    page = HERE + (await browser.open(authorize_url(program.id, prompt="login"))).headers["location"]
    answer = await browser.press(page, shown, "allow", **ALLOWED)
    return "code" if "code=" in answer.headers["location"] else "sign in"


async def _decides_twice(scene: Scene) -> str:
    browser, _, page = await _begun(scene)
    shown = await browser.open(page)
    answers = [await browser.press(page, shown, "allow", **ALLOWED) for _ in range(2)]
    return "code" if "code=" in answers[1].headers.get("location", "") else str(answers[1].status_code)


async def _allows_what_is_anothers(scene: Scene) -> str:
    browser, _, page = await _begun(scene, scene.rival, resource=f"{HERE}/mcp/{BAKERY}")
    shown = await browser.open(page)
    sent = hidden(shown.text) | {"act": "allow", **ALLOWED}
    answer = await browser._send("POST", page, headers={"Origin": HERE}, data=sent)
    return "code" if "code=" in answer.headers.get("location", "") else str(answer.status_code)


async def _picks_what_is_anothers(scene: Scene) -> str:
    browser, _, page = await _begun(scene, scene.rival)
    return await _presses(browser, page, reach="picked", organization=FINCH)


def _sent_from(headers: dict[str, str], *, with_key: bool) -> Callable[[Scene], Awaitable[str]]:
    async def attempt(scene: Scene) -> str:
        browser, _, page = await _begun(scene)
        shown = await browser.open(page)
        sent = {"act": "allow", **ALLOWED} | (hidden(shown.text) if with_key else {})
        answer = await browser._send("POST", page, headers=headers, data=sent)
        return "code" if "code=" in answer.headers.get("location", "") else str(answer.status_code)

    return attempt


async def _names_itself_in_markup(scene: Scene) -> str:
    program = await a_program(scene.home.one.office, MARKUP)
    browser = Browser(scene.home.site)
    await browser.be(scene.home.one.office)
    begun = await browser.open(authorize_url(program.id))
    shown = await browser.open(HERE + begun.headers["location"])
    assert "steal()" in shown.text
    return "markup" if MARKUP in shown.text else "text"


async def _frames_the_consent(scene: Scene) -> str:
    browser, _, page = await _begun(scene)
    policy = (await browser.open(page)).headers.get("content-security-policy", "")
    return "not framed" if re.search(r"frame-ancestors 'none'", policy) else "framed"


STRANGE_REDIRECTS = {
    "another host": "https://evil.example/callback",
    "a host that begins alike": "https://chat.example.evil.example/callback",
    "a host after a user's name": "https://chat.example@evil.example/callback",
    "another path": f"{WEB}/../elsewhere",
    "another port of the web": "https://chat.example:8443/callback",
    "the same without encryption": "http://chat.example/callback",
    "another letter case": "https://chat.example/Callback",
    "a parameter more": f"{WEB}?next=https://evil.example",
    "a fragment": f"{WEB}#x",
    "nothing": None,
}
UNACCEPTABLE = {
    "a script": "javascript:steal()",
    "data": "data:text/html,x",
    "a host without encryption": "http://evil.example/callback",
    "a user's name before the host": "https://chat.example@evil.example/callback",
    "a wildcard": "https://*.example/callback",
    "an address of digits": "https://10.0.0.1/callback",
    "a fragment": f"{WEB}#x",
    "a file": "file:///etc/passwd",
}

ATTACKS = (
    *(
        Attack(f"a code is asked for at {what}", (REDIRECTS,), _asks(redirect_uri=uri), "400", "waits")
        for what, uri in STRANGE_REDIRECTS.items()
    ),
    *(
        Attack(
            f"a program registers {what} to be answered at",
            (ACCEPTABLE,),
            _registered_at(uri),
            "invalid_redirect_uri",
            "registered",
        )
        for what, uri in UNACCEPTABLE.items()
    ),
    *(
        Attack(f"a code is asked for {what}", (PKCE,), _asks(**asked), "invalid_request", "waits")
        for what, asked in (
            ("without PKCE", {"code_challenge": None, "code_challenge_method": None}),
            ("with PKCE in the plain", {"code_challenge_method": "plain"}),
            ("with PKCE of no method", {"code_challenge_method": None}),
            ("with a short challenge", {"code_challenge": "x"}),
        )
    ),
    *(
        Attack(f"a token is asked for {what}", (RESOURCE,), _asks(resource=url), "invalid_target", "waits")
        for what, url in (
            ("another server", "https://evil.example/mcp"),
            ("a page of ours that is no connection", f"{HERE}/oauth/token"),
            ("a connection with a tab inside", f"{HERE}/m\tcp"),
            ("a secret link", f"{HERE}/mcp/k/{'a' * 32}"),
            ("two organizations", f"{HERE}/mcp/{BAKERY}/{FINCH}"),
        )
    ),
    Attack("an address registers very many programs", (PACE,), _registers_very_many, "429", "201"),
    Attack(
        "strangers behind a proxy stop whoever would connect a program",
        (NOBODY,),
        _stops_others_behind_a_proxy,
        "303",
        "429",
    ),
    Attack(
        "a program has an address elsewhere asked over and over",
        (REMEMBERED,),
        _has_an_address_asked_over_and_over,
        "asked 1 times",
        "asked 3 times",
    ),
    Attack(
        "a program proves itself by a statement for another server",
        (SAYS,),
        _states(for_another=True),
        "invalid_client",
        "invalid_grant",
    ),
    Attack(
        "a program proves itself with another's key",
        (SIGNED,),
        _states(by_another=True),
        "invalid_client",
        "invalid_grant",
    ),
    Attack("a program's name hides what it is", (NAMES,), _hides_its_name, "one line", "hidden"),
    Attack("a document describes another program", (OWN_DOCUMENT,), _describes_another, "400", "303"),
    Attack(
        "a person is led on by a program that nobody has allowed anything",
        (STRANGERS,),
        _asks(redirect_uri=WEB, response_type="x"),
        "400",
        "unsupported_response_type",
    ),
    Attack(
        "a code is asked for at what a document has withdrawn since",
        (STANDS_BY,),
        _is_answered_at_what_was_withdrawn,
        "404",
        "code",
    ),
    Attack(
        "the address of a document is named where tokens are given",
        (UNASKED,),
        _names_an_address_for_tokens,
        "nothing",
        "kept",
    ),
    Attack("a consent page is opened in another browser", (BROWSER,), _in_another_browser, "404", "200"),
    Attack("a consent page is opened an hour later", (WAITING,), _an_hour_later, "404", "200"),
    Attack(
        "a request for which somebody must sign in anew is allowed at a browser that was left open",
        (ANEW,),
        _allows_without_signing_in_anew,
        "sign in",
        "code",
    ),
    Attack("a request is allowed twice", (DECIDED,), _decides_twice, "404", "code"),
    Attack("a connection to what is another's is allowed", (REACH,), _allows_what_is_anothers, "404", "code"),
    Attack("what is another's is picked for a connection", (REACH,), _picks_what_is_anothers, "400", "code"),
    Attack(
        "another site presses the button of a consent page",
        (FROM_HERE,),
        _sent_from({"Sec-Fetch-Site": "cross-site"}, with_key=True),
        "403",
        "code",
    ),
    Attack(
        "the button of a consent page is pressed without its key",
        (FORM_KEY,),
        _sent_from({"Origin": HERE}, with_key=False),
        "403",
        "code",
    ),
    Attack(
        "a program's name becomes markup on the consent page", (ESCAPING,), _names_itself_in_markup, "text", "markup"
    ),
    Attack("a consent page is shown in a frame", (HEADERS, ALL_HEADERS), _frames_the_consent, "not framed", "framed"),
)
