"""What a practice lets a client's own people do, as an assistant sets it and sees it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.assistant import ERAS, Era, assistant, text_of
from tests.support.people import colleague
from tests.support.practice import practice

BAKERY = "harbour-bakery-sandbox"


@pytest.mark.parametrize("era", ERAS)
async def test_what_is_let_is_set_shown_used_and_taken_back(tmp_path: Path, era: Era) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        owner = await colleague(one, one.first_client, "owner")
        async with (
            assistant(one.office, era, organization=BAKERY) as chat,
            assistant(owner, era, organization=BAKERY) as of_client,
        ):
            assert (await chat.ok("get_organization"))["policy"]["client_may"] == ""
            assert "client_may" not in text_of(await chat.call("get_organization"))
            refused = await of_client.refused("update_organization", bank_name="Harbour Bank")
            assert "unless it lets its client (client_may: bank_account)" in refused["message"]
            made = await chat.ok("update_organization", client_may=["draft", "bank_account"])
            assert made["changed"] == {"client_may": "draft bank_account"}
            await of_client.ok("update_organization", bank_name="Harbour Bank")
            assert "client_may: draft bank_account" in text_of(await of_client.call("get_organization"))
            assert (await of_client.refused("update_organization", client_may=["policy"]))["code"] == "not_allowed"
            # As everywhere, an empty list leaves things as they are.
            await chat.ok("update_organization", client_may=[], phone="1")
            assert (await chat.ok("get_organization"))["policy"]["client_may"] == "draft bank_account"
            assert (await chat.ok("update_organization", clear=["client_may"]))["changed"] == {"client_may": ""}
            assert (await of_client.refused("update_organization", bank_name="Mine"))["code"] == "not_allowed"


async def test_what_is_let_is_a_clients_policy_and_not_the_practices_own(tmp_path: Path) -> None:
    async with practice(tmp_path) as one, assistant(one.office, organization="ledger-co-sandbox") as chat:
        assert "client_may" not in (await chat.ok("get_organization"))["policy"]
        assert (await chat.refused("update_organization", client_may=["draft"]))["code"] == "conflict"
