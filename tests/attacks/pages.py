"""Attacks on the pages behind the sign-in: by people of another practice, and at a browser that was left open."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

from operations.identity import ways
from tests.attacks.attack import Attack, Guard, Scene
from tests.attacks.browsers import FORM_KEY
from tests.attacks.connections import REACH
from tests.attacks.signing_in import YEARS, a_person
from tests.support.browser_forms import Browser
from tests.support.http import BAKERY, HERE

PAGES = ("connections", "people", "activity", "approvals")
ACCOUNT = ("password", "codes", "passkeys")
FRESH = Guard(ways, "FRESH", YEARS)


def _visits(page: str) -> Callable[[Scene], Awaitable[str]]:
    async def attempt(scene: Scene) -> str:
        browser = Browser(scene.home.site)
        await browser.be(scene.rival)
        answer = await browser.open(f"{HERE}/o/{BAKERY}/{page}")
        return "nothing" if "There is no such page" in answer.text else "something"

    return attempt


async def _invites_without_the_key(scene: Scene) -> str:
    browser = Browser(scene.home.site)
    await browser.be(scene.home.one.office)
    fields = {"act": "invite", "email": "friend@evil.example", "role": "viewer"}
    answer = await browser._send("POST", f"{HERE}/o/{BAKERY}/people", headers={"Origin": HERE}, data=fields)
    return str(answer.status_code)


def _opens_an_hour_later(page: str) -> Callable[[Scene], Awaitable[str]]:
    async def attempt(scene: Scene) -> str:
        browser = Browser(scene.home.site)
        await browser.be((await a_person(scene)).office)
        scene.home.one.clock.advance(timedelta(hours=1))
        return str((await browser.open(f"{HERE}/account/{page}")).status_code)

    return attempt


ATTACKS = (
    *(
        Attack(
            f"the page {page} of another practice's client is opened", (REACH,), _visits(page), "nothing", "something"
        )
        for page in PAGES
    ),
    Attack("somebody is invited by a form without its key", (FORM_KEY,), _invites_without_the_key, "403", "200"),
    *(
        Attack(
            f"the page account/{page} is opened at a browser that was left open",
            (FRESH,),
            _opens_an_hour_later(page),
            "303",
            "200",
        )
        for page in ACCOUNT
    ),
)
