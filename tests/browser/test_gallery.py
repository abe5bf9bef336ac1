"""Every page of a filled practice in a real browser: light and dark, wide and on a phone, in English and German."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import product
from typing import Literal

import pytest
import pytest_asyncio
from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import Browser, Response

from tests.support.browsing import DESKTOP, PHONE, Browsed, browsed
from tests.support.faults import is_whole
from tests.support.gallery import fill, refusing
from tests.support.looks import what_is_wrong

HTML_MAX, SENT_MAX = 150_000, 100_000
"""Bytes of a page as text, and of all that is sent before it can be drawn, as it is sent."""
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
SIZES = (DESKTOP, PHONE)
LOOKS = tuple(product(SIZES, SCHEMES))
_GRAVE = """async () => {
  const found = await axe.run(document, {resultTypes: ['violations'], rules: {'color-contrast': {enabled: false}}});
  return found.violations.filter((one) => ['serious', 'critical'].includes(one.impact))
    .map((one) => `${one.id}: ${one.nodes[0].html.slice(0, 120)}`);
}"""
"""Contrast is looked at by `what_is_wrong`, in each state of the page: here it would take longer than all the rest."""


@dataclass(frozen=True, slots=True)
class Looked:
    """The gallery, and a browser of its owner before it."""

    at: Browsed
    addresses: dict[str, int]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def looked(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Looked]:
    root = tmp_path_factory.mktemp("gallery")
    async with browsed(browser, root / "data") as at:
        await at.sign_in()
        gallery = await fill(at.home)
        yield Looked(at, gallery.addresses() | await refusing(at.home))


@pytest.mark.faults
async def test_no_page_is_hard_to_read_or_heavy(looked: Looked) -> None:
    """Light and dark, wide and on a phone, in `make test` one of the four in turns; what a page is made of is the same
    in all.
    """
    page, wrong = looked.at.page, dict[str, list[str]]()
    for index, (address, status) in enumerate(looked.addresses.items()):
        await page.set_viewport_size(DESKTOP)
        found = await _weighed(await _opened(looked.at, address), status)
        await page.evaluate(AXE_SCRIPT)
        found += await page.evaluate(_GRAVE)
        for size, scheme in LOOKS if is_whole() else (LOOKS[index % len(LOOKS)],):
            await page.set_viewport_size(size)
            await page.emulate_media(color_scheme=scheme)
            found += [f"{size['width']} {scheme}: {one}" for one in await what_is_wrong(page)]
        if found:
            wrong[address] = found
    assert not wrong, json.dumps(wrong, indent=1, ensure_ascii=False)


@pytest.mark.faults
async def test_every_page_has_room_for_german(looked: Looked) -> None:
    page, wrong = looked.at.page, dict[str, list[str]]()
    await page.set_extra_http_headers({"Accept-Language": "de"})
    await page.emulate_media(color_scheme="light")
    for index, address in enumerate(looked.addresses):
        await looked.at.open(address)
        for size in SIZES if is_whole() else (SIZES[index % 2],):
            await page.set_viewport_size(size)
            if found := await what_is_wrong(page, "de"):
                wrong[address] = found
    assert not wrong, json.dumps(wrong, indent=1, ensure_ascii=False)


async def _opened(at: Browsed, address: str) -> list[Response]:
    """All that comes when this page is opened."""
    came: list[Response] = []

    def keep(response: Response) -> None:
        came.append(response)

    at.page.on("response", keep)
    await at.open(address)
    at.page.remove_listener("response", keep)
    return came


async def _weighed(came: list[Response], status: int) -> list[str]:
    """What is wrong with the page that came, with all that it needs to be drawn."""
    whole = next(one for one in came if one.request.resource_type == "document" and not 300 <= one.status < 400)
    found = [] if whole.status == status else [f"answers {whole.status} instead of {status}"]
    if len(text := await whole.body()) > HTML_MAX:
        found.append(f"{len(text)} bytes of HTML")
    needed = [one for one in came if one.request.resource_type in ("document", "stylesheet", "font")]
    sent = sum([(await one.request.sizes())["responseBodySize"] for one in needed])
    return found + ([f"{sent} bytes are sent before it is drawn"] if sent > SENT_MAX else [])
