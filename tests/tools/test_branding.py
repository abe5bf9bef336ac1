"""A conversation about how an organization's documents look."""

from __future__ import annotations

import base64
from pathlib import Path

from tests.support.assistant import assistant
from tests.support.practice import practice
from tests.support.printed import image, pages_of


async def test_a_logo_and_a_second_language_come_by_conversation(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        client = await one.client("Bäckerei Huber", "DE")
        books = one.books(client)
        customer = await one.customer(books)
        async with assistant(one.office, organization=client.handle) as chat:
            logo = f"data:image/png;base64,{base64.b64encode(image()).decode()}"
            changed = await chat.ok(
                "update_organization", logo=logo, brand_color="#0b6e4f", second_language="EN", payment_qr=False
            )
            shown = await chat.ok("get_organization")
            told, profile = changed["changed"], shown["profile"]
            assert told["logo"] == profile["logo"] == f"branding/{profile['logo_sha256']}.png"
            for kept in (told, profile):
                assert (kept["brand_color"], kept["second_language"]) == ("#0B6E4F", "en")
            assert told["payment_qr"] is shown["policy"]["payment_qr"] is False
            issued = await one.issue(books, customer.id)
            made = await chat.ok("render_document", document=issued.document.id)
            content = Path(made["link"]).read_bytes()
            assert content.count(b"/Subtype /Image") == 1
            assert "Rechnung / Invoice" in pages_of(content)[0]
            refused = await chat.refused("update_organization", logo="data:image/svg+xml;base64,PHN2Zz4=")
            assert refused["code"] == "invalid_input"
            assert (await chat.ok("update_organization", clear=["logo"]))["changed"]["logo"] == ""
