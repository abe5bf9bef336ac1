"""A draft whose facts were changed, as an assistant meets it: what it is told is enough to go on."""

from __future__ import annotations

import pytest

from tests.support.assistant import ERAS, Era
from tests.tools.bakery import Bakery, sale


@pytest.mark.parametrize("era", ERAS)
async def test_a_changed_draft_is_refused_shown_again_by_its_id_alone_and_issued(bakery: Bakery, era: Era) -> None:
    async with bakery.chat(era) as chat:
        line = {"item": "Croissants", "description": "", "unit_price": None}
        draft = (await chat.ok("draft_invoice", **sale(**line), issue_date="2026-03-18"))["draft"]
        await chat.ok("save_item", id=bakery.made.item, unit_price="13")
        before = bakery.contents()
        error = await chat.refused("issue_invoice", draft=draft, client_reference="april")
        assert (error["code"], error["field"]) == ("conflict", "draft")
        for words in ("total 15.00 GBP", "total 15.60 GBP now", "line 1 was 12.50, now 13.00", "draft alone"):
            assert words in error["message"], error["message"]
        assert bakery.contents() == before
        again = await chat.ok("draft_invoice", draft=draft)
        assert (again["draft"], again["total"]) == (draft, "15.60")
        made = await chat.ok("issue_invoice", draft=draft, client_reference="april")
        assert (made["invoice"]["total"], made["replayed"]) == ("15.60", False)
        assert (await chat.ok("issue_invoice", draft=draft, client_reference="april"))["replayed"] is True
        assert (await chat.refused("draft_invoice", draft=draft))["code"] == "immutable"
