"""`make screenshots`: draws the main pages anew for docs/desk.md, from the practice of the gallery."""

from __future__ import annotations

import asyncio
import io
import tempfile
from decimal import Decimal
from pathlib import Path

from PIL import Image
from playwright.async_api import ViewportSize

from tests.support.browsing import PHONE, browsed, chromium
from tests.support.gallery import fill
from tests.support.http import BAKERY

IMAGES = Path(__file__).parents[2] / "docs" / "images"
_WIDE = ViewportSize(width=1280, height=800)
_ORDINARY = Decimal(1_280)
_COLOURS = 128
"""So many a picture has, which keeps each below 150 kB."""


async def main() -> None:
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        async with chromium() as browser, browsed(browser, Path(folder) / "data") as at:
            await at.sign_in()
            gallery = await fill(at.home, _ORDINARY)
            client, practice = f"/o/{BAKERY}", f"/practice/{at.home.one.organization.handle}"
            pages = {
                "overview": (f"{practice}/overview", _WIDE),
                "clients": (f"{practice}/clients", _WIDE),
                "summary": (f"{client}/summary", _WIDE),
                "invoices": (f"{client}/invoices", _WIDE),
                "document": (f"{client}/invoices/{gallery.names['part_paid']}", _WIDE),
                "document-phone": (f"{client}/invoices/{gallery.names['part_paid']}", PHONE),
                "reports": (f"{client}/reports/receivables_aging", _WIDE),
                "settings": (f"{client}/settings", _WIDE),
                "find": (f"{client}/invoices", _WIDE),
            }
            for name, (address, size) in pages.items():
                await at.page.set_viewport_size(size)
                await at.open(address)
                if name == "find":
                    await at.page.keyboard.press("Control+k")
                    await at.page.get_by_role("option").first.wait_for()
                await at.page.wait_for_load_state("networkidle")
                _keep(name, await at.page.screenshot(animations="disabled", caret="hide"))


def _keep(name: str, drawn: bytes) -> None:
    picture = Image.open(io.BytesIO(drawn)).convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE)
    picture.save(IMAGES / f"{name}.png", optimize=True)


if __name__ == "__main__":
    asyncio.run(main())
