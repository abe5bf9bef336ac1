"""Over HTTP, in both eras: an accountant's month with reports and their files, a closed month, and going live."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from tests.support.assistant import ERAS, Era
from tests.support.http import BAKERY, House, house

SALE = {"customer": "Hotel Bristol", "lines": [{"description": "Trays", "quantity": "40", "unit_price": "12.50"}]}
READY: dict[str, Any] = {
    "address": "1 Quay, London SW1A 1AA",
    "tax_number": "GB980780684",
    "email": "till@example.com",
    "iban": "GB33BUKB20201555555555",
}


async def rows_at(home: House, link: str) -> list[dict[str, str]]:
    async with home.site.http() as http:
        answered = await http.get(link)
    assert answered.status_code == 200
    return list(csv.DictReader(answered.content.decode("utf-8-sig").splitlines()))


@pytest.mark.parametrize("era", ERAS)
async def test_a_month_is_reported_closed_and_taken_live(tmp_path: Path, era: Era) -> None:
    async with house(tmp_path) as home, home.site.chat(await home.credentials.token(), era=era) as chat:
        own = {"organization": BAKERY}
        issued = (await chat.ok("issue_invoice", **SALE, **own))["invoice"]
        await chat.ok("record_payment", invoice=issued["number"], amount="100", **own)
        aging = await chat.ok("get_report", report="receivables_aging", **own)
        assert [row["amounts"]["owed"] for row in aging["totals"]] == ["500.00"]
        (row,) = aging["rows"]
        made_of = await chat.ok("get_report", report="receivables_aging", row=row["key"], **own)
        assert [one["key"] for one in made_of["rows"]] == [issued["id"]]
        file = await chat.ok("export_documents", format="csv", report="journal", **own)
        sides = await rows_at(home, file["link"])
        assert sum(float(side["debit"]) for side in sides if side["is_total"] == "true") == 700
        closed = await chat.ok("save_configuration", part="periods", code="2026-01", **own)
        assert closed["entries"][0]["code"] == "2026-01"
        late = await chat.refused("record_payment", invoice=issued["number"], amount="1", paid_on="2026-01-31", **own)
        assert (late["code"], late["field"]) == ("conflict", "paid_on")
        told = await chat.ok("go_live", organization=BAKERY, dry_run=True)
        assert told["created"] is None
        assert told["blockers"]
        await chat.ok("update_organization", **READY, **own)
        live = (await chat.ok("go_live", organization=BAKERY))["created"]["handle"]
        assert (await chat.ok("get_report", report="journal", organization=live))["rows"] == []
        assert (await chat.ok("get_report", report="journal", **own))["rows"]
        assert (await chat.refused("issue_invoice", **SALE, **own))["code"] == "conflict"


async def test_a_key_closes_no_month_and_takes_nothing_live(tmp_path: Path) -> None:
    async with house(tmp_path) as home:
        key = await home.credentials.key(home.bakery)
        for path in ("/mcp", f"/mcp/{BAKERY}"):
            async with home.site.chat(key, path) as chat:
                await chat.ok("get_report", report="journal")
                refused = await chat.refused("save_configuration", part="periods", code="2026-01")
                assert refused["code"] == "not_allowed"
                archived = await chat.refused("update_organization", archived=True)
                assert archived["code"] == "not_allowed"
                assert "go_live" not in {tool.name for tool in (await chat.client.list_tools()).tools}
