"""API keys, secret links and connections as a part of the configuration: listed, made and revoked by the practice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.support.assistant import assistant
from tests.support.http import BAKERY, house
from tests.support.people import colleague
from tests.support.practice import practice

PART: dict[str, Any] = {"part": "credentials"}


async def test_a_key_is_made_listed_and_revoked_for_one_organization_alone(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        bakery, finch = await one.client("Harbour Bakery"), await one.client("Finch Studio")
        async with assistant(one.office) as chat:
            values = {"name": "till", "read_only": "true", "expires_in_days": "30"}
            (made,) = (await chat.ok("save_configuration", **PART, values=values, organization=bakery.handle))[
                "entries"
            ]
            assert made["values"]["secret"].startswith(f"{made['code']}_")
            assert (made["values"]["kind"], made["values"]["read_only"]) == ("key", "true")
            (listed,) = (await chat.ok("get_configuration", **PART, organization=bakery.handle))["entries"]
            assert "secret" not in listed["values"]
            assert listed["values"]["expires_at"].startswith("2026-04-15")
            elsewhere = {**PART, "code": made["code"], "withdraw": True, "organization": finch.handle}
            unknown = await chat.refused("save_configuration", **elsewhere)
            assert unknown == await chat.refused("save_configuration", **{**elsewhere, "code": "cfk_0000000000"})
            assert (await chat.ok("get_configuration", **PART, organization=finch.handle))["entries"] == []
            (ended,) = (await chat.ok("save_configuration", **{**elsewhere, "organization": bakery.handle}))["entries"]
            assert ended["active"] is False


async def test_what_does_not_fit_makes_nothing(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        bakery = await one.client("Harbour Bakery")
        viewer = await colleague(one, bakery, "viewer")
        async with assistant(one.office, organization=bakery.handle) as chat:
            for values in ({}, {"name": "x", "kind": "token"}, {"name": "x", "read_only": "perhaps"}):
                assert (await chat.refused("save_configuration", **PART, values=values))["code"] == "invalid_input"
            for days in ("-1", "1.5", "9999999", "3651"):
                values = {"name": "x", "expires_in_days": days}
                assert (await chat.refused("save_configuration", **PART, values=values))["code"] == "invalid_input"
            changed = {**PART, "code": "cfk_0000000000", "values": {"name": "y"}}
            assert (await chat.refused("save_configuration", **changed))["field"] == "code"
            assert (await chat.ok("get_configuration", **PART))["entries"] == []
        async with assistant(viewer, organization=bakery.handle) as chat:
            assert (await chat.refused("get_configuration", **PART))["code"] == "not_allowed"
            assert (await chat.refused("save_configuration", **PART, values={"name": "x"}))["code"] == "not_allowed"


async def test_over_http_no_secret_is_in_the_chat(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home, home.site.chat(await home.credentials.token()) as chat:
        for kind in ("key", "link"):
            asked = {**PART, "values": {"name": "till", "kind": kind}, "organization": BAKERY}
            (made,) = (await chat.ok("save_configuration", **asked))["entries"]
            assert "secret" not in made["values"]
            assert made["values"]["page"].startswith(f"{home.site.url}/keys/")
