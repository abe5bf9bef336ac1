"""Mandates as an assistant meets them: at creation, in readiness, in a draft, and as a part of the configuration."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from operations.access import Office
from operations.practices import start_unnamed
from tests.support.assistant import Assistant, assistant, text_of
from tests.support.begun import begin_folder
from tests.support.clock import SettableClock
from tests.support.practice import practice
from tests.support.stores import open_store

BOTTEGA = "bottega-sandbox"


async def said(chat: Assistant, tool: str, **arguments: Any) -> str:
    """The whole text of the answer."""
    return text_of(await chat.call(tool, **arguments))


async def made_by(chat: Assistant) -> str:
    """The text with which an Italian client is created."""
    await chat.ok("create_client_organization", name="Bottega", country="IT")
    return await said(chat, "create_client_organization", name="Forno", country="IT", dry_run=True)


async def test_creation_and_readiness_say_which_law_wants_another_form(tmp_path: Path) -> None:
    async with practice(tmp_path) as one, assistant(one.office) as chat:
        line = "Mandate it-sdi, Fattura elettronica, since 2019-01-01, for buyers at home: a PDF is only a copy."
        assert line in await made_by(chat)
        text = await said(chat, "get_organization", organization=BOTTEGA)
        assert line in text
        assert "Not acknowledged: such live documents are refused." in text
        assert "must be reported. Send its data to the SdI (recipient XXXXXXX). Not acknowledged." in text
        shown = await chat.ok("get_organization", organization=BOTTEGA)
        found = {mandate["code"]: mandate for mandate in shown["mandates"]}
        assert set(found) == {"it-sdi", "it-abroad"}
        assert (found["it-sdi"]["form"], found["it-abroad"]["form"]) == ("none", "reported")
        assert shown["policy"]["mandates"] == "refuse"


async def test_setting_the_country_of_a_new_practice_says_it_too(tmp_path: Path) -> None:
    async with open_store(begin_folder(tmp_path)) as store:
        clock = SettableClock()
        office = Office(store, await start_unnamed(store, clock), clock)
        async with assistant(office) as chat:
            text = await said(chat, "update_organization", name="Studio", country="HU")
            assert "Mandate hu-online-szamla, Online Számla, since 2021-01-04" in text
            assert "Mandate" not in await said(chat, "update_organization", email="a@example.com")


async def test_an_acknowledgement_is_saved_shown_and_withdrawn(tmp_path: Path) -> None:
    async with practice(tmp_path) as one, assistant(one.office) as chat:
        await made_by(chat)
        named = {"organization": BOTTEGA, "part": "mandates"}
        text = await said(chat, "save_configuration", **named, code="it-sdi", handed_in="entered in the SdI")
        assert "Acknowledged: it-sdi." in text
        assert "Acknowledged (owner@example.com, 2026-03-" in text
        shown = await chat.ok("get_configuration", **named)
        (sdi,) = (mandate for mandate in shown["mandates"] if mandate["code"] == "it-sdi")
        assert (sdi["handed_in"], sdi["acknowledged_by"]) == ("entered in the SdI", "owner@example.com")
        assert "Particular it-bollo" in await said(chat, "get_configuration", **named)
        await chat.ok("save_configuration", **named, code="it-sdi", withdraw=True)
        shown = await chat.ok("get_configuration", **named)
        assert [mandate["handed_in"] for mandate in shown["mandates"]] == ["", ""]


async def test_neutral_arguments_change_nothing_and_an_unknown_part_is_refused(tmp_path: Path) -> None:
    async with practice(tmp_path) as one, assistant(one.office) as chat:
        await made_by(chat)
        neutral = {"code": "it-sdi", "handed_in": "", "draft": "", "withdraw": False}
        refused = await chat.refused("save_configuration", organization=BOTTEGA, part="mandates", **neutral)
        assert (refused["code"], refused["field"]) == ("invalid_input", "handed_in")
        assert (await chat.refused("get_configuration", organization=BOTTEGA, part="weather"))[
            "code"
        ] == "invalid_input"


async def test_a_draft_in_a_sandbox_says_what_it_would_be(tmp_path: Path) -> None:
    async with practice(tmp_path) as one, assistant(one.office) as chat:
        await made_by(chat)
        await chat.ok("save_customer", organization=BOTTEGA, name="Hotel", public_body=True)
        assert "public body" in await said(chat, "find_customers", organization=BOTTEGA)
        lines = [{"description": "Pane", "quantity": 1, "unit_price": "10", "supply": "goods"}]
        draft = await chat.ok("draft_invoice", organization=BOTTEGA, customer="Hotel", lines=lines)
        (told,) = (one for one in draft["warnings"] if one["code"] == "mandate")
        assert told["text"].startswith("Live, this PDF would be no invoice in law (it-sdi): ")
