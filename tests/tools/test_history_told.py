"""A client's history names to nobody an organization that he or she cannot reach."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from operations.access import Office
from tests.support.assistant import assistant
from tests.support.people import colleague
from tests.support.practice import practice

HISTORY: dict[str, Any] = {"part": "history", "limit": 100}


async def test_what_was_copied_and_pushed_names_its_source_only_to_those_who_reach_it(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        model, client = one.first_client, await one.client("Finch Studio")
        own = await colleague(one, client, "owner")
        async with assistant(one.office) as chat:
            shop = {"part": "posting_profiles", "code": "Shop", "values": {"revenue": "4000"}}
            await chat.ok("save_configuration", **shop, organization=model.handle)
            again = {"handle": client.handle, "copy_from": model.handle, "repeat_layer": "entity"}
            await chat.ok("create_client_organization", name="Finch Studio", country="GB", **again)
            term = {"part": "payment_terms", "code": "NET45", "values": {"name": "45 days", "days": "45"}}
            await chat.ok("save_configuration", **term, organization=one.organization.handle)
            pushed = {"parts": ["payment_terms"], "clients": [client.handle], "dry_run": False}
            await chat.ok("push_configuration", **pushed)
        for office, told in ((one.office, True), (own, False)):
            text = await everything(office, client.handle)
            for handle in (model.handle, one.organization.handle):
                assert (handle in text) is told, (handle, text)
            assert ("another organization" in text) is not told


async def everything(office: Office, handle: str) -> str:
    async with assistant(office) as chat:
        history = await chat.call("get_configuration", **HISTORY, organization=handle)
        trail = await chat.call("get_report", report="audit_trail", limit=100, organization=handle)
        activity = await chat.call("get_report", report="activity", limit=100, organization=handle)
        return f"{history} {trail} {activity}".replace(f"@{handle}", "")
