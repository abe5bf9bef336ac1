"""The consent page in a real browser: it can be read, and what its buttons do leads back to the program."""

from __future__ import annotations

from urllib.parse import urlencode

from playwright.async_api import Route, expect

from tests.support.authorization import a_program, challenge_of
from tests.support.browsing import DESKTOP, PHONE, Browsed
from tests.support.looks import what_is_wrong

CALLBACK = "http://127.0.0.1:41234/callback"


async def test_a_person_picks_an_organization_and_is_led_back_to_the_program(at_home: Browsed) -> None:
    async def program_answers(route: Route) -> None:
        await route.fulfill(status=200, content_type="text/plain", body="Connected.")

    await at_home.page.route(f"{CALLBACK}*", program_answers)
    await at_home.sign_in()
    program = await a_program(at_home.home.one.office)
    url = at_home.home.site.url
    asked = {"response_type": "code", "client_id": program.id, "redirect_uri": CALLBACK, "resource": f"{url}/mcp"}
    asked |= {"code_challenge": challenge_of(), "code_challenge_method": "S256", "state": "a state"}
    await at_home.page.goto(f"{url}/oauth/authorize?{urlencode(asked)}")
    for size in (DESKTOP, PHONE):
        await at_home.page.set_viewport_size(size)
        assert await what_is_wrong(at_home.page) == [], size
    await at_home.page.get_by_label("Find by name").fill("finch")
    await at_home.page.keyboard.press("Enter")
    await expect(at_home.page.get_by_label("Harbour Bakery")).to_have_count(0)
    await at_home.page.get_by_label("Only these").check()
    await at_home.page.get_by_label("Finch Studio").check()
    await at_home.page.get_by_role("button", name="Allow", exact=True).click()
    await at_home.page.wait_for_url(f"{CALLBACK}?code=cfo_*")
    assert "state=a+state" in at_home.page.url
